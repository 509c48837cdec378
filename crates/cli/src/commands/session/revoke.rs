//! `claviger session revoke`.

use domain::Result;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::Session;

/// Ends a session of the console
#[derive(Debug, clap::Args)]
pub struct Revoke {
    /// Its id
    #[arg(value_name = "ID")]
    id: String,
}

impl Revoke {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let id = self.id;
        session.client()?.end_session(&id).await?;
        Answer::text(&json!({"id": id, "revoked": true}), format!("Ended the session {id}."))
    }
}
