//! Lists of repositories at GitHub, and one of them.

use http::Method;
use serde_json::Value;
use serde_json::json;

use super::access;
use super::access::Denied;
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

pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/user/repos", "", "metadata=read", mine),
    route(Method::GET, "/orgs/{org}/repos", "", "metadata=read", of_organization),
    route(Method::GET, "/users/{login}/repos", "", "metadata=read", of_user),
    route(Method::GET, "/installation/repositories", "", "metadata=read", of_installation),
    route(Method::GET, "/search/repositories", "", "metadata=read", search),
    route(Method::GET, "/repositories/{id}", "repo", "metadata=read", by_number),
    route(Method::GET, "/repos/{owner}/{repo}", "repo", "metadata=read", one),
    route(
        Method::GET,
        "/repos/{owner}/{repo}/collaborators/{login}/permission",
        "repo",
        "metadata=read",
        collaborator,
    ),
];

/// What the caller sees, and the organizations whose sign-in hides something.
fn visible(call: &Call<'_>, is_mine: impl Fn(&Repository) -> bool) -> (Vec<Value>, Vec<String>) {
    let state = call.state();
    let mut hidden = Vec::new();
    let mut rows = Vec::new();
    for repository in state.repositories.iter().filter(|it| is_mine(it)) {
        match access::may(&state, &call.caller, repository, "metadata=read") {
            Ok(()) => rows.push(shapes::repository(call, &state, repository)),
            Err(Denied::Sso(organization)) => {
                let id = state.user(&organization).map(|it| it.id).unwrap_or_default();
                hidden.push(id.to_string());
            }
            Err(_) => {}
        }
    }
    hidden.sort();
    hidden.dedup();
    (rows, hidden)
}

fn list(call: &Call<'_>, is_mine: impl Fn(&Repository) -> bool) -> Answered {
    let (rows, hidden) = visible(call, is_mine);
    let reply = lists::page(call, rows)?;
    Ok(match hidden.is_empty() {
        true => reply,
        false => {
            let value = format!("partial-results; organizations={}", hidden.join(","));
            reply.header("x-github-sso", value)
        }
    })
}

fn mine(call: &Call<'_>) -> Answered {
    let login = identity::person(call)?.login.clone();
    let wanted = call.query("visibility").or(call.query("type"));
    let visibility = wanted.filter(|it| matches!(*it, "private" | "public"));
    let affiliation = call.query("affiliation").unwrap_or("owner,collaborator,organization_member");
    let roles: Vec<(String, &str)> = {
        let state = call.state();
        let role = |it: &Repository| {
            if it.owner().eq_ignore_ascii_case(&login) {
                return Some("owner");
            }
            if it.members.keys().any(|member| member.eq_ignore_ascii_case(&login)) {
                return Some("collaborator");
            }
            state.organization_role(it.owner(), &login).map(|_| "organization_member")
        };
        state.repositories.iter().filter_map(|it| Some((it.path.clone(), role(it)?))).collect()
    };
    list(call, |it| {
        let role = roles.iter().find(|(path, _)| *path == it.path).map(|(_, role)| *role);
        let is_wanted = visibility.is_none_or(|it2| (it2 == "private") == it.is_private);
        role.is_some_and(|role| affiliation.split(',').any(|it| it == role)) && is_wanted
    })
}

fn of_organization(call: &Call<'_>) -> Answered {
    let organization = call.param("org");
    if call.state().user(organization).is_none_or(|it| !it.is_organization) {
        return Err(errors::not_found());
    }
    list(call, |it| it.owner().eq_ignore_ascii_case(organization))
}

fn of_user(call: &Call<'_>) -> Answered {
    let login = call.param("login");
    if call.state().user(login).is_none() {
        return Err(errors::not_found());
    }
    list(call, |it| it.owner().eq_ignore_ascii_case(login) && !it.is_private)
}

fn of_installation(call: &Call<'_>) -> Answered {
    let token = call.caller.token().filter(|token| token.kind == "installation");
    let Some(token) = token else {
        let message = "You must authenticate with an installation access token in order to list \
                       repositories for an installation.";
        return Err(errors::error(403, message));
    };
    let account = {
        let state = call.state();
        token.installation.and_then(|id| state.installation(id)).map(|it| it.account.clone())
    };
    let account = account.unwrap_or_default();
    let is_reached = |it: &Repository| {
        let state = call.state();
        it.owner().eq_ignore_ascii_case(&account)
            && access::may(&state, &call.caller, it, "metadata=read").is_ok()
    };
    let paths: Vec<Repository> = call.state().repositories.clone();
    let paths: Vec<String> = paths.into_iter().filter(is_reached).map(|it| it.path).collect();
    let selection = if token.repositories.is_some() { "selected" } else { "all" };
    let (rows, _) = visible(call, |it| paths.contains(&it.path));
    lists::page_in(
        call,
        rows,
        |rows, total| json!({"total_count": total, "repository_selection": selection, "repositories": rows}),
    )
}

fn search(call: &Call<'_>) -> Answered {
    let Some(query) = call.query("q").filter(|text| !text.is_empty()) else {
        return Err(errors::invalid("Search", "q", "missing", None));
    };
    let words: Vec<&str> = query.split_whitespace().collect();
    let matches = |it: &Repository| {
        words.iter().all(|word| match word.split_once(':') {
            Some(("user" | "org", owner)) => it.owner().eq_ignore_ascii_case(owner),
            Some(("repo", path)) => it.path.eq_ignore_ascii_case(path),
            Some(("in" | "fork" | "archived" | "is", _)) => true,
            _ => it.name().to_lowercase().contains(&word.to_lowercase()),
        })
    };
    let (rows, _) = visible(call, matches);
    let scored = rows.into_iter().map(|row| codes::join(row, json!({"score": 1.0}))).collect();
    lists::page_in(
        call,
        scored,
        |rows, total| json!({"total_count": total, "incomplete_results": false, "items": rows}),
    )
}

fn one(call: &Call<'_>) -> Answered {
    let repository = access::repository(call)?;
    Ok(Reply::json(200, &shapes::full_repository(call, &call.state(), &repository)))
}

fn by_number(call: &Call<'_>) -> Answered {
    let state = call.state();
    let id = call.param("id").parse::<u64>().ok();
    let found = state.repositories.iter().find(|it| Some(it.id) == id);
    let found = found.ok_or_else(errors::not_found)?;
    access::may(&state, &call.caller, found, "metadata=read")
        .map_err(|denied| access::refusal(call, &denied))?;
    Ok(Reply::json(200, &shapes::full_repository(call, &state, found)))
}

fn collaborator(call: &Call<'_>) -> Answered {
    let repository = access::repository(call)?;
    let state = call.state();
    let user = state.user(call.param("login")).ok_or_else(errors::not_found)?;
    let rank = access::role_rank(&state, &user.login, &repository);
    let role = rank.and_then(|rank| access::ROLES.get(rank)).copied();
    let permission = match role {
        Some("admin") => "admin",
        Some("push" | "maintain") => "write",
        Some(_) => "read",
        None => "none",
    };
    let role_name = match role {
        Some("push") => "write",
        Some("pull") => "read",
        Some(role) => role,
        None => "",
    };
    Ok(Reply::json(
        200,
        &json!({
            "permission": permission,
            "role_name": role_name,
            "user": codes::join(shapes::simple_user(call, user), json!({"role_name": role_name})),
        }),
    ))
}
