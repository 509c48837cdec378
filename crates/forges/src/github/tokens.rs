//! Tokens at GitHub: their form, giving them up, and what an application may do with its users'.

use domain::Entropy;
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
use crate::codes::BASE62;
use crate::moments;
use crate::records::Life;
use crate::records::Token;
use crate::records::User;
use crate::route::Route;
use crate::route::route;

const SEE: &str = "organization_personal_access_tokens=read";
const END: &str = "organization_personal_access_tokens=write";

pub(super) const ROUTES: &[Route] = &[
    route(Method::POST, "/credentials/revoke", "", "", surrender),
    route(Method::POST, "/applications/{client_id}/token", "", "", check),
    route(Method::PATCH, "/applications/{client_id}/token", "", "", reset),
    route(Method::DELETE, "/applications/{client_id}/token", "", "", delete),
    route(Method::DELETE, "/applications/{client_id}/grant", "", "", delete_grant),
    route(Method::GET, "/orgs/{org}/personal-access-tokens", "", SEE, of_organization),
    route(Method::POST, "/orgs/{org}/personal-access-tokens", "", END, end_many),
];

/// Tokens that may be given up at once.
const SURRENDERED_MAX: usize = 1000;
/// Calls an hour for giving tokens up.
const SURRENDERS_PER_HOUR: usize = 60;
/// The kinds that may be given up without saying who one is.
const CLOUD_FORMS: [&str; 5] = ["ghp_", "github_pat_", "gho_", "ghu_", "ghr_"];
const SERVER_FORMS: [&str; 2] = ["ghp_", "github_pat_"];

/// A new value: a prefix, thirty letters and their sum; a fine-grained token has no public sum.
pub(super) fn fresh(entropy: &dyn Entropy, kind: &str) -> String {
    match kind {
        "fine-grained" => {
            let (first, second) = (codes::letters(entropy, 22), codes::letters(entropy, 59));
            format!("github_pat_{first}_{second}")
        }
        "oauth" => summed("gho_", &codes::letters(entropy, 30)),
        "app-user" => summed("ghu_", &codes::letters(entropy, 30)),
        "installation" => summed("ghs_", &codes::letters(entropy, 30)),
        "refresh" => summed("ghr_", &codes::letters(entropy, 70)),
        _ => summed("ghp_", &codes::letters(entropy, 30)),
    }
}

fn summed(prefix: &str, body: &str) -> String {
    let mut rest = crc32fast::hash(body.as_bytes()) as usize;
    let mut digits = Vec::new();
    for _ in 0..6 {
        digits.extend(BASE62.get(rest % 62).map(|it| char::from(*it)));
        rest /= 62;
    }
    format!("{prefix}{body}{}", digits.iter().rev().collect::<String>())
}

/// Ends whatever is in the list. The answer says nothing of what was there.
fn surrender(call: &Call<'_>) -> Answered {
    let is_somebody = !matches!(call.caller, Caller::Nobody);
    if call.is_cloud && is_somebody {
        return Err(errors::error(403, "This endpoint must be called without authentication."));
    }
    if !call.is_cloud && !is_somebody {
        return Err(errors::requires_authentication());
    }
    let body = call.json();
    let list = body.get("credentials").and_then(Value::as_array);
    let texts: Option<Vec<&str>> = list.and_then(|list| list.iter().map(Value::as_str).collect());
    let Some(texts) = texts.filter(|it| (1..=SURRENDERED_MAX).contains(&it.len())) else {
        return Err(errors::invalid("Credential", "credentials", "invalid", None));
    };
    let mut state = call.state();
    state.surrenders.retain(|at| at.seconds() > call.now.seconds() - 3600);
    if state.surrenders.len() >= SURRENDERS_PER_HOUR {
        let message = "API rate limit exceeded for 127.0.0.1.";
        return Err(errors::error(403, message).header("retry-after", "3600"));
    }
    state.surrenders.push(call.now);
    let forms: &[&str] = if call.is_cloud { &CLOUD_FORMS } else { &SERVER_FORMS };
    for text in texts.into_iter().filter(|text| forms.iter().any(|form| text.starts_with(form))) {
        let found = state.refreshes.iter().find(|it| it.value == text);
        let value = found.map_or(text, |it| it.token.as_str()).to_owned();
        if let Some(token) = state.token_mut(&value) {
            token.life = Life::Revoked;
        }
        state.refreshes.retain(|it| it.value != text);
    }
    Ok(Reply::json(202, &json!({})))
}

/// The application's own token that the body names.
fn named(call: &Call<'_>) -> Result<Token, Reply> {
    let client_id = call.param("client_id");
    match &call.caller {
        Caller::Application { client_id: caller } if caller == client_id => {}
        _ => return Err(errors::not_found()),
    }
    let body = call.json();
    let Some(value) = body.get("access_token").and_then(Value::as_str) else {
        return Err(errors::invalid("OauthAccess", "access_token", "missing_field", None));
    };
    let state = call.state();
    let token = state.token(value).filter(|it| it.client_id.as_deref() == Some(client_id));
    let token = token.filter(|it| it.life_at(call.now) == Life::Live);
    token.cloned().ok_or_else(errors::not_found)
}

fn written(call: &Call<'_>, token: &Token) -> Value {
    let state = call.state();
    let user = state.user(&token.owner).cloned().unwrap_or_else(|| User::new(&token.owner));
    let eight = token.value.get(token.value.len().saturating_sub(8)..).unwrap_or_default();
    json!({
        "id": token.id,
        "url": format!("{}/authorizations/{}", call.api_url(), token.id),
        "scopes": token.scopes,
        "token": token.value,
        "token_last_eight": eight,
        "hashed_token": codes::hex(&codes::sha256(token.value.as_bytes())),
        "app": {
            "url": call.url(),
            "name": call.param("client_id"),
            "client_id": call.param("client_id"),
        },
        "note": null,
        "note_url": null,
        "updated_at": moments::seconds(token.created_at),
        "created_at": moments::seconds(token.created_at),
        "fingerprint": null,
        "expires_at": token.expires_at.map(moments::seconds),
        "user": shapes::simple_user(call, &user),
    })
}

fn check(call: &Call<'_>) -> Answered {
    let token = named(call)?;
    Ok(Reply::json(200, &written(call, &token)))
}

/// Ends the value and gives the same rights another.
fn reset(call: &Call<'_>) -> Answered {
    let old = named(call)?;
    let value = fresh(&*call.inner.entropy, &old.kind);
    let new = {
        let mut state = call.state();
        if let Some(token) = state.token_mut(&old.value) {
            token.life = Life::Revoked;
        }
        let new = Token { value, created_at: call.now, ..old };
        state.keep_token(new, call.now)
    };
    Ok(Reply::json(200, &written(call, &new)))
}

fn delete(call: &Call<'_>) -> Answered {
    let token = named(call)?;
    if let Some(token) = call.state().token_mut(&token.value) {
        token.life = Life::Revoked;
    }
    Ok(Reply::empty(204))
}

fn delete_grant(call: &Call<'_>) -> Answered {
    let named = named(call)?;
    let mut state = call.state();
    let is_its = |it: &&mut Token| it.owner == named.owner && it.client_id == named.client_id;
    state.tokens.iter_mut().filter(is_its).for_each(|it| it.life = Life::Revoked);
    Ok(Reply::empty(204))
}

/// The fine-grained tokens that reach an organization; only an App may ask.
fn its_tokens(call: &Call<'_>) -> Result<Vec<Token>, Reply> {
    let organization = call.param("org");
    let token = call.caller.token().filter(|token| token.kind == "installation");
    let token = token
        .ok_or_else(|| errors::error(403, "Resource not accessible by personal access token"))?;
    let permission = call.route.map_or("", |route| route.permission);
    let state = call.state();
    let is_its = token
        .installation
        .and_then(|id| state.installation(id))
        .is_some_and(|it| it.account.eq_ignore_ascii_case(organization));
    if !is_its || !access::is_permitted_to(token, permission) {
        return Err(errors::error(403, "Resource not accessible by integration"));
    }
    let reaches = |it: &&Token| {
        it.kind == "fine-grained"
            && it.life != Life::Revoked
            && it.belongs_to.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(organization))
    };
    Ok(state.tokens.iter().filter(reaches).cloned().collect())
}

fn of_organization(call: &Call<'_>) -> Answered {
    let tokens = its_tokens(call)?;
    let row = |it: &Token| {
        let state = call.state();
        let owner = state.user(&it.owner).cloned().unwrap_or_else(|| User::new(&it.owner));
        let address =
            format!("{}/orgs/{}/personal-access-tokens", call.api_url(), call.param("org"));
        json!({
            "id": it.id,
            "owner": shapes::simple_user(call, &owner),
            "repository_selection": if it.repositories.is_some() { "subset" } else { "all" },
            "repositories_url": format!("{address}/{}/repositories", it.id),
            "permissions": {"organization": {}, "repository": it.permissions, "other": {}},
            "access_granted_at": moments::seconds(it.created_at),
            "token_id": it.id,
            "token_name": it.name,
            "token_expired": it.life_at(call.now) == Life::Expired,
            "token_expires_at": it.expires_at.map(moments::seconds),
            "token_last_used_at": it.last_used_at.map(moments::seconds),
        })
    };
    lists::page(call, tokens.iter().map(row).collect())
}

fn end_many(call: &Call<'_>) -> Answered {
    let tokens = its_tokens(call)?;
    let body = call.json();
    let ids: Vec<u64> = body
        .get("pat_ids")
        .and_then(Value::as_array)
        .map(|ids| ids.iter().filter_map(Value::as_u64).collect())
        .unwrap_or_default();
    let is_revoke = body.get("action").and_then(Value::as_str) == Some("revoke");
    if !is_revoke || ids.is_empty() || ids.len() > 100 {
        return Err(errors::invalid("PersonalAccessToken", "pat_ids", "invalid", None));
    }
    let mut state = call.state();
    for token in tokens.iter().filter(|it| ids.contains(&it.id)) {
        if let Some(token) = state.token_mut(&token.value) {
            token.life = Life::Revoked;
        }
    }
    Ok(Reply::json(202, &json!({})))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_a_known_body() {
        let value = summed("ghp_", &"A".repeat(30));
        assert!(value.ends_with("0uCPlr") && value.len() == 40, "{value}");
    }
}
