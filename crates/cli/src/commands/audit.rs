//! `claviger audit`.

pub mod export;
pub mod head;
pub mod list;
pub mod verify;

use domain::Result;

use crate::answer::Answer;
use crate::commands::Format;
use crate::commands::Session;

/// Reads and verifies the audit log
#[derive(Debug, clap::Args)]
pub struct Audit {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    List(list::List),
    Verify(verify::Verify),
    Head(head::Head),
    Export(export::Export),
}

impl Audit {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        match self.verb {
            Verb::List(command) => command.run(session).await,
            Verb::Verify(command) => command.run(session).await,
            Verb::Head(command) => command.run(session).await,
            Verb::Export(command) => command.run(session).await,
        }
    }
}
