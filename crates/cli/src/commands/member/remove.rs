//! `claviger member remove`.

use domain::Result;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::member;

/// Removes a member; their tokens stop working
#[derive(Debug, clap::Args)]
pub struct Remove {
    /// Their id or e-mail address
    #[arg(value_name = "ID")]
    reference: String,
}

impl Remove {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let id = member::id_of(&client, &self.reference).await?;
        client.remove_member(&id).await?;
        let text = format!("Removed the member {}.", self.reference);
        Answer::text(&json!({"id": id, "removed": true}), text)
    }
}
