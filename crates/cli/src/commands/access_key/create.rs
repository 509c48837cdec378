//! `claviger access-key create`.

use domain::Result;
use domain::role::Role;
use wire::CreateAccessKey;

use crate::answer::Answer;
use crate::commands::Session;
use crate::table::Table;

/// Creates an access key; its secret half is shown this once
#[derive(Debug, clap::Args)]
pub struct Create {
    /// Its name
    #[arg(long, value_name = "NAME")]
    name: String,
    /// owner, admin, devops, billing or viewer; at most your own [default: your own]
    #[arg(long, value_name = "ROLE", value_parser = Role::parse)]
    role: Option<Role>,
}

impl Create {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let request = CreateAccessKey { name: self.name, role: self.role };
        let created = session.client()?.create_access_key(&request).await?;
        let table = Table::fields([
            ("id", created.id.as_str().into()),
            ("access key", created.access_key.as_str().into()),
            ("secret key", created.secret_key.as_str().into()),
        ]);
        Answer::table(&created, table)
    }
}
