//! `claviger hook`.

pub mod create;
pub mod delete;
pub mod list;
pub mod update;

use domain::Result;

use crate::answer::Answer;
use crate::commands::Format;
use crate::commands::Session;
use crate::table;
use crate::table::Table;

/// Manages the webhooks of a repository at its provider
#[derive(Debug, clap::Args)]
pub struct Hook {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    List(list::List),
    Create(create::Create),
    Update(update::Update),
    Delete(delete::Delete),
}

impl Hook {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        match self.verb {
            Verb::List(command) => command.run(session).await,
            Verb::Create(command) => command.run(session).await,
            Verb::Update(command) => command.run(session).await,
            Verb::Delete(command) => command.run(session).await,
        }
    }
}

/// A webhook as an answer.
pub(crate) fn answer(hook: &wire::Hook) -> Result<Answer> {
    let known = |flag: Option<bool>| flag.map_or("", |it| if it { "yes" } else { "no" });
    let fields = Table::fields([
        ("id", hook.id.as_str().into()),
        ("url", hook.url.as_str().into()),
        ("events", hook.events.join(", ").into()),
        ("active", if hook.active { "yes" } else { "no" }.into()),
        ("signed", known(hook.signed).into()),
        ("created", table::moment_or(hook.created_at, "").into()),
    ]);
    Answer::table(hook, fields)
}
