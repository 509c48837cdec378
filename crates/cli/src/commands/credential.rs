//! `claviger credential`.

pub mod add;
pub mod check;
pub mod delete;
pub mod list;
pub mod retire_version;
pub mod reveal;
pub mod revoke_version;
pub mod show;
pub mod update;
pub mod use_version;

use domain::Result;

use crate::answer::Answer;
use crate::commands::Format;
use crate::commands::Session;

/// Keeps and changes credentials
#[derive(Debug, clap::Args)]
pub struct Credential {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Add(add::Add),
    List(list::List),
    Show(show::Show),
    Check(check::CheckCommand),
    Update(update::Update),
    UseVersion(use_version::UseVersion),
    RetireVersion(retire_version::RetireVersion),
    RevokeVersion(revoke_version::RevokeVersion),
    Reveal(reveal::Reveal),
    Delete(delete::Delete),
}

impl Credential {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        match self.verb {
            Verb::Add(command) => command.run(session).await,
            Verb::List(command) => command.run(session).await,
            Verb::Show(command) => command.run(session).await,
            Verb::Check(command) => command.run(session).await,
            Verb::Update(command) => command.run(session).await,
            Verb::UseVersion(command) => command.run(session).await,
            Verb::RetireVersion(command) => command.run(session).await,
            Verb::RevokeVersion(command) => command.run(session).await,
            Verb::Reveal(command) => command.run(session).await,
            Verb::Delete(command) => command.run(session).await,
        }
    }
}
