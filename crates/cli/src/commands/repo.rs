//! `claviger repo`.

pub mod archive;
pub mod branches;
pub mod commits;
pub mod create;
pub mod create_tag;
pub mod delete_file;
pub mod delete_tag;
pub mod file;
pub mod list;
pub mod put_file;
pub mod show;
pub mod tags;
pub mod tree;

use client::At;
use domain::Result;
use serde::Serialize;
use wire::Listing;
use wire::Ref;

use crate::answer::Answer;
use crate::commands::Format;
use crate::commands::Session;
use crate::table::Cell;
use crate::table::Table;

/// Looks at repositories through a stored credential
#[derive(Debug, clap::Args)]
pub struct Repo {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    List(list::List),
    Show(show::Show),
    Create(create::Create),
    Branches(branches::Branches),
    Tags(tags::Tags),
    Commits(commits::Commits),
    Tree(tree::Tree),
    File(file::File),
    Archive(archive::Archive),
    PutFile(put_file::PutFile),
    DeleteFile(delete_file::DeleteFile),
    CreateTag(create_tag::CreateTag),
    DeleteTag(delete_tag::DeleteTag),
}

impl Repo {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        match self.verb {
            Verb::List(command) => command.run(session).await,
            Verb::Show(command) => command.run(session).await,
            Verb::Create(command) => command.run(session).await,
            Verb::Branches(command) => command.run(session).await,
            Verb::Tags(command) => command.run(session).await,
            Verb::Commits(command) => command.run(session).await,
            Verb::Tree(command) => command.run(session).await,
            Verb::File(command) => command.run(session).await,
            Verb::Archive(command) => command.run(session).await,
            Verb::PutFile(command) => command.run(session).await,
            Verb::DeleteFile(command) => command.run(session).await,
            Verb::CreateTag(command) => command.run(session).await,
            Verb::DeleteTag(command) => command.run(session).await,
        }
    }
}

/// A repository, and with which credential it is seen.
#[derive(Debug, clap::Args)]
pub struct Place {
    /// The repository's URL
    #[arg(value_name = "URL")]
    url: String,
    /// The credential, by id, handle or unique name; without it the one that `why` names
    #[arg(long, value_name = "ID")]
    credential: Option<String>,
}

impl Place {
    pub(crate) fn at(&self) -> At<'_> {
        At { url: &self.url, credential: self.credential.as_deref() }
    }
}

/// A list as an answer; one that was cut says so.
pub(crate) fn listing<T: Serialize, const N: usize>(
    session: &Session<'_>,
    listing: &Listing<T>,
    header: [&'static str; N],
    empty: &'static str,
    row: impl Fn(&T) -> [Cell; N],
) -> Result<Answer> {
    if !listing.complete {
        session.output.note("there may be more; the list was cut at a limit");
    }
    Answer::table(&listing.items, Table::list(header, empty, listing.items.iter().map(row)))
}

/// A branch or a tag in a row.
pub(crate) fn reference(found: &Ref) -> [Cell; 3] {
    let protected = yes(found.protected);
    [found.name.as_str().into(), found.commit.as_str().into(), protected.into()]
}

/// What is known to be so.
pub(crate) fn yes(flag: Option<bool>) -> &'static str {
    if flag == Some(true) { "yes" } else { "" }
}
