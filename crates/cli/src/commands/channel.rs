//! `claviger channel`.

pub mod add;
pub mod list;
pub mod remove;
pub mod test;
pub mod update;

use client::Client;
use domain::Result;
use domain::notification::Kind;

use crate::answer::Answer;
use crate::commands::Format;
use crate::commands::Session;
use crate::lists;

/// Says how people are warned: by mail, in a chat, by a webhook
#[derive(Debug, clap::Args)]
pub struct Channel {
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
    Test(test::Test),
}

impl Channel {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        match self.verb {
            Verb::Add(command) => command.run(session).await,
            Verb::List(command) => command.run(session).await,
            Verb::Update(command) => command.run(session).await,
            Verb::Remove(command) => command.run(session).await,
            Verb::Test(command) => command.run(session).await,
        }
    }
}

/// The id of a channel given by id or name.
async fn id_of(client: &Client, reference: &str) -> Result<String> {
    let fetch = async |page| client.channels(&page).await;
    let id_and_name = |channel: &wire::Channel| Some((channel.id.clone(), channel.name.clone()));
    lists::id_of(reference, "channel", fetch, id_and_name).await
}

/// A kind of warning; empty where that means all of them.
fn kind(word: &str) -> Result<String> {
    if !word.is_empty() {
        Kind::check_word(word)?;
    }
    Ok(word.to_owned())
}

/// The days before an end of a channel that has some of its own.
fn days(channel: &wire::Channel) -> String {
    channel.days.iter().map(u16::to_string).collect::<Vec<_>>().join(" ")
}

/// Flags that were given, without the empty one that only says that there are none.
fn without_empty(texts: Vec<String>) -> Vec<String> {
    texts.into_iter().filter(|text| !text.is_empty()).collect()
}
