//! `claviger hook delete`.

use domain::Result;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::repo::Place;

/// Removes a webhook of a repository
#[derive(Debug, clap::Args)]
pub struct Delete {
    #[command(flatten)]
    place: Place,
    /// The webhook's id at its provider
    #[arg(value_name = "ID")]
    id: String,
}

impl Delete {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        session.client()?.delete_hook(self.place.at(), &self.id).await?;
        let value = json!({"id": self.id, "deleted": true});
        Answer::text(&value, format!("Deleted {}.", self.id))
    }
}
