//! Lists of projects at GitLab, one of them, and its members.

use http::Method;
use serde_json::Value;

use super::access;
use super::errors;
use super::identity;
use super::lists;
use super::shapes;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::codes;
use crate::records::Repository;
use crate::route::Route;
use crate::route::route;

const READ: &str = "api, read_api";
const PROJECT: &str = "read_project";

pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/projects", READ, PROJECT, list),
    route(Method::GET, "/projects/{id}", READ, PROJECT, one),
    route(Method::GET, "/projects/{id}/members/all", READ, PROJECT, members),
    route(Method::GET, "/projects/{id}/members/all/{user_id}", READ, PROJECT, member),
    route(Method::GET, "/groups/{id}/projects", READ, PROJECT, of_group),
    route(Method::GET, "/users/{id}/projects", READ, PROJECT, of_user),
];

/// What the query asks for.
fn matches(call: &Call<'_>, it: &Repository) -> bool {
    let archived = call.query("archived").map(codes::is_yes);
    let is_archived = archived.is_none_or(|wanted| wanted == it.is_archived);
    let visibility = if it.is_private { "private" } else { "public" };
    let search = call.query("search").map(str::to_lowercase).unwrap_or_default();
    let where_ = if call.says_yes("search_namespaces") { &it.path } else { it.name() };
    is_archived
        && call.query("visibility").is_none_or(|wanted| wanted == visibility)
        && where_.to_lowercase().contains(&search)
}

fn rows(
    call: &Call<'_>,
    is_wanted: impl Fn(&crate::state::State, &Repository) -> bool,
) -> Vec<Value> {
    let state = call.state();
    let is_simple = call.says_yes("simple") || call.caller.user().is_none();
    let least = call.query("min_access_level").and_then(|it| it.parse().ok()).unwrap_or(0);
    let login = call.caller.login();
    let is_shown = |it: &&Repository| {
        access::sees(&state, &call.caller, it)
            && is_wanted(&state, it)
            && matches(call, it)
            && (least == 0 || access::project_level(&state, it, login) >= least)
    };
    let write = |it: &Repository| match is_simple {
        true => shapes::simple_project(call, &state, it),
        false => shapes::project(call, &state, it),
    };
    state.repositories.iter().filter(is_shown).map(write).collect()
}

fn list(call: &Call<'_>) -> Answered {
    let login = call.caller.login().to_owned();
    let is_member = call.says_yes("membership");
    let is_owned = call.says_yes("owned");
    let rows = rows(call, |state, it| {
        let level = access::project_level(state, it, &login);
        (!is_member || level > 0) && (!is_owned || level == access::OWNER)
    });
    lists::page_by_id(call, rows)
}

fn one(call: &Call<'_>) -> Answered {
    let project = access::project(call)?;
    let body = match call.caller.user() {
        Some(_) => shapes::project(call, &call.state(), &project),
        None => shapes::simple_project(call, &call.state(), &project),
    };
    Ok(Reply::json(200, &body))
}

fn members(call: &Call<'_>) -> Answered {
    let project = access::project(call)?;
    let rows = {
        let state = call.state();
        let level = |it: &crate::User| match it.is_organization {
            true => 0,
            false => access::project_level(&state, &project, &it.login),
        };
        let its = state.users.iter().map(|it| (it, level(it))).filter(|(_, level)| *level > 0);
        its.map(|(user, level)| identity::member(call, user, level)).collect()
    };
    lists::page_by_id(call, rows)
}

fn member(call: &Call<'_>) -> Answered {
    let project = access::project(call)?;
    let state = call.state();
    let id = call.param("user_id").parse::<u64>().ok();
    let user = state.users.iter().find(|it| Some(it.id) == id);
    let user = user.ok_or_else(|| errors::not_found(""))?;
    match access::project_level(&state, &project, &user.login) {
        0 => Err(errors::not_found("")),
        level => Ok(Reply::json(200, &identity::member(call, user, level))),
    }
}

fn of_group(call: &Call<'_>) -> Answered {
    let group = access::group(call)?.login;
    let is_deep = call.says_yes("include_subgroups");
    let below = format!("{}/", group.to_lowercase());
    let rows = rows(call, |_, it| {
        let owner = it.owner().to_lowercase();
        owner == group.to_lowercase() || is_deep && owner.starts_with(&below)
    });
    lists::page_by_id(call, rows)
}

fn of_user(call: &Call<'_>) -> Answered {
    let wanted = call.param("id");
    let login = {
        let state = call.state();
        let id = wanted.parse::<u64>().ok();
        let by_id = state.users.iter().find(|it| Some(it.id) == id);
        let found = by_id.or_else(|| state.user(wanted)).map(|it| it.login.clone());
        found.ok_or_else(|| errors::not_found("User"))?
    };
    let rows = rows(call, |_, it| it.owner().eq_ignore_ascii_case(&login));
    lists::page_by_id(call, rows)
}
