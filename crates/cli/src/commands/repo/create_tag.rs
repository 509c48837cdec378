//! `claviger repo create-tag`.

use domain::Result;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::repo::Place;
use crate::table::Table;

/// Makes a tag in a repository
#[derive(Debug, clap::Args)]
pub struct CreateTag {
    #[command(flatten)]
    place: Place,
    /// Its name
    #[arg(long, value_name = "NAME")]
    name: String,
    /// The branch or commit it points at
    #[arg(long, value_name = "REF")]
    target: String,
    /// Its message; without one it is a lightweight tag
    #[arg(long, value_name = "TEXT")]
    message: Option<String>,
}

impl CreateTag {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let request =
            wire::CreateTag { name: self.name, target: self.target, message: self.message };
        let tag = session.client()?.create_tag(self.place.at(), &request).await?;
        let (name, commit) = (tag.name.as_str().into(), tag.commit.as_str().into());
        Answer::table(&tag, Table::fields([("name", name), ("commit", commit)]))
    }
}
