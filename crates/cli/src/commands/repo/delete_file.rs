//! `claviger repo delete-file`.

use domain::Result;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::repo::Place;

/// Deletes a file of a repository, by a commit of its own
#[derive(Debug, clap::Args)]
pub struct DeleteFile {
    #[command(flatten)]
    place: Place,
    /// The file, from the root of the repository
    #[arg(long, value_name = "PATH")]
    path: String,
    /// The branch it is committed to
    #[arg(long, value_name = "BRANCH")]
    branch: String,
    /// The commit's message
    #[arg(long, value_name = "TEXT")]
    message: String,
    /// The id of the file as it was read: refused if it changed since
    #[arg(long, value_name = "ID")]
    based_on: Option<String>,
}

impl DeleteFile {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let (at, based_on) = (self.place.at(), self.based_on.as_deref());
        client.delete_file(at, &self.path, &self.branch, &self.message, based_on).await?;
        let value = json!({"path": self.path, "branch": self.branch, "deleted": true});
        Answer::text(&value, format!("Deleted {} on {}.", self.path, self.branch))
    }
}
