//! Tokens at a Gitea or Forgejo: their form, what one says of itself, and making and ending them
//! with the account's password.

use domain::Entropy;
use http::Method;
use serde_json::Value;
use serde_json::json;

use super::access;
use super::errors;
use super::lists;
use crate::Kind;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Caller;
use crate::call::Reply;
use crate::codes;
use crate::moments;
use crate::records::Life;
use crate::records::Token;
use crate::route::Route;
use crate::route::route;

pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/users/{login}/tokens", "user", "", list),
    route(Method::POST, "/users/{login}/tokens", "user", "", create),
    route(Method::DELETE, "/users/{login}/tokens/{token}", "user", "", delete),
];

/// Only Gitea, from 1.27 on.
pub(super) const GITEA: &[Route] = &[
    route(Method::GET, "/token", "", "", current),
    route(Method::DELETE, "/token", "", "", end_current),
];

/// Only Forgejo: an administrator does it for others.
pub(super) const FORGEJO: &[Route] = &[
    route(Method::GET, "/admin/users/{login}/tokens", "admin", "", list),
    route(Method::POST, "/admin/users/{login}/tokens", "admin", "", create),
    route(Method::DELETE, "/admin/users/{login}/tokens/{token}", "admin", "", delete),
];

/// The first Gitea with `GET /token`.
const CURRENT_SINCE: (u64, u64) = (1, 27);

/// Forty hex letters; what signing in gives has three parts.
pub(super) fn fresh(entropy: &dyn Entropy, kind: &str) -> String {
    match kind {
        "oauth" | "refresh" => {
            let head = codes::to_base64_url(b"{\"alg\":\"RS256\",\"typ\":\"JWT\"}");
            format!("{head}.{}.{}", codes::letters(entropy, 80), codes::letters(entropy, 86))
        }
        _ => codes::hex_letters(entropy, 20),
    }
}

fn is_new_enough(call: &Call<'_>) -> bool {
    let version = super::version(call.inner);
    let mut numbers = version.split('.').map(|it| it.parse::<u64>().unwrap_or_default());
    let major = numbers.next().unwrap_or_default();
    (major, numbers.next().unwrap_or_default()) >= CURRENT_SINCE
}

/// The token of the call; an older instance has no such route.
fn own(call: &Call<'_>) -> Result<Token, Reply> {
    if !is_new_enough(call) {
        return Err(errors::no_route());
    }
    access::signed(call)?;
    let found = call.caller.token().filter(|it| it.kind != "oauth").cloned();
    found.ok_or_else(|| errors::not_found(call))
}

fn current(call: &Call<'_>) -> Answered {
    let token = own(call)?;
    let body = json!({
        "id": token.id,
        "name": token.name,
        "scopes": token.scopes,
        "created_at": moments::seconds(token.created_at),
        "last_used_at": token.last_used_at.map(moments::seconds),
        "user": {"id": call.caller.user().map(|it| it.id), "login": token.owner},
    });
    Ok(Reply::json(200, &body))
}

fn end_current(call: &Call<'_>) -> Answered {
    let token = own(call)?;
    end(call, &token);
    Ok(Reply::empty(204))
}

fn end(call: &Call<'_>, token: &Token) {
    if let Some(found) = call.state().token_mut(&token.value) {
        found.life = Life::Revoked;
    }
}

/// Whose tokens are asked for. It takes an account's password: a token shows no other.
fn account(call: &Call<'_>) -> Result<String, Reply> {
    let user = access::signed(call)?;
    let is_as_admin = call.path.starts_with("/admin/");
    if is_as_admin && !user.is_admin {
        return Err(errors::error(call, 403, "user should be the site admin"));
    }
    if !is_as_admin && !matches!(call.caller, Caller::Password(_)) {
        return Err(errors::error(call, 401, "auth required"));
    }
    let login = call.param("login");
    let state = call.state();
    let found = state.user(login).ok_or_else(|| errors::not_found(call))?.login.clone();
    if !is_as_admin && !user.is_admin && user.login != found {
        let message = "doer should be the site admin or be same as the contextUser";
        return Err(errors::error(call, 403, message));
    }
    Ok(found)
}

fn theirs(call: &Call<'_>, login: &str) -> Vec<Token> {
    let is_its =
        |it: &&Token| it.owner == login && it.kind != "oauth" && it.life_at(call.now) == Life::Live;
    call.state().tokens.iter().filter(is_its).cloned().collect()
}

fn written(call: &Call<'_>, token: &Token, value: &str) -> Value {
    let end = token.value.get(token.value.len().saturating_sub(8)..).unwrap_or_default();
    let mut body = json!({
        "id": token.id,
        "name": token.name,
        "sha1": value,
        "token_last_eight": end,
        "scopes": token.scopes,
        "created_at": moments::seconds(token.created_at),
    });
    let Some(fields) = body.as_object_mut() else { return body };
    if call.inner.kind == Kind::Forgejo {
        let state = call.state();
        let repository = |path: &String| {
            let it = state.repository(path)?;
            Some(json!({
                "id": it.id, "name": it.name(), "owner": it.owner(), "full_name": it.path,
            }))
        };
        let chosen = token.repositories.as_ref();
        let chosen: Option<Vec<Value>> =
            chosen.map(|paths| paths.iter().filter_map(repository).collect());
        fields.insert("repositories".to_owned(), chosen.into());
    } else {
        let used = token.last_used_at.unwrap_or(token.created_at);
        fields.insert("last_used_at".to_owned(), moments::seconds(used).into());
    }
    body
}

fn list(call: &Call<'_>) -> Answered {
    let login = account(call)?;
    let rows = theirs(call, &login).iter().map(|it| written(call, it, "")).collect();
    lists::page(call, rows)
}

fn create(call: &Call<'_>) -> Answered {
    let login = account(call)?;
    let body = call.json();
    let text = |value: &Value, name: &str| {
        value.get(name).and_then(Value::as_str).map(ToOwned::to_owned).filter(|it| !it.is_empty())
    };
    let name = text(&body, "name").ok_or_else(|| errors::error(call, 422, "[Name]: Required"))?;
    if theirs(call, &login).iter().any(|it| it.name == name) {
        let message = "access token name has been used already";
        return Err(errors::error(call, 400, message));
    }
    let list = |name: &str| body.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let scopes: Vec<String> =
        list("scopes").iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect();
    if scopes.is_empty() {
        return Err(errors::error(call, 400, "access token must have a scope"));
    }
    let chosen: Vec<String> = list("repositories")
        .iter()
        .filter_map(|it| Some(format!("{}/{}", text(it, "owner")?, text(it, "name")?)))
        .collect();
    let value = fresh(&*call.inner.entropy, "token");
    let is_limited = !chosen.is_empty() && call.inner.kind == Kind::Forgejo;
    let token = Token {
        name,
        scopes,
        repositories: is_limited.then_some(chosen),
        ..Token::new(&value, "token", &login)
    };
    let token = call.state().keep_token(token, call.now);
    Ok(Reply::json(201, &written(call, &token, &value)))
}

/// Ends a token, by its number or its name.
fn delete(call: &Call<'_>) -> Answered {
    let login = account(call)?;
    let wanted = call.param("token");
    let all = theirs(call, &login);
    let number = wanted.parse::<u64>().ok();
    let named: Vec<&Token> = all.iter().filter(|it| it.name == wanted).collect();
    let found = match (named.as_slice(), number) {
        ([one], _) => Some(*one),
        ([], number) => all.iter().find(|it| Some(it.id) == number),
        _ => {
            let message = format!("multiple matches for token name '{wanted}'");
            return Err(errors::error(call, 422, &message));
        }
    };
    end(call, found.ok_or_else(|| errors::not_found(call))?);
    Ok(Reply::empty(204))
}
