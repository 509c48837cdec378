//! How Bitbucket Cloud writes people, workspaces, projects and repositories.

use serde_json::Value;
use serde_json::json;

use crate::call::Call;
use crate::codes;
use crate::moments;
use crate::records::Repository;
use crate::records::User;
use crate::state::State;

/// `2026-11-21T04:30:00.000000+00:00`.
pub(super) fn moment(moment: domain::Timestamp) -> String {
    moments::written(moment, "%Y-%m-%dT%H:%M:%S%.6f+00:00")
}

/// `{"href": …}`.
pub(super) fn link(address: impl Into<String>) -> Value {
    json!({"href": address.into()})
}

/// A person, or a bot that stands behind an access token.
pub(super) fn user(call: &Call<'_>, user: &User) -> Value {
    let uuid = super::uuid(user.id);
    let named = codes::encode(&uuid);
    json!({
        "type": if user.is_bot { "app_user" } else { "user" },
        "display_name": user.name,
        "nickname": user.login,
        "username": user.login,
        "uuid": uuid,
        "account_id": format!("557058:{:08x}-0000-4000-8000-000000000000", user.id),
        "account_status": "active",
        "created_on": moment(user.created_at),
        "links": {
            "self": link(format!("{}/users/{named}", call.api_url())),
            "html": link(format!("{}/{named}/", call.url())),
            "avatar": link(format!("{}/account/{}/avatar/", call.url(), user.login)),
        },
    })
}

/// A workspace; a person's own one has the person's name.
pub(super) fn workspace(call: &Call<'_>, user: &User) -> Value {
    let slug = user.login.as_str();
    let base = format!("{}/workspaces/{slug}", call.api_url());
    json!({
        "type": "workspace",
        "uuid": super::uuid(user.id),
        "name": user.name,
        "slug": slug,
        "is_private": true,
        "created_on": moment(user.created_at),
        "links": {
            "self": link(base.clone()),
            "html": link(format!("{}/{slug}/", call.url())),
            "avatar": link(format!("{}/workspaces/{slug}/avatar/?ts=1", call.url())),
            "members": link(format!("{base}/members")),
            "owners": link(format!("{base}/members?q=permission%3D%22owner%22")),
            "projects": link(format!("{base}/projects")),
            "hooks": link(format!("{base}/hooks")),
            "repositories": link(format!("{}/repositories/{slug}", call.api_url())),
            "snippets": link(format!("{}/snippets/{slug}", call.api_url())),
        },
    })
}

/// Every workspace has one project here.
pub(super) fn project(call: &Call<'_>, workspace: &User) -> Value {
    let key = key(workspace);
    let base = format!("{}/workspaces/{}/projects/{key}", call.api_url(), workspace.login);
    json!({
        "type": "project",
        "key": key,
        "uuid": super::uuid(workspace.id + 1_000_000),
        "name": key,
        "links": {
            "self": link(base),
            "html": link(format!("{}/{}/workspace/projects/{key}", call.url(), workspace.login)),
            "avatar": link(format!("{}/account/user/{}/projects/{key}/avatar/32", call.url(), workspace.login)),
        },
    })
}

fn key(workspace: &User) -> String {
    let letters = workspace.login.chars().filter(char::is_ascii_alphanumeric);
    letters.collect::<String>().to_uppercase()
}

/// The workspace of a repository.
fn owner(state: &State, repository: &Repository) -> User {
    state.user(repository.owner()).cloned().unwrap_or_else(|| User::new(repository.owner()))
}

/// The account that owns a workspace, which is another thing than the workspace.
fn account(call: &Call<'_>, workspace: &User) -> Value {
    if !workspace.is_organization {
        return user(call, workspace);
    }
    let base = format!("{}/teams/{}", call.api_url(), codes::encode(&super::uuid(workspace.id)));
    json!({
        "type": "team",
        "display_name": workspace.name,
        "uuid": super::uuid(workspace.id),
        "username": workspace.login,
        "links": {
            "self": link(base),
            "html": link(format!("{}/{}/", call.url(), workspace.login)),
            "avatar": link(format!("{}/account/{}/avatar/", call.url(), workspace.login)),
        },
    })
}

/// A repository, in short, as other things refer to it.
pub(super) fn short_repository(call: &Call<'_>, it: &Repository) -> Value {
    json!({
        "type": "repository",
        "full_name": it.path,
        "name": it.name(),
        "uuid": super::uuid(it.id),
        "links": {
            "self": link(format!("{}/repositories/{}", call.api_url(), it.path)),
            "html": link(format!("{}/{}", call.url(), it.path)),
            "avatar": link(format!("{}/ravatar/{}?ts=default", call.url(), codes::encode(&super::uuid(it.id)))),
        },
    })
}

/// A repository. The address to clone names the person who asked.
pub(super) fn repository(call: &Call<'_>, state: &State, it: &Repository) -> Value {
    let workspace_of = owner(state, it);
    let base = format!("{}/repositories/{}", call.api_url(), it.path);
    let html = format!("{}/{}", call.url(), it.path);
    let is_person = call.caller.user().is_some_and(|it| !it.is_bot && !it.is_organization);
    let whom = if is_person { format!("{}@", call.caller.login()) } else { String::new() };
    let https = format!("{html}.git").replace("://", &format!("://{whom}"));
    let host = call.url().split_once("://").map_or("", |(_, rest)| rest);
    let host = host.split([':', '/']).next().unwrap_or_default();
    let main = match it.is_empty {
        true => Value::Null,
        false => json!({"type": "branch", "name": it.default_branch}),
    };
    let more = json!({
        "slug": it.name(),
        "description": it.description,
        "scm": "git",
        "website": null,
        "owner": account(call, &workspace_of),
        "workspace": workspace_in_short(call, &workspace_of),
        "project": project(call, &workspace_of),
        "is_private": it.is_private,
        "fork_policy": if it.is_private { "no_public_forks" } else { "allow_forks" },
        "created_on": moment(it.created_at),
        "updated_on": moment(it.created_at),
        "size": 24576,
        "language": "",
        "has_issues": false,
        "has_wiki": false,
        "mainbranch": main,
        "override_settings": {"default_merge_strategy": true, "branching_model": true},
        "parent": null,
        "links": {
            "self": link(base.clone()),
            "html": link(html),
            "avatar": link(format!("{}/ravatar/{}?ts=default", call.url(), codes::encode(&super::uuid(it.id)))),
            "pullrequests": link(format!("{base}/pullrequests")),
            "commits": link(format!("{base}/commits")),
            "forks": link(format!("{base}/forks")),
            "watchers": link(format!("{base}/watchers")),
            "branches": link(format!("{base}/refs/branches")),
            "tags": link(format!("{base}/refs/tags")),
            "downloads": link(format!("{base}/downloads")),
            "source": link(format!("{base}/src")),
            "hooks": link(format!("{base}/hooks")),
            "clone": [
                {"name": "https", "href": https},
                {"name": "ssh", "href": format!("git@{host}:{}.git", it.path)},
            ],
        },
    });
    codes::join(short_repository(call, it), more)
}

/// A workspace, as other things refer to it.
pub(super) fn workspace_in_short(call: &Call<'_>, user: &User) -> Value {
    let whole = workspace(call, user);
    let field = |name: &str| whole.get(name).cloned().unwrap_or_default();
    let link = |name: &str| whole.pointer(&format!("/links/{name}")).cloned().unwrap_or_default();
    json!({
        "type": "workspace",
        "uuid": field("uuid"),
        "name": field("name"),
        "slug": field("slug"),
        "links": {"self": link("self"), "html": link("html"), "avatar": link("avatar")},
    })
}
