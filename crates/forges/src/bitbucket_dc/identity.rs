//! What an instance of Bitbucket Data Center is, and who is there.

use http::Method;
use serde_json::Value;
use serde_json::json;

use super::errors;
use super::lists;
use super::shapes;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Caller;
use crate::call::Reply;
use crate::records::User;
use crate::route::Route;
use crate::route::route;

pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/application-properties", "", "", properties),
    route(Method::GET, "/users", "", "", users),
    route(Method::GET, "/users/{slug}", "", "", user),
];

pub(super) const WEB: &[Route] =
    &[route(Method::GET, "/plugins/servlet/applinks/whoami", "", "", whoami)];

fn properties(call: &Call<'_>) -> Answered {
    let body = json!({
        "version": super::version(call.inner),
        "buildNumber": "10001002",
        "buildDate": "1767225600000",
        "displayName": "Bitbucket",
    });
    Ok(Reply::json(200, &body))
}

/// Who one is, as plain text; nothing for nobody.
fn whoami(call: &Call<'_>) -> Answered {
    Ok(Reply::of(200, "text/plain; charset=utf-8", call.caller.login().to_owned()))
}

fn known(call: &Call<'_>) -> Result<(), Reply> {
    if matches!(call.caller, Caller::Nobody) { Err(errors::not_permitted()) } else { Ok(()) }
}

fn users(call: &Call<'_>) -> Answered {
    known(call)?;
    let filter = call.query("filter").unwrap_or_default().to_lowercase();
    let is_wanted = |it: &&User| {
        let is_one = !it.is_organization && !it.is_bot;
        is_one && (it.login.to_lowercase().contains(&filter) || it.email.contains(&filter))
    };
    let rows: Vec<Value> = {
        let state = call.state();
        state.users.iter().filter(is_wanted).map(|it| shapes::user(call, it)).collect()
    };
    lists::page(call, rows)
}

fn user(call: &Call<'_>) -> Answered {
    known(call)?;
    let slug = call.param("slug");
    let state = call.state();
    let found = state.user(slug).filter(|it| !it.is_organization);
    let found = found.ok_or_else(|| {
        errors::not_found(&format!("User {slug} does not exist."), "user.NoSuchUserException")
    })?;
    Ok(Reply::json(200, &shapes::user(call, found)))
}
