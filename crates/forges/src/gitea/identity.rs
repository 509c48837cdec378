//! Who one is at a Gitea or Forgejo, which organizations one belongs to, and what the instance is.

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
use crate::records::User;
use crate::route::Route;
use crate::route::route;

#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/version", "", "", version),
    route(Method::GET, "/settings/api", "", "", settings),
    route(Method::GET, "/user", "user", "", user),
    route(Method::GET, "/user/emails", "user", "", emails),
    route(Method::GET, "/user/orgs", "user,organization", "", my_organizations),
    route(Method::GET, "/users/{login}", "user", "", somebody),
    route(Method::GET, "/users/{login}/orgs", "user,organization", "", organizations),
    route(Method::GET, "/users/{login}/orgs/{org}/permissions", "user,organization", "", permissions),
    route(Method::GET, "/orgs/{org}", "organization", "", organization),
];

/// What only a Forgejo has, beside the API.
pub(super) const FORGEJO: &[Route] =
    &[route(Method::GET, "/api/forgejo/v1/version", "", "", version)];

fn version(call: &Call<'_>) -> Answered {
    Ok(Reply::json(200, &json!({"version": super::version(call.inner)})))
}

fn settings(call: &Call<'_>) -> Answered {
    let max = call.state().page_max.unwrap_or(lists::ROWS_MAX).min(lists::ROWS_MAX);
    let body = json!({
        "max_response_items": max,
        "default_paging_num": lists::ROWS,
        "default_git_trees_per_page": 1000,
        "default_max_blob_size": 10_485_760,
    });
    Ok(Reply::json(200, &body))
}

fn user(call: &Call<'_>) -> Answered {
    let user = access::signed(call)?;
    Ok(Reply::json(200, &shapes::user(call, user)))
}

fn emails(call: &Call<'_>) -> Answered {
    let user = access::signed(call)?;
    let email = json!({
        "email": user.email, "verified": true, "primary": true, "user_id": user.id,
        "username": user.login,
    });
    Ok(Reply::json(200, &json!([email])))
}

fn somebody(call: &Call<'_>) -> Answered {
    let state = call.state();
    let found = state.user(call.param("login")).filter(|it| !it.is_organization).cloned();
    drop(state);
    let found = found.ok_or_else(|| errors::not_found(call))?;
    Ok(Reply::json(200, &shapes::user(call, &found)))
}

fn of(call: &Call<'_>, login: &str) -> Answered {
    let found = call.state().organizations_of(login);
    let rows: Vec<Value> = found.iter().map(|it| shapes::organization(call, it)).collect();
    lists::page(call, rows)
}

fn my_organizations(call: &Call<'_>) -> Answered {
    let user = access::signed(call)?;
    of(call, &user.login)
}

fn organizations(call: &Call<'_>) -> Answered {
    access::signed(call)?;
    let login = call.param("login");
    if call.state().user(login).is_none() {
        return Err(errors::not_found(call));
    }
    of(call, login)
}

fn find(call: &Call<'_>) -> Result<User, Reply> {
    let found = call.state().user(call.param("org")).filter(|it| it.is_organization).cloned();
    found.ok_or_else(|| errors::not_found(call))
}

fn permissions(call: &Call<'_>) -> Answered {
    access::signed(call)?;
    let found = find(call)?;
    let state = call.state();
    let role = state.organization_role(&found.login, call.param("login")).unwrap_or_default();
    let is_owner = role == "owner";
    let is_admin = is_owner || role == "admin";
    let body = json!({
        "is_owner": is_owner,
        "is_admin": is_admin,
        "can_write": is_admin || role == "write",
        "can_read": true,
        "can_create_repository": is_owner,
    });
    Ok(Reply::json(200, &body))
}

fn organization(call: &Call<'_>) -> Answered {
    let found = find(call)?;
    Ok(Reply::json(200, &shapes::organization(call, &found)))
}
