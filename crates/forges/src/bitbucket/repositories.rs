//! Lists of repositories at Bitbucket Cloud, always of one workspace, and one of them.

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
use crate::records::Repository;
use crate::route::Route;
use crate::route::route;

const READ: &str = "read:repository:bitbucket";

#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/repositories", "", "", gone),
    route(Method::GET, "/repositories/{workspace}", "repository", READ, list),
    route(Method::GET, "/repositories/{workspace}/{slug}", "repository", READ, one),
    route(Method::GET, "/workspaces/{workspace}/permissions/repositories/{slug}", "repository:admin", "admin:repository:bitbucket", permissions),
];

fn gone(_: &Call<'_>) -> Answered {
    Err(errors::gone())
}

/// The lowest rank that a word of `role` asks for.
fn wanted_rank(call: &Call<'_>) -> Result<Option<usize>, Reply> {
    match call.query("role") {
        None => Ok(None),
        Some("member") => Ok(Some(0)),
        Some("contributor") => Ok(Some(access::WRITER)),
        Some("admin" | "owner") => Ok(Some(access::ADMIN)),
        Some(other) => Err(errors::error(400, &format!("Invalid role: {other}"))),
    }
}

/// What the caller sees in a workspace. Public repositories of others are seen too, but they do
/// not make the caller a member.
fn list(call: &Call<'_>) -> Answered {
    let name = call.param("workspace");
    let wanted = wanted_rank(call)?;
    let rows: Vec<Value> = {
        let state = call.state();
        let workspace =
            access::workspace(&state, name).ok_or_else(|| errors::no_workspace(name))?;
        let is_seen = |it: &&Repository| {
            let private = Repository { is_private: true, ..(*it).clone() };
            let seen = match wanted {
                Some(_) => access::rank(&state, &call.caller, &private),
                None => access::rank(&state, &call.caller, it),
            };
            seen.is_some() && seen >= wanted
        };
        let of_it = |it: &&Repository| it.owner().eq_ignore_ascii_case(&workspace.login);
        let found = state.repositories.iter().filter(of_it).filter(is_seen);
        found.map(|it| shapes::repository(call, &state, it)).collect()
    };
    lists::page(call, filter::apply(call, rows)?)
}

fn one(call: &Call<'_>) -> Answered {
    let (repository, _) = access::repository(call)?;
    Ok(Reply::json(200, &shapes::repository(call, &call.state(), &repository)))
}

fn permissions(call: &Call<'_>) -> Answered {
    let repository = access::ranked(call, access::ADMIN)?;
    let rows = {
        let state = call.state();
        let row = |(login, role): (&String, &String)| {
            let user = state.user(login)?;
            Some(json!({
                "type": "repository_permission",
                "permission": role,
                "repository": shapes::short_repository(call, &repository),
                "user": shapes::user(call, user),
            }))
        };
        repository.members.iter().filter_map(row).collect()
    };
    lists::page(call, rows)
}
