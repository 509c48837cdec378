//! `claviger member`.

pub mod accounts;
pub mod add;
pub mod connect;
pub mod disconnect;
pub mod list;
pub mod remove;
pub mod update;

use client::Client;
use domain::Result;

use crate::answer::Answer;
use crate::commands::Format;
use crate::commands::Session;
use crate::lists;
use crate::table;
use crate::table::Table;

/// Manages who belongs to the organization
#[derive(Debug, clap::Args)]
pub struct Member {
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
    Connect(connect::Connect),
    Accounts(accounts::Accounts),
    Disconnect(disconnect::Disconnect),
}

impl Member {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        match self.verb {
            Verb::Add(command) => command.run(session).await,
            Verb::List(command) => command.run(session).await,
            Verb::Update(command) => command.run(session).await,
            Verb::Remove(command) => command.run(session).await,
            Verb::Connect(command) => command.run(session).await,
            Verb::Accounts(command) => command.run(session).await,
            Verb::Disconnect(command) => command.run(session).await,
        }
    }
}

/// The id of a member given by id or e-mail address.
pub(crate) async fn id_of(client: &Client, reference: &str) -> Result<String> {
    let fetch = async |page| client.members(&page).await;
    let id_and_email = |member: &wire::Member| Some((member.id.clone(), member.email.clone()));
    lists::id_of(reference, "member", fetch, id_and_email).await
}

/// A member as an answer.
pub(crate) fn answer(member: &wire::Member) -> Result<Answer> {
    let fields = Table::fields([
        ("id", member.id.as_str().into()),
        ("e-mail", member.email.as_str().into()),
        ("name", member.name.as_str().into()),
        ("role", member.role.word().into()),
        ("added", table::moment(member.created_at).into()),
    ]);
    Answer::table(member, fields)
}
