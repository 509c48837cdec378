//! `claviger channel test`.

use domain::Result;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::channel;

/// Sends a test message by a channel, now
#[derive(Debug, clap::Args)]
pub struct Test {
    /// Its id or name
    #[arg(value_name = "ID")]
    reference: String,
}

impl Test {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let id = channel::id_of(&client, &self.reference).await?;
        client.test_channel(&id).await?;
        let text = format!("The test message was taken; look for it at {}.", self.reference);
        Answer::text(&json!({"id": id, "sent": true}), text)
    }
}
