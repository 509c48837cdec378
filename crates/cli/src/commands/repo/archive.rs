//! `claviger repo archive`.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use domain::Error;
use domain::Result;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::repo::Place;

/// Fetches the whole of a repository as a gzipped tar file
#[derive(Debug, clap::Args)]
pub struct Archive {
    #[command(flatten)]
    place: Place,
    /// Of this branch, tag or commit
    #[arg(long = "ref", value_name = "REF")]
    reference: Option<String>,
    /// Where to write it; - is standard output
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

impl Archive {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let (at, reference) = (self.place.at(), self.reference.as_deref());
        if self.output == Path::new("-") {
            let output = session.output;
            client.archive(at, reference, |piece| output.bytes(&piece)).await?;
            return Ok(Answer::silent());
        }
        let shown = self.output.display().to_string();
        let unwritable =
            |error: std::io::Error| Error::invalid(format!("{shown} cannot be written: {error}."));
        // The file appears only when something is there to be written, and never half of it.
        let folder = self.output.parent().filter(|it| !it.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
        let mut size = 0;
        let write = |piece: bytes::Bytes| {
            size += piece.len();
            file.write_all(&piece).map_err(unwritable)
        };
        client.archive(at, reference, write).await?;
        let _: File = file.persist(&self.output).map_err(|error| unwritable(error.error))?;
        let value = json!({"output": shown, "size": size});
        Answer::text(&value, format!("Wrote {size} bytes to {shown}."))
    }
}
