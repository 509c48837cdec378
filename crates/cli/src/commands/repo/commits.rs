//! `claviger repo commits`.

use domain::Result;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::repo::Place;
use crate::table;

/// Lists the commits of a repository, newest first
#[derive(Debug, clap::Args)]
pub struct Commits {
    #[command(flatten)]
    place: Place,
    /// From this branch, tag or commit
    #[arg(long = "ref", value_name = "REF")]
    reference: Option<String>,
    /// Only those that touch this path
    #[arg(long, value_name = "PATH")]
    path: Option<String>,
    /// At most so many; 30 when absent
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    count: Option<u32>,
}

impl Commits {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let (reference, path) = (self.reference.as_deref(), self.path.as_deref());
        let client = session.client()?;
        let found = client.commits(self.place.at(), reference, path, self.count).await?;
        let rows = found.items.iter().map(|it| {
            [
                it.id.as_str().into(),
                table::moment_or(it.created_at, "").into(),
                it.author_name.as_str().into(),
                it.message.lines().next().unwrap_or_default().into(),
            ]
        });
        // There are nearly always more commits, so nothing is said about that.
        let header = ["COMMIT", "AT", "AUTHOR", "MESSAGE"];
        Answer::table(&found.items, table::Table::list(header, "There are no commits.", rows))
    }
}
