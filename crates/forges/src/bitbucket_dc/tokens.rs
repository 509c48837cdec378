//! HTTP access tokens at a Bitbucket Data Center: their form, and making, listing and ending them
//! with a password. No token makes tokens.

use domain::Entropy;
use domain::Timestamp;
use http::Method;
use serde_json::Value;
use serde_json::json;

use super::access;
use super::errors;
use super::lists;
use super::shapes;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Caller;
use crate::call::Reply;
use crate::codes;
use crate::records::Life;
use crate::records::Token;
use crate::route::Route;
use crate::route::route;

#[rustfmt::skip]
pub(super) const WEB: &[Route] = &[
    route(Method::GET, "/rest/access-tokens/{version}/users/{user}", "", "", list),
    route(Method::PUT, "/rest/access-tokens/{version}/users/{user}", "", "", create),
    route(Method::GET, "/rest/access-tokens/{version}/users/{user}/{token}", "", "", one),
    route(Method::DELETE, "/rest/access-tokens/{version}/users/{user}/{token}", "", "", delete),
    route(Method::GET, "/rest/access-tokens/{version}/projects/{project}/repos/{repo}", "", "", list),
    route(Method::PUT, "/rest/access-tokens/{version}/projects/{project}/repos/{repo}", "", "", create),
    route(Method::DELETE, "/rest/access-tokens/{version}/projects/{project}/repos/{repo}/{token}", "", "", delete),
    route(Method::GET, "/rest/access-tokens/{version}/projects/{project}", "", "", list),
    route(Method::PUT, "/rest/access-tokens/{version}/projects/{project}", "", "", create),
    route(Method::DELETE, "/rest/access-tokens/{version}/projects/{project}/{token}", "", "", delete),
];

const DAY_MILLIS: i64 = 86_400_000;

/// A new value: forty-four letters after the prefix; what signing in gives is hex.
pub(super) fn fresh(entropy: &dyn Entropy, kind: &str) -> String {
    if matches!(kind, "oauth" | "refresh") {
        return codes::hex_letters(entropy, 32);
    }
    format!("{}{}", "BBDC-", codes::letters(entropy, 44))
}

/// Whose or what's tokens are asked for.
struct Place {
    kind: &'static str,
    /// The person, the project's key or the repository's path.
    name: String,
}

fn place(call: &Call<'_>) -> Result<Place, Reply> {
    let Caller::Password(user) = &call.caller else { return Err(errors::not_permitted()) };
    let state = call.state();
    let (project, repo) = (call.param("project"), call.param("repo"));
    if !repo.is_empty() {
        drop(state);
        let repository = access::ranked(call, access::ADMIN)?;
        return Ok(Place { kind: "repository", name: repository.path });
    }
    if !project.is_empty() {
        let found =
            shapes::find_project(&state, project).ok_or_else(|| errors::no_project(project))?;
        let role = state.organization_role(&found.login, &user.login);
        if !user.is_admin && role != Some("PROJECT_ADMIN") {
            return Err(errors::not_permitted());
        }
        return Ok(Place { kind: "project", name: found.login });
    }
    let wanted = call.param("user");
    if !user.is_admin && !user.login.eq_ignore_ascii_case(wanted) {
        return Err(errors::not_permitted());
    }
    let found = state.user(wanted).ok_or_else(|| {
        errors::not_found(&format!("User {wanted} does not exist."), "user.NoSuchUserException")
    })?;
    Ok(Place { kind: "user", name: found.login.clone() })
}

impl Place {
    fn has(&self, token: &Token) -> bool {
        let its = if self.kind == "user" { Some(&token.owner) } else { token.belongs_to.as_ref() };
        token.kind == self.kind && its == Some(&self.name) && token.life != Life::Revoked
    }
}

fn written(call: &Call<'_>, token: &Token) -> Value {
    let state = call.state();
    let mut body = json!({
        "id": token.id.to_string(),
        "name": token.name,
        "permissions": token.scopes,
        "createdDate": token.created_at.millis(),
    });
    if let Some(fields) = body.as_object_mut() {
        if let Some(end) = token.expires_at {
            fields.insert("expiryDate".to_owned(), end.millis().into());
        }
        if let Some(used) = token.last_used_at {
            fields.insert("lastAuthenticated".to_owned(), used.millis().into());
        }
        if let Some(user) = state.user(&token.owner).filter(|_| token.kind == "user") {
            fields.insert("user".to_owned(), shapes::user(call, user));
        }
    }
    body
}

fn list(call: &Call<'_>) -> Answered {
    let place = place(call)?;
    let found: Vec<Token> =
        call.state().tokens.iter().filter(|it| place.has(it)).cloned().collect();
    lists::page(call, found.iter().map(|it| written(call, it)).collect())
}

fn create(call: &Call<'_>) -> Answered {
    let place = place(call)?;
    let body = call.json();
    let name = body.get("name").and_then(Value::as_str).unwrap_or_default();
    if name.is_empty() {
        return Err(errors::invalid("name", "The name must not be empty."));
    }
    let permissions = body.get("permissions").and_then(Value::as_array);
    let permissions: Vec<String> = permissions
        .into_iter()
        .flatten()
        .filter_map(|it| it.as_str().map(ToOwned::to_owned))
        .collect();
    let is_known = |it: &String| access::rank_of(it).is_some() && it != "PUBLIC_REPOS";
    if permissions.is_empty() || !permissions.iter().all(is_known) {
        return Err(errors::invalid("permissions", "The permissions are not known."));
    }
    let days = body.get("expiryDays").and_then(Value::as_i64);
    let end = days.map(|days| Timestamp::from_millis(call.now.millis() + days * DAY_MILLIS));
    let value = fresh(&*call.inner.entropy, place.kind);
    let owner = if place.kind == "user" { place.name.as_str() } else { call.caller.login() };
    let token = Token {
        name: name.to_owned(),
        scopes: permissions,
        expires_at: end,
        belongs_to: (place.kind != "user").then(|| place.name.clone()),
        ..Token::new(&value, place.kind, owner)
    };
    let token = call.state().keep_token(token, call.now);
    let body = codes::join(written(call, &token), json!({"token": value}));
    Ok(Reply::json(200, &body))
}

fn find(call: &Call<'_>) -> Result<Token, Reply> {
    let place = place(call)?;
    let id = call.param("token");
    let is_it = |it: &&Token| place.has(it) && it.id.to_string() == id;
    let found = call.state().tokens.iter().find(is_it).cloned();
    found.ok_or_else(|| {
        let message = format!("No access token with ID {id} was found.");
        errors::not_found(&message, "accesstoken.NoSuchAccessTokenException")
    })
}

fn one(call: &Call<'_>) -> Answered {
    let token = find(call)?;
    Ok(Reply::json(200, &written(call, &token)))
}

fn delete(call: &Call<'_>) -> Answered {
    let token = find(call)?;
    if let Some(found) = call.state().token_mut(&token.value) {
        found.life = Life::Revoked;
    }
    Ok(Reply::empty(204))
}
