//! Who one is at GitHub, and which organizations one belongs to.

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
    route(Method::GET, "/user", "", "", user),
    route(Method::GET, "/user/emails", "user, user:email", "emails=read", emails),
    route(Method::GET, "/user/orgs", "admin:org, read:org, user, write:org", "", organizations),
    route(
        Method::GET,
        "/user/memberships/orgs/{org}",
        "admin:org, read:org",
        "members=read",
        membership,
    ),
    route(Method::GET, "/users/{login}", "", "", somebody),
    route(Method::GET, "/orgs/{org}", "admin:org, read:org", "", organization),
    route(Method::GET, "/rate_limit", "", "", rate_limit),
    route(Method::GET, "/meta", "", "", meta),
    route(Method::GET, "/", "", "", root),
];

/// The person behind the call; neither an App nor an installation is one.
pub(super) fn person<'a>(call: &'a Call<'_>) -> Result<&'a User, Reply> {
    match (call.caller.user(), call.caller.token()) {
        (Some(_), Some(token)) if token.kind == "installation" => {
            Err(errors::error(403, "Resource not accessible by integration"))
        }
        (Some(user), _) => Ok(user),
        (None, _) => Err(errors::requires_authentication()),
    }
}

fn user(call: &Call<'_>) -> Answered {
    let user = person(call)?;
    let state = call.state();
    let is_seen = call.caller.token().is_some_and(|it| access::has_scope(it, "read:user"));
    let body = match is_seen {
        true => shapes::private_user(call, &state, user),
        false => shapes::public_user(call, &state, user),
    };
    Ok(Reply::json(200, &body))
}

fn emails(call: &Call<'_>) -> Answered {
    let user = person(call)?;
    if !call.caller.token().is_some_and(|it| access::has_scope(it, "user:email")) {
        return Err(errors::not_found());
    }
    let email = json!({
        "email": user.email, "primary": true, "verified": !user.is_email_unverified,
        "visibility": "private",
    });
    Ok(Reply::json(200, &json!([email])))
}

fn organizations(call: &Call<'_>) -> Answered {
    let user = person(call)?;
    let Some(token) = call.caller.token() else { return Err(errors::requires_authentication()) };
    let found = match token.kind.as_str() {
        // Such a token is for one owner, and sees no membership.
        "fine-grained" => Vec::new(),
        "classic" | "oauth"
            if !access::has_scope(token, "read:org") && !access::has_scope(token, "user") =>
        {
            let message =
                "You need at least read:org scope or user scope to list your organizations.";
            return Err(errors::error(403, message));
        }
        _ => call.state().organizations_of(&user.login),
    };
    let found: Vec<Value> = found.iter().map(|it| shapes::organization(call, it)).collect();
    lists::page(call, found)
}

fn membership(call: &Call<'_>) -> Answered {
    let user = person(call)?;
    let state = call.state();
    let organization = state.user(call.param("org")).ok_or_else(errors::not_found)?;
    let role = state.organization_role(&organization.login, &user.login);
    let role = role.ok_or_else(errors::not_found)?;
    Ok(Reply::json(
        200,
        &json!({
            "url": format!("{}/orgs/{}/memberships/{}", call.api_url(), organization.login, user.login),
            "state": "active",
            "role": role,
            "organization_url": format!("{}/orgs/{}", call.api_url(), organization.login),
            "organization": shapes::organization(call, organization),
            "user": shapes::simple_user(call, user),
        }),
    ))
}

fn somebody(call: &Call<'_>) -> Answered {
    let state = call.state();
    let user = state.user(call.param("login")).ok_or_else(errors::not_found)?;
    Ok(Reply::json(200, &shapes::public_user(call, &state, user)))
}

fn organization(call: &Call<'_>) -> Answered {
    let state = call.state();
    let found = state.user(call.param("org")).filter(|it| it.is_organization);
    let found = found.ok_or_else(errors::not_found)?;
    let more = json!({
        "has_organization_projects": true,
        "has_repository_projects": true,
        "archived_at": null,
        "type": "Organization",
        "company": "",
        "location": "",
        "email": found.email,
    });
    let public = shapes::public_user(call, &state, found);
    let whole = codes::join(codes::join(public, shapes::organization(call, found)), more);
    Ok(Reply::json(200, &whole))
}

fn rate_limit(call: &Call<'_>) -> Answered {
    let (limit, remaining, reset) = super::limits_of(call);
    let core = json!({
        "limit": limit, "remaining": remaining, "reset": reset, "used": limit - remaining,
        "resource": "core",
    });
    let search =
        json!({"limit": 30, "remaining": 30, "reset": reset, "used": 0, "resource": "search"});
    Ok(Reply::json(200, &json!({"resources": {"core": core, "search": search}, "rate": core})))
}

fn meta(call: &Call<'_>) -> Answered {
    let mut body = json!({"verifiable_password_authentication": false});
    if let (false, Some(fields)) = (call.is_cloud, body.as_object_mut()) {
        fields.insert("installed_version".to_owned(), super::SERVER_VERSION.into());
    }
    Ok(Reply::json(200, &body))
}

fn root(call: &Call<'_>) -> Answered {
    let base = call.api_url();
    Ok(Reply::json(
        200,
        &json!({
            "current_user_url": format!("{base}/user"),
            "repository_url": format!("{base}/repos/{{owner}}/{{repo}}"),
        }),
    ))
}
