//! `claviger member add`.

use domain::Result;
use domain::role::Role;
use wire::AddMember;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::member;

/// Adds a member
#[derive(Debug, clap::Args)]
pub struct Add {
    /// E-mail address
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// Name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// owner, admin, devops, billing or viewer
    #[arg(long, value_name = "ROLE", value_parser = Role::parse)]
    role: Role,
}

impl Add {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let request =
            AddMember { email: self.email, name: self.name.unwrap_or_default(), role: self.role };
        member::answer(&session.client()?.add_member(&request).await?)
    }
}
