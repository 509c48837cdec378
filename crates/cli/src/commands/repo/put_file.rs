//! `claviger repo put-file`.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Result;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::repo::Place;
use crate::files;
use crate::limits;
use crate::table::Table;

/// Creates or changes a file of a repository, by a commit of its own
#[derive(Debug, clap::Args)]
pub struct PutFile {
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
    /// The new content; - is standard input
    #[arg(long, value_name = "FILE")]
    content_file: PathBuf,
    /// The id of the file as it was read; without it the file must not be there yet
    #[arg(long, value_name = "ID")]
    based_on: Option<String>,
}

impl PutFile {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let content = files::read_file_or_stdin(&self.content_file, limits::PUT_FILE_BYTES_MAX)?;
        let request = wire::PutFile {
            path: self.path,
            branch: self.branch,
            message: self.message,
            content: STANDARD.encode(&*content),
            based_on: self.based_on,
        };
        let changed = session.client()?.put_file(self.place.at(), &request).await?;
        let fields = Table::fields([
            ("path", changed.path.as_str().into()),
            ("branch", changed.branch.as_str().into()),
            ("id", changed.id.as_deref().unwrap_or_default().into()),
        ]);
        Answer::table(&changed, fields)
    }
}
