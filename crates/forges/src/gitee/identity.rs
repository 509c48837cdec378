//! Who one is at Gitee, and which organizations one belongs to.

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
use crate::codes;
use crate::records::User;
use crate::route::Route;
use crate::route::route;

pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/user", "user_info", "", user),
    route(Method::GET, "/emails", "emails", "", emails),
    route(Method::GET, "/user/orgs", "groups", "", my_organizations),
    route(Method::GET, "/users/{login}", "", "", somebody),
    route(Method::GET, "/users/{login}/orgs", "", "", organizations),
    route(Method::GET, "/orgs/{org}", "", "", organization),
];

/// Oneself, with what others do not see.
fn user(call: &Call<'_>) -> Answered {
    let user = access::person(call)?;
    let more = json!({
        "blog": null,
        "weibo": null,
        "bio": "",
        "public_repos": 0,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "stared": 0,
        "watched": 0,
        "created_at": shapes::moment(user.created_at),
        "updated_at": shapes::moment(user.created_at),
        "email": null,
    });
    Ok(Reply::json(200, &codes::join(shapes::user(call, user), more)))
}

fn emails(call: &Call<'_>) -> Answered {
    let user = access::person(call)?;
    let email = json!({"email": user.email, "state": "confirmed", "scope": ["primary"]});
    Ok(Reply::json(200, &json!([email])))
}

fn of(call: &Call<'_>, login: &str) -> Answered {
    let found = call.state().organizations_of(login);
    let rows: Vec<Value> = found.iter().map(|it| shapes::organization(call, it)).collect();
    lists::page(call, rows)
}

fn my_organizations(call: &Call<'_>) -> Answered {
    let login = access::person(call)?.login.clone();
    of(call, &login)
}

fn find(call: &Call<'_>, login: &str, is_organization: bool) -> Result<User, Reply> {
    let found = call.state().user(login).cloned();
    found.filter(|it| it.is_organization == is_organization).ok_or_else(errors::not_found)
}

fn somebody(call: &Call<'_>) -> Answered {
    let found = find(call, call.param("login"), false)?;
    Ok(Reply::json(200, &shapes::user(call, &found)))
}

fn organizations(call: &Call<'_>) -> Answered {
    let found = find(call, call.param("login"), false)?;
    of(call, &found.login)
}

fn organization(call: &Call<'_>) -> Answered {
    let found = find(call, call.param("org"), true)?;
    Ok(Reply::json(200, &shapes::organization(call, &found)))
}
