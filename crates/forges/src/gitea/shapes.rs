//! How Gitea and Forgejo write people, organizations and repositories.

use serde_json::Value;
use serde_json::json;

use super::access;
use crate::Kind;
use crate::call::Call;
use crate::codes;
use crate::moments;
use crate::records::Repository;
use crate::records::User;
use crate::state::State;

fn picture(call: &Call<'_>, user: &User) -> String {
    let sum = codes::hex(&codes::sha256(user.email.as_bytes()));
    format!("{}/avatars/{}", call.url(), sum.get(..32).unwrap_or(&sum))
}

/// Somebody. Only the person itself and an administrator see the address for mail.
pub(super) fn user(call: &Call<'_>, user: &User) -> Value {
    let is_self = call.caller.login().eq_ignore_ascii_case(&user.login);
    let is_shown = is_self || call.caller.user().is_some_and(|it| it.is_admin);
    let email = match is_shown {
        true => user.email.clone(),
        false => format!("{}@noreply.example.invalid", user.login),
    };
    let mut body = json!({
        "id": user.id,
        "login": user.login,
        "login_name": "",
        "source_id": 0,
        "full_name": user.name,
        "email": email,
        "avatar_url": picture(call, user),
        "html_url": format!("{}/{}", call.url(), user.login),
        "language": "",
        "is_admin": user.is_admin,
        "last_login": "0001-01-01T00:00:00Z",
        "created": moments::seconds(user.created_at),
        "restricted": false,
        "active": true,
        "prohibit_login": false,
        "location": "",
        "website": "",
        "description": "",
        "visibility": "public",
        "followers_count": 0,
        "following_count": 0,
        "starred_repos_count": 0,
        "username": user.login,
    });
    if let (Kind::Forgejo, Some(fields)) = (call.inner.kind, body.as_object_mut()) {
        fields.insert("pronouns".to_owned(), "".into());
    }
    body
}

/// An organization.
pub(super) fn organization(call: &Call<'_>, user: &User) -> Value {
    let mut body = json!({
        "id": user.id,
        "name": user.login,
        "full_name": user.name,
        "email": "",
        "avatar_url": picture(call, user),
        "description": "",
        "website": "",
        "location": "",
        "visibility": "public",
        "repo_admin_change_team_access": false,
        "username": user.login,
    });
    if let (Kind::Forgejo, Some(fields)) = (call.inner.kind, body.as_object_mut()) {
        fields.insert("created".to_owned(), moments::seconds(user.created_at).into());
    }
    body
}

/// The account a repository belongs to.
fn owner(state: &State, repository: &Repository) -> User {
    state.user(repository.owner()).cloned().unwrap_or_else(|| User::new(repository.owner()))
}

/// A repository.
pub(super) fn repository(call: &Call<'_>, state: &State, it: &Repository) -> Value {
    let html = format!("{}/{}", call.url(), it.path);
    let address = format!("{}/repos/{}", call.api_url(), it.path);
    let host = call.url().split_once("://").map_or("", |(_, rest)| rest);
    let host = host.split([':', '/']).next().unwrap_or_default();
    let moment = moments::seconds(it.created_at);
    let rank = access::rank(state, &call.caller, it);
    let body = json!({
        "id": it.id,
        "owner": user(call, &owner(state, it)),
        "name": it.name(),
        "full_name": it.path,
        "description": it.description,
        "empty": it.is_empty,
        "private": it.is_private,
        "fork": false,
        "template": false,
        "parent": null,
        "mirror": false,
        "size": 24,
        "language": "",
        "languages_url": format!("{address}/languages"),
        "html_url": html,
        "url": address,
        "link": "",
        "ssh_url": format!("git@{host}:{}.git", it.path),
        "clone_url": format!("{html}.git"),
        "original_url": "",
        "website": "",
        "stars_count": 0,
        "forks_count": 0,
        "watchers_count": 1,
        "open_issues_count": 0,
        "open_pr_counter": 0,
        "release_counter": 0,
        "default_branch": it.default_branch,
        "archived": it.is_archived,
        "created_at": moment,
        "updated_at": moment,
        "archived_at": "1970-01-01T00:00:00Z",
        "permissions": {
            "admin": rank >= Some(access::ADMIN),
            "push": rank >= Some(access::WRITER),
            "pull": rank.is_some(),
        },
    });
    codes::join(body, features())
}

/// What never differs here.
fn features() -> Value {
    json!({
        "has_issues": true,
        "internal_tracker": {
            "enable_time_tracker": true,
            "allow_only_contributors_to_track_time": true,
            "enable_issue_dependencies": true,
        },
        "has_wiki": true,
        "has_pull_requests": true,
        "has_projects": true,
        "has_releases": true,
        "has_packages": false,
        "has_actions": false,
        "ignore_whitespace_conflicts": false,
        "allow_merge_commits": true,
        "allow_rebase": true,
        "allow_rebase_explicit": true,
        "allow_squash_merge": true,
        "allow_fast_forward_only_merge": false,
        "allow_rebase_update": true,
        "default_delete_branch_after_merge": false,
        "default_merge_style": "merge",
        "default_allow_maintainer_edit": false,
        "avatar_url": "",
        "internal": false,
        "mirror_interval": "",
        "object_format_name": "sha1",
        "mirror_updated": "0001-01-01T00:00:00Z",
        "repo_transfer": null,
        "topics": [],
    })
}
