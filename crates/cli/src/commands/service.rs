//! `claviger service`.

pub mod add;
pub mod hook;
pub mod list;
pub mod remove;
pub mod update;

use domain::Result;

use crate::answer::Answer;
use crate::commands::Format;
use crate::commands::Session;
use crate::table::Table;

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
    Update(update::Update),
    Remove(remove::Remove),
    Hook(hook::Hook),
}

/// What is shown of one.
fn answer(service: &wire::Service) -> Result<Answer> {
    let mut fields = vec![
        ("id", service.id.as_str().into()),
        ("name", service.name.as_str().into()),
        ("repository", service.repository.as_deref().unwrap_or("-").into()),
        ("branch", service.branch.as_deref().unwrap_or("-").into()),
        ("credential", service.credential_id.as_deref().unwrap_or("-").into()),
    ];
    if let Some(repository) = &service.values_repository {
        let credential = service.values_credential_id.as_deref().unwrap_or("-");
        fields.push(("values", repository.as_str().into()));
        fields.push(("values credential", credential.into()));
    }
    Answer::table(service, Table::fields(fields))
}

impl Service {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        match self.verb {
            Verb::Add(command) => command.run(session).await,
            Verb::List(command) => command.run(session).await,
            Verb::Update(command) => command.run(session).await,
            Verb::Remove(command) => command.run(session).await,
            Verb::Hook(command) => command.run(session).await,
        }
    }
}
