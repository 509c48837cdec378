//! `claviger organization`.

pub mod show;
pub mod update;

use domain::Result;

use crate::answer::Answer;
use crate::commands::Format;
use crate::commands::Session;

/// Shows and changes the organization
#[derive(Debug, clap::Args)]
pub struct Organization {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Show(show::Show),
    Update(update::Update),
}

impl Organization {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        match self.verb {
            Verb::Show(command) => command.run(session).await,
            Verb::Update(command) => command.run(session).await,
        }
    }
}
