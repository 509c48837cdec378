//! `claviger repo branches`.

use domain::Result;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::repo;
use crate::commands::repo::Place;

/// Lists the branches of a repository
#[derive(Debug, clap::Args)]
pub struct Branches {
    #[command(flatten)]
    place: Place,
    /// Only those with this in their name
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
}

impl Branches {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let found = session.client()?.branches(self.place.at(), self.search.as_deref()).await?;
        let header = ["NAME", "COMMIT", "PROTECTED"];
        repo::listing(session, &found, header, "There are no branches.", repo::reference)
    }
}
