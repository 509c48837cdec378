//! `claviger repo file`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Result;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::repo::Place;

/// Prints a file of a repository byte for byte; with --json its content is in base64
#[derive(Debug, clap::Args)]
pub struct File {
    #[command(flatten)]
    place: Place,
    /// In this branch, tag or commit
    #[arg(long = "ref", value_name = "REF")]
    reference: Option<String>,
    /// The file, from the root of the repository
    #[arg(long, value_name = "PATH")]
    path: String,
}

impl File {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let file = client.file(self.place.at(), self.reference.as_deref(), &self.path).await?;
        if session.output.is_json {
            let content = STANDARD.encode(&file.content);
            let (path, size) = (&self.path, file.content.len());
            let value = json!({"path": path, "id": file.id, "size": size, "content": content});
            return Answer::text(&value, "");
        }
        session.output.bytes(&file.content)?;
        Ok(Answer::silent())
    }
}
