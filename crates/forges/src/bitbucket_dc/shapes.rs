//! How Bitbucket Data Center writes people, projects and repositories.

use serde_json::Value;
use serde_json::json;

use crate::call::Call;
use crate::records::Repository;
use crate::records::User;
use crate::state::State;

fn here(address: &str) -> Value {
    json!({"self": [{"href": address}]})
}

/// Somebody.
pub(super) fn user(call: &Call<'_>, user: &User) -> Value {
    json!({
        "name": user.login,
        "emailAddress": user.email,
        "active": true,
        "displayName": user.name,
        "id": user.id,
        "slug": user.login,
        "type": if user.is_bot { "SERVICE" } else { "NORMAL" },
        "links": here(&format!("{}/users/{}", call.url(), user.login)),
    })
}

/// The project of a key: an organization, or what belongs to a person (`~octocat`).
pub(super) fn find_project(state: &State, key: &str) -> Option<User> {
    match key.strip_prefix('~') {
        Some(login) => {
            let user = state.user(login)?;
            Some(User { login: format!("~{}", user.login), ..user.clone() })
        }
        None => state.user(key).filter(|it| it.is_organization).cloned(),
    }
}

/// A project.
pub(super) fn project(call: &Call<'_>, state: &State, it: &User) -> Value {
    let base = json!({
        "key": it.login,
        "id": it.id,
        "name": it.name,
    });
    let owner = it.login.strip_prefix('~').and_then(|login| state.user(login));
    let more = match owner {
        Some(owner) => json!({
            "type": "PERSONAL",
            "owner": user(call, owner),
            "links": here(&format!("{}/users/{}", call.url(), owner.login)),
        }),
        None => json!({
            "public": false,
            "type": "NORMAL",
            "links": here(&format!("{}/projects/{}", call.url(), it.login)),
        }),
    };
    crate::codes::join(base, more)
}

/// A repository.
pub(super) fn repository(call: &Call<'_>, state: &State, it: &Repository) -> Value {
    let key = it.owner();
    let named = User { login: key.to_owned(), ..User::organization(key) };
    let project_of = find_project(state, key).unwrap_or(named);
    let (kind, name) = match key.strip_prefix('~') {
        Some(login) => ("users", login),
        None => ("projects", key),
    };
    let slug = it.name();
    let host = call.url().split_once("://").map_or("", |(_, rest)| rest);
    let host = host.split([':', '/']).next().unwrap_or_default();
    let lower = key.to_lowercase();
    json!({
        "slug": slug,
        "id": it.id,
        "name": slug,
        "description": it.description,
        "hierarchyId": format!("{:020x}", it.id),
        "scmId": "git",
        "state": "AVAILABLE",
        "statusMessage": "Available",
        "forkable": true,
        "project": project(call, state, &project_of),
        "public": !it.is_private,
        "archived": it.is_archived,
        "links": {
            "clone": [
                {"href": format!("ssh://git@{host}:7999/{lower}/{slug}.git"), "name": "ssh"},
                {"href": format!("{}/scm/{lower}/{slug}.git", call.url()), "name": "http"},
            ],
            "self": [{"href": format!("{}/{kind}/{name}/repos/{slug}/browse", call.url())}],
        },
    })
}
