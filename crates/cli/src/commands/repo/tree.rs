//! `claviger repo tree`.

use domain::Result;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::repo;
use crate::commands::repo::Place;

/// Lists a folder of a repository
#[derive(Debug, clap::Args)]
pub struct Tree {
    #[command(flatten)]
    place: Place,
    /// In this branch, tag or commit
    #[arg(long = "ref", value_name = "REF")]
    reference: Option<String>,
    /// The folder, from the root of the repository
    #[arg(long, value_name = "PATH")]
    path: Option<String>,
}

impl Tree {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let (reference, path) = (self.reference.as_deref(), self.path.as_deref());
        let found = session.client()?.tree(self.place.at(), reference, path).await?;
        let header = ["PATH", "KIND", "SIZE", "ID"];
        repo::listing(session, &found, header, "The folder is empty.", |it| {
            [
                it.path.as_str().into(),
                it.kind.as_str().into(),
                it.size.map(|size| size.to_string()).unwrap_or_default().into(),
                it.id.as_deref().unwrap_or_default().into(),
            ]
        })
    }
}
