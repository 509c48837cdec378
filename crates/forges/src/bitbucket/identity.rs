//! Who one is at Bitbucket Cloud, and which workspaces one belongs to.

use http::Method;
use serde_json::Value;
use serde_json::json;

use super::access;
use super::errors;
use super::filter;
use super::lists;
use super::shapes;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::records::User;
use crate::route::Route;
use crate::route::route;
use crate::state::State;

const USER: &str = "read:user:bitbucket";
const WORKSPACE: &str = "read:workspace:bitbucket";

#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/user", "", USER, user),
    route(Method::GET, "/user/emails", "email", USER, emails),
    route(Method::GET, "/user/workspaces", "account", WORKSPACE, my_workspaces),
    route(Method::GET, "/user/permissions/workspaces", "", "", gone),
    route(Method::GET, "/user/permissions/repositories", "", "", gone),
    route(Method::GET, "/workspaces", "", "", gone),
    route(Method::GET, "/workspaces/{workspace}", "", WORKSPACE, workspace),
    route(Method::GET, "/workspaces/{workspace}/members", "account", WORKSPACE, members),
    route(Method::GET, "/workspaces/{workspace}/projects", "project", "read:project:bitbucket", projects),
];

fn gone(_: &Call<'_>) -> Answered {
    Err(errors::gone())
}

/// The person behind the call; nobody stands behind an access token, or behind what a workspace
/// gave to itself.
fn person<'a>(call: &'a Call<'_>) -> Result<&'a User, Reply> {
    let user = call.caller.user().ok_or_else(errors::unknown_caller)?;
    let is_nobodys = call.caller.token().is_some_and(access::is_access_token);
    if is_nobodys { Err(errors::not_for_this_token()) } else { Ok(user) }
}

fn user(call: &Call<'_>) -> Answered {
    let user = person(call)?;
    // A token from signing in needs a scope here, of which an access token can have none.
    if let Some(token) = call.caller.token().filter(|it| it.kind == "oauth") {
        access::require(token, &["account"])?;
    }
    Ok(Reply::json(200, &shapes::user(call, user)))
}

fn emails(call: &Call<'_>) -> Answered {
    let user = person(call)?;
    let email = json!({
        "type": "email", "email": user.email, "is_primary": true,
        "is_confirmed": !user.is_email_unverified,
        "links": {"self": shapes::link(format!("{}/user/emails/{}", call.api_url(), user.email))},
    });
    lists::page(call, vec![email])
}

fn my_workspaces(call: &Call<'_>) -> Answered {
    let user = person(call)?;
    let found = {
        let state = call.state();
        let is_mine = |it: &&User| is_member(&state, &it.login, &user.login);
        state.users.iter().filter(is_mine).cloned().collect::<Vec<User>>()
    };
    let row = |it: &User| {
        let short = shapes::workspace_in_short(call, it);
        let is_owner = it.login == user.login
            || it.members.get(&user.login).is_some_and(|role| role == "owner");
        json!({
            "type": "workspace_access",
            "administrator": is_owner,
            "workspace": {
                "type": "workspace_base",
                "uuid": short.get("uuid"),
                "slug": short.get("slug"),
                "links": short.get("links"),
            },
        })
    };
    let is_wanted = |row: &Value| {
        let wanted = call.query("administrator");
        wanted.is_none_or(|wanted| row.get("administrator") == Some(&(wanted == "true").into()))
    };
    let rows = found.iter().map(row).filter(is_wanted).collect();
    lists::page(call, rows)
}

/// Whether somebody belongs to a workspace; one's own counts.
fn is_member(state: &State, workspace: &str, login: &str) -> bool {
    workspace.eq_ignore_ascii_case(login) || state.organization_role(workspace, login).is_some()
}

/// The workspace of the path, if the caller belongs to it or has a token of it.
pub(super) fn find(call: &Call<'_>) -> Result<User, Reply> {
    let name = call.param("workspace");
    let state = call.state();
    let found = access::workspace(&state, name).ok_or_else(|| errors::no_workspace(name))?;
    let place = call.caller.token().and_then(|it| it.belongs_to.as_deref()).unwrap_or_default();
    let place = place.split('/').next().unwrap_or_default();
    let is_its = place.eq_ignore_ascii_case(&found.login);
    if is_its || is_member(&state, &found.login, call.caller.login()) {
        return Ok(found);
    }
    Err(errors::no_workspace(name))
}

fn workspace(call: &Call<'_>) -> Answered {
    Ok(Reply::json(200, &shapes::workspace(call, &find(call)?)))
}

fn members(call: &Call<'_>) -> Answered {
    let found = find(call)?;
    let people: Vec<User> = {
        let state = call.state();
        found.members.keys().filter_map(|login| state.user(login).cloned()).collect()
    };
    let row = |it: &User| {
        let base = format!("{}/workspaces/{}/members", call.api_url(), found.login);
        json!({
            "type": "workspace_membership",
            "user": shapes::user(call, it),
            "workspace": shapes::workspace_in_short(call, &found),
            "links": {"self": shapes::link(format!("{base}/{}", crate::codes::encode(&super::uuid(it.id))))},
        })
    };
    lists::page(call, people.iter().map(row).collect())
}

fn projects(call: &Call<'_>) -> Answered {
    let found = find(call)?;
    let rows = filter::apply(call, vec![shapes::project(call, &found)])?;
    lists::page(call, rows)
}
