//! How Gitee writes people, organizations and repositories.

use domain::Timestamp;
use serde_json::Value;
use serde_json::json;

use super::access;
use crate::call::Call;
use crate::moments;
use crate::records::Repository;
use crate::records::User;
use crate::state::State;

/// Eight hours before UTC, as all moments are given there.
const OFFSET_MILLIS: i64 = 8 * 3_600_000;

/// `2026-11-21T12:30:00+08:00`.
pub(super) fn moment(moment: Timestamp) -> String {
    let local = Timestamp::from_millis(moment.millis() + OFFSET_MILLIS);
    moments::written(local, "%Y-%m-%dT%H:%M:%S+08:00")
}

/// Somebody.
pub(super) fn user(call: &Call<'_>, user: &User) -> Value {
    let base = format!("{}/users/{}", call.api_url(), user.login);
    json!({
        "id": user.id,
        "login": user.login,
        "name": user.name,
        "avatar_url": format!("{}/assets/no_portrait.png", call.url()),
        "url": base,
        "html_url": format!("{}/{}", call.url(), user.login),
        "remark": "",
        "followers_url": format!("{base}/followers"),
        "following_url": format!("{base}/following_url{{/other_user}}"),
        "gists_url": format!("{base}/gists{{/gist_id}}"),
        "starred_url": format!("{base}/starred{{/owner}}{{/repo}}"),
        "subscriptions_url": format!("{base}/subscriptions"),
        "organizations_url": format!("{base}/orgs"),
        "repos_url": format!("{base}/repos"),
        "events_url": format!("{base}/events{{/privacy}}"),
        "received_events_url": format!("{base}/received_events"),
        "type": "User",
    })
}

/// An organization.
pub(super) fn organization(call: &Call<'_>, user: &User) -> Value {
    let base = format!("{}/orgs/{}", call.api_url(), user.login);
    json!({
        "id": user.id,
        "login": user.login,
        "name": user.name,
        "url": base,
        "avatar_url": format!("{}/assets/no_portrait.png", call.url()),
        "repos_url": format!("{base}/repos"),
        "events_url": format!("{base}/events"),
        "members_url": format!("{base}/members{{/member}}"),
        "description": "",
        "follow_count": 0,
    })
}

/// The account a repository belongs to.
fn owner(state: &State, repository: &Repository) -> User {
    state.user(repository.owner()).cloned().unwrap_or_else(|| User::new(repository.owner()))
}

/// A repository. The page of it ends in `.git`.
pub(super) fn repository(call: &Call<'_>, state: &State, it: &Repository) -> Value {
    let owner = owner(state, it);
    let html = format!("{}/{}.git", call.url(), it.path);
    let base = format!("{}/repos/{}", call.api_url(), it.path);
    let host = call.url().split_once("://").map_or("", |(_, rest)| rest);
    let host = host.split([':', '/']).next().unwrap_or_default();
    let rank = access::rank(state, &call.caller, it);
    let namespace = json!({
        "id": owner.id,
        "type": if owner.is_organization { "group" } else { "personal" },
        "name": owner.name,
        "path": owner.login,
        "html_url": format!("{}/{}", call.url(), owner.login),
    });
    json!({
        "id": it.id,
        "full_name": it.path,
        "human_name": format!("{}/{}", owner.name, it.name()),
        "url": base,
        "namespace": namespace,
        "path": it.name(),
        "name": it.name(),
        "owner": user(call, &owner),
        "assigner": user(call, &owner),
        "description": it.description,
        "private": it.is_private,
        "public": !it.is_private,
        "internal": false,
        "fork": false,
        "html_url": html,
        "ssh_url": format!("git@{host}:{}.git", it.path),
        "forks_url": format!("{base}/forks"),
        "keys_url": format!("{base}/keys{{/key_id}}"),
        "hooks_url": format!("{base}/hooks"),
        "branches_url": format!("{base}/branches{{/branch}}"),
        "tags_url": format!("{base}/tags"),
        "commits_url": format!("{base}/commits{{/sha}}"),
        "contributors_url": format!("{base}/contributors"),
        "pulls_url": format!("{base}/pulls{{/number}}"),
        "homepage": null,
        "language": null,
        "forks_count": 0,
        "stargazers_count": 0,
        "watchers_count": 1,
        "default_branch": if it.is_empty { Value::Null } else { it.default_branch.clone().into() },
        "open_issues_count": 0,
        "has_issues": true,
        "has_wiki": true,
        "pull_requests_enabled": true,
        "can_comment": true,
        "issue_comment": false,
        "license": null,
        "empty_repo": it.is_empty,
        "gvp": false,
        "status": if it.is_archived { "关闭" } else { "开始" },
        "outsourced": false,
        "recommend": false,
        "project_creator": owner.login,
        "members": it.members.keys().collect::<Vec<_>>(),
        "pushed_at": moment(it.created_at),
        "created_at": moment(it.created_at),
        "updated_at": moment(it.created_at),
        "permission": {
            "pull": rank.is_some(),
            "push": rank >= Some(access::WRITER),
            "admin": rank >= Some(access::ADMIN),
        },
        "relation": null,
        "stared": false,
        "watched": false,
    })
}
