//! `claviger service`.

pub mod add;
pub mod hook;
pub mod list;
pub mod remove;

use domain::Result;

use crate::answer::Answer;
use crate::commands::Format;
use crate::commands::Session;

/// Says what credentials are used for
#[derive(Debug, clap::Args)]
pub struct Service {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Add(add::Add),
    List(list::List),
    Remove(remove::Remove),
    Hook(hook::Hook),
}

impl Service {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        match self.verb {
            Verb::Add(command) => command.run(session).await,
            Verb::List(command) => command.run(session).await,
            Verb::Remove(command) => command.run(session).await,
            Verb::Hook(command) => command.run(session).await,
        }
    }
}
