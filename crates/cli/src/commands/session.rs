//! `claviger session`.

pub mod list;
pub mod revoke;

use domain::Result;

use crate::answer::Answer;
use crate::commands::Format;
use crate::commands::Session as Around;

/// Lists and ends sessions of the console
#[derive(Debug, clap::Args)]
pub struct Session {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    List(list::List),
    Revoke(revoke::Revoke),
}

impl Session {
    pub(crate) async fn run(self, session: &Around<'_>) -> Result<Answer> {
        match self.verb {
            Verb::List(command) => command.run(session).await,
            Verb::Revoke(command) => command.run(session).await,
        }
    }
}
