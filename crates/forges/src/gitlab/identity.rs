//! Who one is at GitLab, and which version answers.

use http::Method;
use serde_json::Value;
use serde_json::json;

use super::VERSION;
use super::access;
use super::errors;
use super::lists;
use super::shapes;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::codes;
use crate::route::Route;
use crate::route::route;

const READ: &str = "api, read_api";
const READ_USER: &str = "api, read_api, read_user";

pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/user", READ_USER, "", user),
    route(Method::GET, "/users", READ_USER, "", users),
    route(Method::GET, "/users/{id}", READ_USER, "", somebody),
    route(Method::GET, "/version", READ_USER, "", version),
    route(Method::GET, "/metadata", READ_USER, "", metadata),
    route(Method::GET, "/groups", READ, "", groups),
    route(Method::GET, "/groups/{id}", READ, "", group),
    route(Method::GET, "/groups/{id}/members/all/{user_id}", READ, "", group_member),
    route(Method::GET, "/namespaces", READ, "", namespaces),
    route(Method::GET, "/namespaces/{id}", READ, "", namespace),
];

fn user(call: &Call<'_>) -> Answered {
    Ok(Reply::json(200, &shapes::oneself(call, access::person(call)?)))
}

fn users(call: &Call<'_>) -> Answered {
    access::person(call)?;
    let wanted = call.query("username");
    let search = call.query("search").map(str::to_lowercase);
    let rows = {
        let state = call.state();
        let is_wanted = |it: &&crate::User| {
            !it.is_organization
                && wanted.is_none_or(|login| it.login.eq_ignore_ascii_case(login))
                && search.as_ref().is_none_or(|text| it.login.to_lowercase().contains(text))
        };
        state.users.iter().filter(is_wanted).map(|it| shapes::user(call, it)).collect()
    };
    lists::page_by_id(call, rows)
}

fn somebody(call: &Call<'_>) -> Answered {
    access::person(call)?;
    let id = call.param("id").parse::<u64>().ok();
    let state = call.state();
    let found = state.users.iter().find(|it| !it.is_organization && Some(it.id) == id);
    let found = found.ok_or_else(|| errors::not_found("User"))?;
    Ok(Reply::json(200, &codes::join(shapes::user(call, found), json!({"bot": found.is_bot}))))
}

fn version(call: &Call<'_>) -> Answered {
    access::person(call)?;
    Ok(Reply::json(200, &json!({"version": VERSION, "revision": "a1b2c3d4e5f"})))
}

fn metadata(call: &Call<'_>) -> Answered {
    access::person(call)?;
    let kas = json!({"enabled": false, "externalUrl": null, "externalK8sProxyUrl": null, "version": null});
    let body = json!({
        "version": VERSION, "revision": "a1b2c3d4e5f", "kas": kas, "enterprise": true,
    });
    Ok(Reply::json(200, &body))
}

fn groups(call: &Call<'_>) -> Answered {
    let person = access::person(call)?;
    let search = call.query("search").map(str::to_lowercase);
    let least = call.query("min_access_level").and_then(|it| it.parse().ok()).unwrap_or(1);
    let rows = {
        let state = call.state();
        let is_wanted = |it: &&crate::User| {
            it.is_organization
                && access::group_level(&state, &it.login, &person.login) >= least
                && search.as_ref().is_none_or(|text| it.login.to_lowercase().contains(text))
        };
        state.users.iter().filter(is_wanted).map(|it| shapes::group(call, &state, it)).collect()
    };
    lists::page_by_id(call, rows)
}

fn group(call: &Call<'_>) -> Answered {
    let person = access::person(call)?;
    let found = access::group(call)?;
    let state = call.state();
    if access::group_level(&state, &found.login, &person.login) == 0 {
        return Err(errors::not_found("Group"));
    }
    Ok(Reply::json(200, &shapes::group(call, &state, &found)))
}

fn group_member(call: &Call<'_>) -> Answered {
    access::person(call)?;
    let group = access::group(call)?;
    let state = call.state();
    let id = call.param("user_id").parse::<u64>().ok();
    let user = state.users.iter().find(|it| Some(it.id) == id);
    let user = user.ok_or_else(|| errors::not_found(""))?;
    match access::group_level(&state, &group.login, &user.login) {
        0 => Err(errors::not_found("")),
        level => Ok(Reply::json(200, &member(call, user, level))),
    }
}

/// Somebody's part in a project or group.
pub(super) fn member(call: &Call<'_>, user: &crate::User, level: u64) -> Value {
    let more = json!({
        "access_level": level,
        "created_at": crate::moments::millis(user.created_at),
        "expires_at": null,
        "membership_state": "active",
    });
    codes::join(shapes::user(call, user), more)
}

fn namespace(call: &Call<'_>) -> Answered {
    let path = access::namespace(call, call.param("id"))?;
    Ok(Reply::json(200, &shapes::namespace(call, &call.state(), &path)))
}

fn namespaces(call: &Call<'_>) -> Answered {
    let person = access::person(call)?;
    let search = call.query("search").map(str::to_lowercase);
    let rows = {
        let state = call.state();
        let is_mine = |path: &str| {
            path.eq_ignore_ascii_case(&person.login)
                || access::group_level(&state, path, &person.login) > 0
        };
        let paths = state.users.iter().map(|it| it.login.as_str()).filter(|it| is_mine(it));
        let wanted =
            paths.filter(|it| search.as_ref().is_none_or(|text| it.to_lowercase().contains(text)));
        wanted.map(|path| shapes::namespace(call, &state, path)).collect()
    };
    lists::page_by_id(call, rows)
}
