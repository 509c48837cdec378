//! `claviger channel remove`.

use domain::Result;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::channel;

/// Removes a channel, and what was to be told by it
#[derive(Debug, clap::Args)]
pub struct Remove {
    /// Its id or name
    #[arg(value_name = "ID")]
    reference: String,
}

impl Remove {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let id = channel::id_of(&client, &self.reference).await?;
        client.remove_channel(&id).await?;
        let text = format!("Removed the channel {}.", self.reference);
        Answer::text(&json!({"id": id, "removed": true}), text)
    }
}
