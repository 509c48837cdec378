//! Lists of repositories at Gitee, and one of them.

use http::Method;
use serde_json::Value;

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

pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/user/repos", "projects", "", mine),
    route(Method::GET, "/orgs/{org}/repos", "projects", "", of_owner),
    route(Method::GET, "/users/{org}/repos", "projects", "", of_owner),
    route(Method::GET, "/search/repositories", "", "", search),
    route(Method::GET, "/repos/{owner}/{repo}", "projects", "", one),
];

/// What the caller sees.
fn visible(call: &Call<'_>, is_wanted: impl Fn(&Repository) -> bool) -> Vec<Value> {
    let state = call.state();
    let is_seen = |it: &&Repository| access::rank(&state, &call.caller, it).is_some();
    let found = state.repositories.iter().filter(|it| is_wanted(it)).filter(is_seen);
    found.map(|it| shapes::repository(call, &state, it)).collect()
}

fn mine(call: &Call<'_>) -> Answered {
    let login = access::person(call)?.login.clone();
    let words = call.query("q").unwrap_or_default().to_lowercase();
    let wanted = call.query("visibility").filter(|it| *it != "all");
    let paths: Vec<String> = {
        let state = call.state();
        let is_mine = |it: &&Repository| {
            it.owner().eq_ignore_ascii_case(&login)
                || it.members.keys().any(|it| it.eq_ignore_ascii_case(&login))
                || state.organization_role(it.owner(), &login).is_some()
        };
        state.repositories.iter().filter(is_mine).map(|it| it.path.clone()).collect()
    };
    let rows = visible(call, |it| {
        paths.contains(&it.path)
            && it.path.to_lowercase().contains(&words)
            && wanted.is_none_or(|wanted| it.is_private == (wanted == "private"))
    });
    lists::page(call, rows)
}

fn of_owner(call: &Call<'_>) -> Answered {
    let owner = call.param("org");
    let is_organization = call.path.starts_with("/orgs/");
    let is_there = call.state().user(owner).is_some_and(|it| it.is_organization == is_organization);
    if !is_there {
        return Err(errors::not_found());
    }
    lists::page(call, visible(call, |it| it.owner().eq_ignore_ascii_case(owner)))
}

/// Only what everybody sees is searched.
fn search(call: &Call<'_>) -> Answered {
    let words = call.query("q").unwrap_or_default().to_lowercase();
    let rows = visible(call, |it| !it.is_private && it.path.to_lowercase().contains(&words));
    lists::page(call, rows)
}

fn one(call: &Call<'_>) -> Answered {
    let repository = access::readable(call)?;
    Ok(Reply::json(200, &shapes::repository(call, &call.state(), &repository)))
}
