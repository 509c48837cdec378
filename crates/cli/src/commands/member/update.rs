//! `claviger member update`.

use domain::Result;
use domain::role::Role;
use wire::UpdateMember;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::member;

/// Changes a member's role; their tokens beyond it stop working
#[derive(Debug, clap::Args)]
pub struct Update {
    /// Their id or e-mail address
    #[arg(value_name = "ID")]
    reference: String,
    /// owner, admin, devops, billing or viewer
    #[arg(long, value_name = "ROLE", value_parser = Role::parse)]
    role: Role,
}

impl Update {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let id = member::id_of(&client, &self.reference).await?;
        member::answer(&client.update_member(&id, &UpdateMember { role: self.role }).await?)
    }
}
