//! `claviger api-token revoke`.

use domain::Result;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::Session;
use crate::lists;

/// Revokes an API token, and with it the leases it made
#[derive(Debug, clap::Args)]
pub struct Revoke {
    /// Its id or unique name
    #[arg(value_name = "ID")]
    reference: String,
}

impl Revoke {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let fetch = async |page| client.api_tokens(&page).await;
        let id = lists::id_of(&self.reference, "API token", fetch, |token: &wire::ApiToken| {
            token.revoked_at.is_none().then(|| (token.id.clone(), token.name.clone()))
        });
        let id = id.await?;
        client.revoke_api_token(&id).await?;
        Answer::text(&json!({"id": id, "revoked": true}), format!("Revoked the API token {id}."))
    }
}
