//! `claviger host`.

pub mod add;
pub mod check;
pub mod list;
pub mod remove;
pub mod update;

use client::Client;
use domain::Result;
use domain::url::WebUrl;

use crate::answer::Answer;
use crate::commands::Format;
use crate::commands::Session;
use crate::lists;
use crate::table::Table;

/// Registers Git hosts, and checks the way to them
#[derive(Debug, clap::Args)]
pub struct Host {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Add(add::Add),
    Check(check::Check),
    List(list::List),
    Update(update::Update),
    Remove(remove::Remove),
}

impl Host {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        match self.verb {
            Verb::Add(command) => command.run(session).await,
            Verb::Check(command) => command.run(session).await,
            Verb::List(command) => command.run(session).await,
            Verb::Update(command) => command.run(session).await,
            Verb::Remove(command) => command.run(session).await,
        }
    }
}

/// The id of a host given by id or web address.
pub(crate) async fn id_of(client: &Client, reference: &str) -> Result<String> {
    let url = WebUrl::parse(reference).map(|url| url.to_string());
    let reference = url.as_deref().unwrap_or(reference);
    let fetch = async |page| client.hosts(&page).await;
    let id_and_url = |host: &wire::Host| Some((host.id.clone(), host.url.clone()));
    lists::id_of(reference, "host", fetch, id_and_url).await
}

/// A host as an answer.
pub(crate) fn answer(host: &wire::Host) -> Result<Answer> {
    let fields = Table::fields([
        ("id", host.id.as_str().into()),
        ("provider", host.provider.as_str().into()),
        ("url", host.url.as_str().into()),
        ("own CA", if host.has_ca { "yes" } else { "" }.into()),
        ("gateway url", host.gateway_url.as_str().into()),
    ]);
    Answer::table(host, fields)
}
