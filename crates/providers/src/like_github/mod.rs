//! What GitHub, Gitea, Forgejo and Gitee have in common: the shape of much of what they answer.
//!
//! Deliberately not here: which calls are made, and what differs between them.

pub(crate) mod content;
pub(crate) mod creation;

use domain::url::Segments;
use serde_json::Value;

use crate::api::path;
use crate::json::flag;
use crate::json::link;
use crate::json::long_text;
use crate::json::moment;
use crate::json::text;
use crate::json::text_at;
use crate::role;
use crate::shapes::Commit;
use crate::shapes::Namespace;
use crate::shapes::Ref;
use crate::shapes::Repository;
use crate::shapes::RepositoryQuery;

/// `/repos/OWNER/NAME` and what follows.
pub(crate) fn repo(repository: &Segments, rest: &str) -> String {
    format!("/repos/{}{rest}", path::segments(repository.as_str()))
}

/// Whether a repository is asked for. Their lists cannot be searched well, so that is done here.
pub(crate) fn is_wanted(query: &RepositoryQuery, repository: &Repository) -> bool {
    let path = repository.path.as_str().to_lowercase();
    let owner = path.split('/').next().unwrap_or_default();
    query.namespace.as_ref().is_none_or(|it| it.to_lowercase() == owner)
        && query.search.as_ref().is_none_or(|it| path.contains(&it.to_lowercase()))
}

/// An account or an organization.
pub(crate) fn namespace(value: &Value, is_user: bool) -> Option<Namespace> {
    let path = ["login", "username", "name"].iter().find_map(|field| text(value, field))?;
    let name = ["full_name", "name"].iter().find_map(|field| text(value, field));
    Some(Namespace {
        id: text(value, "id")?,
        name: name.unwrap_or_else(|| path.clone()),
        is_user,
        avatar_url: link(value, "/avatar_url"),
        path,
    })
}

/// A repository.
pub(crate) fn repository(value: &Value) -> Option<Repository> {
    Some(Repository {
        id: text(value, "id")?,
        path: Segments::parse(&text(value, "full_name")?).ok()?,
        name: text(value, "name")?,
        description: long_text(value, "description"),
        default_branch: text(value, "default_branch"),
        web_url: link(value, "/html_url"),
        clone_url: link(value, "/clone_url"),
        is_private: flag(value, "/private"),
        is_archived: is_archived(value),
        may_administer: role::may(value, "admin"),
        may_push: role::may(value, "push"),
        created_at: moment(value, "created_at"),
        updated_at: moment(value, "updated_at"),
    })
}

/// Whether a repository is closed for writing; Gitee says so in a word ("closed").
pub(crate) fn is_archived(value: &Value) -> Option<bool> {
    flag(value, "/archived").or_else(|| Some(text(value, "status")? == "关闭"))
}

/// A branch or a tag.
pub(crate) fn reference(value: &Value) -> Option<Ref> {
    Some(Ref {
        name: text(value, "name")?,
        commit: text_at(value, "/commit/sha").or_else(|| text_at(value, "/commit/id"))?,
        is_protected: flag(value, "/protected"),
    })
}

/// A commit.
pub(crate) fn commit(value: &Value) -> Option<Commit> {
    let written = value.get("commit")?;
    Some(Commit {
        id: text(value, "sha")?,
        message: long_text(written, "message").unwrap_or_default(),
        author_name: text_at(written, "/author/name").unwrap_or_default(),
        author_email: text_at(written, "/author/email"),
        author_avatar_url: link(value, "/author/avatar_url"),
        created_at: written.get("author").and_then(|author| moment(author, "date")),
        web_url: link(value, "/html_url"),
    })
}
