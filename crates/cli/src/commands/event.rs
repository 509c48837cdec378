//! `claviger event`.

pub mod list;

use domain::Result;

use crate::answer::Answer;
use crate::commands::Format;
use crate::commands::Session;

/// Shows what repositories told by their webhooks
#[derive(Debug, clap::Args)]
pub struct Event {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    List(list::List),
}

impl Event {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        match self.verb {
            Verb::List(command) => command.run(session).await,
        }
    }
}
