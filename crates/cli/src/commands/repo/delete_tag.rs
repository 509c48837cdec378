//! `claviger repo delete-tag`.

use domain::Result;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::repo::Place;

/// Removes a tag from a repository
#[derive(Debug, clap::Args)]
pub struct DeleteTag {
    #[command(flatten)]
    place: Place,
    /// Its name
    #[arg(long, value_name = "NAME")]
    name: String,
}

impl DeleteTag {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        session.client()?.delete_tag(self.place.at(), &self.name).await?;
        let value = json!({"name": self.name, "deleted": true});
        Answer::text(&value, format!("Deleted {}.", self.name))
    }
}
