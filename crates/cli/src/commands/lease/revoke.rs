//! `claviger lease revoke`.

use domain::Result;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::Session;

/// Ends a lease now
#[derive(Debug, clap::Args)]
pub struct Revoke {
    /// Its id
    #[arg(value_name = "ID")]
    id: String,
}

impl Revoke {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        session.client()?.revoke_lease(&self.id).await?;
        let text = format!("Revoked the lease {}.", self.id);
        Answer::text(&json!({"id": self.id, "revoked": true}), text)
    }
}
