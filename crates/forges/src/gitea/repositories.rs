//! Lists of repositories at a Gitea or Forgejo, and one of them.

use http::Method;
use serde_json::Value;
use serde_json::json;

use super::access;
use super::errors;
use super::lists;
use super::shapes;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::records::Repository;
use crate::route::Route;
use crate::route::route;

#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/user/repos", "user,repository", "", mine),
    route(Method::GET, "/users/{login}/repos", "user,repository", "", of_user),
    route(Method::GET, "/orgs/{org}/repos", "organization", "", of_organization),
    route(Method::GET, "/repos/search", "repository", "", search),
    route(Method::GET, "/repositories/{id}", "repository", "", by_number),
    route(Method::GET, "/repos/{owner}/{repo}", "repository", "", one),
    route(Method::GET, "/repos/{owner}/{repo}/collaborators/{login}/permission", "repository", "", collaborator),
];

/// What the caller sees.
fn visible(call: &Call<'_>, is_wanted: impl Fn(&Repository) -> bool) -> Vec<Value> {
    let state = call.state();
    let is_public_only =
        call.caller.token().is_some_and(|it| it.scopes.iter().any(|it| it == "public-only"));
    let is_seen = |it: &&Repository| {
        access::rank(&state, &call.caller, it).is_some() && !(is_public_only && it.is_private)
    };
    let found = state.repositories.iter().filter(|it| is_wanted(it)).filter(is_seen);
    found.map(|it| shapes::repository(call, &state, it)).collect()
}

/// The repositories a login belongs to in whatever way.
fn paths_of(call: &Call<'_>, login: &str) -> Vec<String> {
    let state = call.state();
    let is_its = |it: &&Repository| {
        it.owner().eq_ignore_ascii_case(login)
            || it.members.keys().any(|member| member.eq_ignore_ascii_case(login))
            || state.organization_role(it.owner(), login).is_some()
    };
    state.repositories.iter().filter(is_its).map(|it| it.path.clone()).collect()
}

fn mine(call: &Call<'_>) -> Answered {
    let login = access::signed(call)?.login.clone();
    let paths = paths_of(call, &login);
    lists::page(call, visible(call, |it| paths.contains(&it.path)))
}

fn of_owner(call: &Call<'_>, owner: &str, is_organization: bool) -> Answered {
    let is_it = call.state().user(owner).is_some_and(|it| it.is_organization == is_organization);
    if !is_it {
        return Err(errors::not_found(call));
    }
    lists::page(call, visible(call, |it| it.owner().eq_ignore_ascii_case(owner)))
}

fn of_user(call: &Call<'_>) -> Answered {
    of_owner(call, call.param("login"), false)
}

fn of_organization(call: &Call<'_>) -> Answered {
    of_owner(call, call.param("org"), true)
}

fn search(call: &Call<'_>) -> Answered {
    let words = call.query("q").unwrap_or_default().to_lowercase();
    let archived = call.query("archived");
    let private = call.query("is_private");
    let owner = call.query("uid").and_then(|it| it.parse::<u64>().ok());
    let owner = owner
        .and_then(|id| call.state().users.iter().find(|it| it.id == id).map(|it| it.login.clone()));
    let is_exclusive = call.query("exclusive") == Some("true");
    let paths = owner.as_ref().map(|login| match is_exclusive {
        true => Vec::new(),
        false => paths_of(call, login),
    });
    let is_wanted = |it: &Repository| {
        let is_owners = owner.as_ref().is_none_or(|login| it.owner().eq_ignore_ascii_case(login));
        let is_of = is_owners || paths.as_ref().is_some_and(|paths| paths.contains(&it.path));
        is_of
            && it.name().to_lowercase().contains(&words)
            && archived.is_none_or(|wanted| wanted == it.is_archived.to_string())
            && private.is_none_or(|wanted| wanted == it.is_private.to_string())
    };
    let rows = visible(call, is_wanted);
    lists::page_in(call, rows, |rows| json!({"ok": true, "data": rows}))
}

fn by_number(call: &Call<'_>) -> Answered {
    let id = call.param("id").parse::<u64>().ok();
    let found = visible(call, |it| Some(it.id) == id).pop();
    Ok(Reply::json(200, &found.ok_or_else(|| errors::not_found(call))?))
}

fn one(call: &Call<'_>) -> Answered {
    let (repository, _) = access::repository(call)?;
    Ok(Reply::json(200, &shapes::repository(call, &call.state(), &repository)))
}

fn collaborator(call: &Call<'_>) -> Answered {
    let (repository, rank) = access::repository(call)?;
    let user = access::signed(call)?;
    let login = call.param("login");
    if rank < access::ADMIN && !user.login.eq_ignore_ascii_case(login) {
        let message = "Only admins can query all permissions, repo admins can query all repo \
                       permissions, collaborators can query only their own";
        return Err(errors::error(call, 403, message));
    }
    let state = call.state();
    let found = state.user(login).ok_or_else(|| errors::not_found(call))?.clone();
    let caller = crate::call::Caller::Password(Box::new(found.clone()));
    let word = match access::rank(&state, &caller, &repository) {
        Some(_) if repository.owner().eq_ignore_ascii_case(login) => "owner",
        Some(access::ADMIN) => "admin",
        Some(access::WRITER) => "write",
        Some(_) => "read",
        None => "none",
    };
    let user = shapes::user(call, &found);
    Ok(Reply::json(200, &json!({"permission": word, "role_name": word, "user": user})))
}
