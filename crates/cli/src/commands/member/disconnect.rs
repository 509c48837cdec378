//! `claviger member disconnect`.

use domain::Result;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::Session;

/// Disconnects an account of yours; our copy of its grant is destroyed
#[derive(Debug, clap::Args)]
pub struct Disconnect {
    /// Its id, handle or name
    #[arg(value_name = "ACCOUNT")]
    account: String,
}

impl Disconnect {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        session.client()?.disconnect_account(&self.account).await?;
        let text = format!("Disconnected the account {}.", self.account);
        Answer::text(&json!({"account": self.account, "disconnected": true}), text)
    }
}
