//! Projects and repositories at a Bitbucket Data Center.

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
use crate::records::User;
use crate::route::Route;
use crate::route::route;
use crate::state::State;

pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/projects", "", "", projects),
    route(Method::GET, "/projects/{project}", "", "", project),
    route(Method::GET, "/projects/{project}/repos", "", "", of_project),
    route(Method::GET, "/repos", "", "", all),
    route(Method::GET, "/projects/{project}/repos/{repo}", "", "", one),
];

/// Whether the caller sees a project: by a role in it, or by a repository of it.
fn sees(state: &State, call: &Call<'_>, project: &User) -> bool {
    let user = call.caller.user();
    let is_member = user.is_some_and(|user| {
        user.is_admin
            || project.login.strip_prefix('~') == Some(user.login.as_str())
            || project.members.keys().any(|it| it.eq_ignore_ascii_case(&user.login))
    });
    is_member
        || state.repositories.iter().any(|it| {
            it.owner().eq_ignore_ascii_case(&project.login)
                && access::rank(state, &call.caller, it).is_some()
        })
}

fn projects(call: &Call<'_>) -> Answered {
    let name = call.query("name").unwrap_or_default().to_lowercase();
    let rows: Vec<Value> = {
        let state = call.state();
        let is_wanted = |it: &&User| {
            it.is_organization && it.name.to_lowercase().contains(&name) && sees(&state, call, it)
        };
        let found = state.users.iter().filter(is_wanted);
        found.map(|it| shapes::project(call, &state, it)).collect()
    };
    lists::page(call, rows)
}

/// The project that the path names, if the caller sees it.
pub(super) fn find(call: &Call<'_>) -> Result<User, Reply> {
    let key = call.param("project");
    let state = call.state();
    let found = shapes::find_project(&state, key).ok_or_else(|| errors::no_project(key))?;
    if sees(&state, call, &found) { Ok(found) } else { Err(errors::not_permitted()) }
}

fn project(call: &Call<'_>) -> Answered {
    let found = find(call)?;
    Ok(Reply::json(200, &shapes::project(call, &call.state(), &found)))
}

/// The rows of a list, with holes where the caller sees nothing.
fn rows(
    call: &Call<'_>,
    wanted: usize,
    is_wanted: impl Fn(&Repository) -> bool,
) -> Vec<Option<Value>> {
    let state = call.state();
    let row = |it: &Repository| {
        let is_seen = access::rank(&state, &call.caller, it) >= Some(wanted);
        (is_seen && is_wanted(it)).then(|| shapes::repository(call, &state, it))
    };
    state.repositories.iter().map(row).collect()
}

fn of_project(call: &Call<'_>) -> Answered {
    let key = find(call)?.login;
    let rows = rows(call, 0, |it| it.owner().eq_ignore_ascii_case(&key));
    lists::page(call, rows.into_iter().flatten().collect())
}

fn all(call: &Call<'_>) -> Answered {
    let wanted = match call.query("permission") {
        None => 0,
        Some(word) => access::rank_of(word)
            .ok_or_else(|| errors::invalid("permission", &format!("{word} is not a permission")))?,
    };
    let text = |name: &str| call.query(name).unwrap_or_default().to_lowercase();
    let (name, project_name) = (text("name"), text("projectname"));
    let projects: Vec<(String, String)> = {
        let state = call.state();
        state.users.iter().map(|it| (it.login.clone(), it.name.to_lowercase())).collect()
    };
    let is_in_project = |it: &Repository| {
        let named = projects.iter().find(|(key, _)| key.eq_ignore_ascii_case(it.owner()));
        project_name.is_empty() || named.is_some_and(|(_, name)| name.contains(&project_name))
    };
    let archived = call.query("archived").unwrap_or("ACTIVE").to_uppercase();
    let is_public = call.query("visibility").map(|it| it.eq_ignore_ascii_case("public"));
    let is_wanted = |it: &Repository| {
        it.name().to_lowercase().contains(&name)
            && is_in_project(it)
            && (archived == "ALL" || it.is_archived == (archived == "ARCHIVED"))
            && is_public.is_none_or(|wanted| wanted != it.is_private)
    };
    // Here, as in the real one, the pages are cut before the holes are closed.
    let rows = rows(call, wanted, is_wanted);
    lists::page_of_some(call, rows)
}

fn one(call: &Call<'_>) -> Answered {
    let repository = access::readable(call)?;
    Ok(Reply::json(200, &shapes::repository(call, &call.state(), &repository)))
}
