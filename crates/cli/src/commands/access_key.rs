//! `claviger access-key`.

pub mod create;
pub mod list;
pub mod revoke;

use domain::Result;

use crate::answer::Answer;
use crate::commands::Format;
use crate::commands::Session;

/// Creates and revokes access keys: pairs that sign requests
#[derive(Debug, clap::Args)]
pub struct AccessKey {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Create(create::Create),
    List(list::List),
    Revoke(revoke::Revoke),
}

impl AccessKey {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        match self.verb {
            Verb::Create(command) => command.run(session).await,
            Verb::List(command) => command.run(session).await,
            Verb::Revoke(command) => command.run(session).await,
        }
    }
}
