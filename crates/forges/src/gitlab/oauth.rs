//! Signing in with GitLab.

use domain::Timestamp;
use http::Method;
use serde_json::Value;
use serde_json::json;

use super::errors;
use super::tokens;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Presented;
use crate::call::Reply;
use crate::oauth;
use crate::oauth::Fault;
use crate::records::Application;
use crate::records::Life;
use crate::records::Token;
use crate::records::User;
use crate::route::Route;
use crate::route::route;
use crate::state::State;

pub(super) const WEB: &[Route] = &[
    route(Method::GET, "/oauth/authorize", "", "", authorize),
    route(Method::POST, "/oauth/token", "", "", token),
    route(Method::POST, "/oauth/revoke", "", "", revoke),
    route(Method::GET, "/oauth/token/info", "", "", info),
    route(Method::GET, "/oauth/userinfo", "", "", userinfo),
    route(Method::GET, "/.well-known/openid-configuration", "", "", discovery),
];

/// An access token lives two hours.
const TOKEN_SECONDS: i64 = 7200;

fn is_allowed(registered: &str, given: &str) -> bool {
    registered == given
}

fn authorize(call: &Call<'_>) -> Answered {
    let page =
        |status: u16, text: &str| Reply::of(status, "text/html; charset=utf-8", text.to_owned());
    if call.query("response_type") != Some("code") {
        return Err(page(400, "The authorization server does not support this response type.\n"));
    }
    match oauth::authorize(call, is_allowed) {
        Ok(address) => Ok(Reply::redirect(302, address)),
        Err(Fault::Denied { redirect_uri }) => {
            let mut pairs = vec![
                ("error", "access_denied"),
                (
                    "error_description",
                    "The resource owner or authorization server denied the request.",
                ),
            ];
            pairs.extend(call.query("state").map(|it| ("state", it)));
            Err(Reply::redirect(302, oauth::with_query(&redirect_uri, &pairs)))
        }
        Err(Fault::Redirect { .. }) => Err(page(400, "The redirect URI included is not valid.\n")),
        Err(_) => Err(page(401, "Client authentication failed due to unknown client.\n")),
    }
}

fn refusal(fault: &Fault) -> Reply {
    let (status, error, description) = match fault {
        Fault::Client => (
            401,
            "invalid_client",
            "Client authentication failed due to unknown client, no client authentication \
             included, or unsupported authentication method.",
        ),
        _ => (
            400,
            "invalid_grant",
            "The provided authorization grant is invalid, expired, revoked, does not match the \
             redirection URI used in the authorization request, or was issued to another client.",
        ),
    };
    Reply::json(status, &json!({"error": error, "error_description": description}))
}

fn token(call: &Call<'_>) -> Answered {
    let form = call.form();
    let outcome = match oauth::field(&form, "grant_type") {
        Some("authorization_code") => redeem(call, &form),
        Some("refresh_token") => refresh(call, &form),
        _ => {
            let description =
                "The authorization grant type is not supported by the authorization server.";
            let body = json!({"error": "unsupported_grant_type", "error_description": description});
            return Err(Reply::json(400, &body));
        }
    };
    let body = outcome.map_err(|fault| refusal(&fault))?;
    Ok(Reply::json(200, &body).header("cache-control", "no-store"))
}

fn redeem(call: &Call<'_>, form: &[(String, String)]) -> Result<Value, Fault> {
    let application = oauth::client(call, form)?;
    if oauth::field(form, "redirect_uri").is_none() {
        return Err(Fault::OtherRedirect);
    }
    let mut state = call.state();
    let grant = oauth::redeem(&mut state, call.now, &application, form)?;
    Ok(issue(call, &mut state, &application, &grant.login, grant.scopes))
}

fn refresh(call: &Call<'_>, form: &[(String, String)]) -> Result<Value, Fault> {
    let application = oauth::client(call, form)?;
    let value = oauth::field(form, "refresh_token").unwrap_or_default();
    let mut state = call.state();
    let old = oauth::refresh(&mut state, call.now, &application, value)?;
    let token = state.token(&old.token).cloned().ok_or(Fault::Refresh)?;
    Ok(issue(call, &mut state, &application, &token.owner, token.scopes))
}

fn issue(
    call: &Call<'_>,
    state: &mut State,
    application: &Application,
    login: &str,
    mut scopes: Vec<String>,
) -> Value {
    if scopes.is_empty() {
        scopes = application.scopes.first().cloned().into_iter().collect();
    }
    let value = tokens::fresh(&*call.inner.entropy, "oauth");
    let mut token = Token::new(&value, "oauth", login);
    token.scopes = scopes;
    token.client_id = Some(application.client_id.clone());
    let end = call.now.millis() + TOKEN_SECONDS * 1000;
    token.expires_at = Some(Timestamp::from_millis(end));
    let token = state.keep_token(token, call.now);
    let refresh = tokens::fresh(&*call.inner.entropy, "oauth");
    oauth::keep_refresh(state, &refresh, &value, &application.client_id, None);
    json!({
        "access_token": value,
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "refresh_token": refresh,
        "scope": token.scopes.join(" "),
        "created_at": call.now.seconds(),
    })
}

/// Ends an access token or a refresh token; that there was none is no error.
fn revoke(call: &Call<'_>) -> Answered {
    let form = call.form();
    let application = oauth::client(call, &form).map_err(|_| {
        let description = "You are not authorized to revoke this token";
        let body = json!({"error": "unauthorized_client", "error_description": description});
        Reply::json(403, &body)
    })?;
    let value = oauth::field(&form, "token").unwrap_or_default();
    let mut state = call.state();
    let refresh = state.refreshes.iter().find(|it| it.value == value).map(|it| it.token.clone());
    let value = refresh.unwrap_or_else(|| value.to_owned());
    state.refreshes.retain(|it| it.token != value || it.client_id != application.client_id);
    let token = state.token_mut(&value);
    if let Some(token) = token.filter(|it| it.client_id.as_ref() == Some(&application.client_id)) {
        token.life = Life::Revoked;
    }
    Ok(Reply::json(200, &json!({})))
}

/// The live OAuth token that the call shows.
fn shown(call: &Call<'_>) -> Result<(Token, User), Reply> {
    let refuse = || errors::invalid_token("The access token is invalid");
    let Presented::Token(value) = call.presented() else { return Err(refuse()) };
    let state = call.state();
    let token = state.token(&value).filter(|it| it.kind == "oauth").ok_or_else(refuse)?;
    match token.life_at(call.now) {
        Life::Live => {}
        Life::Expired => return Err(errors::invalid_token("The access token expired")),
        Life::Revoked => return Err(errors::invalid_token("The access token was revoked")),
    }
    let user = state.user(&token.owner).ok_or_else(refuse)?;
    Ok((token.clone(), user.clone()))
}

fn info(call: &Call<'_>) -> Answered {
    let (token, user) = shown(call)?;
    let left = token.expires_at.map(|end| end.seconds() - call.now.seconds());
    Ok(Reply::json(
        200,
        &json!({
            "resource_owner_id": user.id,
            "scope": token.scopes,
            "expires_in": left,
            "application": {"uid": token.client_id},
            "created_at": token.created_at.seconds(),
            "scopes": token.scopes,
            "expires_in_seconds": left,
        }),
    ))
}

fn userinfo(call: &Call<'_>) -> Answered {
    let (_, user) = shown(call)?;
    Ok(Reply::json(
        200,
        &json!({
            "sub": user.id.to_string(),
            "name": user.name,
            "nickname": user.login,
            "preferred_username": user.login,
            "email": user.email,
            "email_verified": true,
            "profile": format!("{}/{}", call.url(), user.login),
        }),
    ))
}

fn discovery(call: &Call<'_>) -> Answered {
    let base = call.url();
    Ok(Reply::json(
        200,
        &json!({
            "issuer": base,
            "authorization_endpoint": format!("{base}/oauth/authorize"),
            "token_endpoint": format!("{base}/oauth/token"),
            "revocation_endpoint": format!("{base}/oauth/revoke"),
            "introspection_endpoint": format!("{base}/oauth/introspect"),
            "userinfo_endpoint": format!("{base}/oauth/userinfo"),
            "jwks_uri": format!("{base}/oauth/discovery/keys"),
            "scopes_supported": ["api", "read_api", "read_user", "read_repository",
                "write_repository", "openid", "profile", "email"],
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["plain", "S256"],
        }),
    ))
}
