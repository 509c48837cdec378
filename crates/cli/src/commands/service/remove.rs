//! `claviger service remove`.

use domain::Result;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::Session;
use crate::lists;

/// Removes a service; its credential stays
#[derive(Debug, clap::Args)]
pub struct Remove {
    /// Its id or unique name
    #[arg(value_name = "ID")]
    reference: String,
}

impl Remove {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let fetch = async |page| client.services(&page).await;
        let id_and_name =
            |service: &wire::Service| Some((service.id.clone(), service.name.clone()));
        let id = lists::id_of(&self.reference, "service", fetch, id_and_name).await?;
        client.remove_service(&id).await?;
        let text = format!("Removed the service {}.", self.reference);
        Answer::text(&json!({"id": id, "removed": true}), text)
    }
}
