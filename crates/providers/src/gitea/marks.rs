//! How a Gitea is known, and a Forgejo told from it.
//!
//! A Forgejo names the Gitea it came from in its version, and has a version end point of its own. An
//! instance for members only refuses strangers at both, with one sentence.

use crate::detect::Ask;
use crate::detect::Mark;
use crate::detect::Shown;
use crate::detect::Told;

const VERSION: Ask = Ask::Get("/api/v1/version");
const FOR_MEMBERS: &str = "Only signed in user is allowed to call APIs.";
const ORIGIN: &str = "+gitea-";

/// Gitea's; after Forgejo's, which answers the same call.
pub(crate) static GITEA: [Mark; 1] = [Mark { ask: VERSION, read: gitea }];

/// Forgejo's.
pub(crate) static FORGEJO: [Mark; 2] = [
    Mark { ask: VERSION, read: forgejo },
    Mark { ask: Ask::Get("/api/forgejo/v1/version"), read: own },
];

fn gitea(shown: &Shown) -> Option<Told> {
    let version = version(shown).filter(|version| !version.contains(ORIGIN));
    (version.is_some() || is_for_members(shown)).then(|| Told::of(version))
}

fn forgejo(shown: &Shown) -> Option<Told> {
    let version = version(shown).filter(|version| version.contains(ORIGIN));
    Some(Told::of(Some(version?)))
}

fn own(shown: &Shown) -> Option<Told> {
    let version = version(shown);
    (version.is_some() || is_for_members(shown)).then(|| Told::of(version))
}

/// The answer has this one field; other programs have a version at this path, too, among more.
fn version(shown: &Shown) -> Option<String> {
    shown.version("/version").filter(|_| shown.body.as_object().is_some_and(|it| it.len() == 1))
}

fn is_for_members(shown: &Shown) -> bool {
    shown.status == 403 && shown.text("/message") == Some(FOR_MEMBERS)
}
