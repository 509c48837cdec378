//! `claviger why`.

use domain::Result;
use domain::access::Access;

use crate::answer::Answer;
use crate::answer::Human;
use crate::commands::Format;
use crate::commands::Session;
use crate::table;
use crate::table::Table;

/// Explains which credential would serve a URL, and why the others would not
#[derive(Debug, clap::Args)]
pub struct Why {
    /// The repository's URL
    #[arg(value_name = "URL")]
    url: String,
    /// read or write
    #[arg(long, value_name = "ACCESS", default_value = "read", value_parser = Access::parse)]
    access: Access,
    #[command(flatten)]
    pub(crate) format: Format,
}

impl Why {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let why = session.client()?.why(&self.url, self.access).await?;
        let rows = why.candidates.iter().map(|candidate| {
            let covers = match candidate.covers.as_str() {
                "" => "the whole host",
                covers => covers,
            };
            [
                if candidate.chosen { "→" } else { "" }.into(),
                candidate.handle.as_str().into(),
                table::status(&candidate.status),
                covers.into(),
                candidate.reason.as_str().into(),
            ]
        });
        let header = ["", "HANDLE", "STATUS", "COVERS", "REASON"];
        let table = Table::list(header, "No credential was looked at.", rows);
        let answer = Human::Text(format!("{}\n{}\n\n", why.url, why.answer));
        Answer::new(&why, Human::Several(vec![answer, Human::Table(table)]))
    }
}
