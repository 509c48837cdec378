//! Which of our words fits a provider's event. Of the body only what tells that is read, and a body
//! that does not tell it leaves the provider's own word standing.

use domain::event::EventKind;
use serde::Deserialize;

const TAGS: &str = "refs/tags/";
const TAG: &str = "tag";

/// The parts of a push, as some provider calls them.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Told {
    r#ref: Option<String>,
    ref_type: Option<String>,
    push: Changes,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Changes {
    changes: Vec<Change>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Change {
    new: Option<End>,
    old: Option<End>,
    ref_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct End {
    r#type: Option<String>,
}

/// GitHub, Gitea and Forgejo.
pub(crate) fn like_github(event: &str, body: &[u8]) -> EventKind {
    let told: Told = serde_json::from_slice(body).unwrap_or_default();
    match event {
        "push" if told.r#ref.is_some_and(|name| name.starts_with(TAGS)) => EventKind::Tag,
        "push" => EventKind::Push,
        // A push tells of branches that begin and end.
        "create" | "delete" if told.ref_type.as_deref() == Some(TAG) => EventKind::Tag,
        "ping" => EventKind::Ping,
        word if word.starts_with("pull_request") => EventKind::PullRequest,
        _ => EventKind::Other,
    }
}

/// GitLab and Gitee.
pub(crate) fn like_gitlab(event: &str, _body: &[u8]) -> EventKind {
    match event {
        "Push Hook" => EventKind::Push,
        "Tag Push Hook" => EventKind::Tag,
        "Merge Request Hook" => EventKind::PullRequest,
        _ => EventKind::Other,
    }
}

/// Bitbucket.
pub(crate) fn bitbucket(event: &str, body: &[u8]) -> EventKind {
    let is_tag = |change: &Change| {
        let end = change.new.as_ref().or(change.old.as_ref());
        end.and_then(|end| end.r#type.as_deref()) == Some(TAG)
    };
    match event {
        "repo:push" => {
            let told: Told = serde_json::from_slice(body).unwrap_or_default();
            pushed(&told.push.changes, is_tag)
        }
        word if word.starts_with("pullrequest:") => EventKind::PullRequest,
        _ => EventKind::Other,
    }
}

/// Data Center.
pub(crate) fn bitbucket_dc(event: &str, body: &[u8]) -> EventKind {
    let is_tag =
        |change: &Change| change.ref_id.as_deref().is_some_and(|name| name.starts_with(TAGS));
    match event {
        "repo:refs_changed" => {
            let told: Changes = serde_json::from_slice(body).unwrap_or_default();
            pushed(&told.changes, is_tag)
        }
        "diagnostics:ping" => EventKind::Ping,
        word if word.starts_with("pr:") => EventKind::PullRequest,
        _ => EventKind::Other,
    }
}

/// One delivery may tell of several; a branch among them makes it a push.
fn pushed(changes: &[Change], is_tag: impl Fn(&Change) -> bool) -> EventKind {
    match !changes.is_empty() && changes.iter().all(is_tag) {
        true => EventKind::Tag,
        false => EventKind::Push,
    }
}
