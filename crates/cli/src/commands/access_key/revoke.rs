//! `claviger access-key revoke`.

use domain::Result;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::Session;
use crate::lists;

/// Revokes an access key
#[derive(Debug, clap::Args)]
pub struct Revoke {
    /// Its id or unique name
    #[arg(value_name = "ID")]
    reference: String,
}

impl Revoke {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let fetch = async |page| client.access_keys(&page).await;
        let id = lists::id_of(&self.reference, "access key", fetch, |key: &wire::AccessKey| {
            key.revoked_at.is_none().then(|| (key.id.clone(), key.name.clone()))
        });
        let id = id.await?;
        client.revoke_access_key(&id).await?;
        Answer::text(&json!({"id": id, "revoked": true}), format!("Revoked the access key {id}."))
    }
}
