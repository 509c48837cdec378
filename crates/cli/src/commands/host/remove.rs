//! `claviger host remove`.

use domain::Result;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::host;

/// Removes a host that no credential belongs to
#[derive(Debug, clap::Args)]
pub struct Remove {
    /// Its id or web address
    #[arg(value_name = "ID")]
    reference: String,
}

impl Remove {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let id = host::id_of(&client, &self.reference).await?;
        client.remove_host(&id).await?;
        let text = format!("Removed the host {}.", self.reference);
        Answer::text(&json!({"id": id, "removed": true}), text)
    }
}
