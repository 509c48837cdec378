//! `claviger git`.

pub mod setup;

use domain::Result;

use crate::answer::Answer;
use crate::commands::Format;
use crate::commands::Session;

/// Makes git on this machine use Claviger
#[derive(Debug, clap::Args)]
pub struct Git {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Setup(setup::Setup),
}

impl Git {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        match self.verb {
            Verb::Setup(command) => command.run(session).await,
        }
    }
}
