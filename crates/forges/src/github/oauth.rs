//! Signing in with GitHub. Errors of the token end point come with status 200.

use domain::Timestamp;
use http::Method;
use serde_json::Value;
use serde_json::json;

use super::tokens;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::codes;
use crate::oauth;
use crate::oauth::Fault;
use crate::records::Application;
use crate::records::Token;
use crate::route::Route;
use crate::route::route;
use crate::state::State;

pub(super) const WEB: &[Route] = &[
    route(Method::GET, "/login/oauth/authorize", "", "", authorize),
    route(Method::POST, "/login/oauth/access_token", "", "", token),
];

/// A user token of an App lives eight hours, its refresh token six months.
const TOKEN_SECONDS: i64 = 28_800;
const REFRESH_SECONDS: i64 = 15_897_600;
/// Live tokens of one user, application and set of scopes; the oldest makes room.
const TOKENS_MAX: usize = 10;

/// The same host, and a path at or below the registered one.
fn is_allowed(registered: &str, given: &str) -> bool {
    let rest = given.strip_prefix(registered.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}

fn authorize(call: &Call<'_>) -> Answered {
    let back = |address: &str, error: &str, description: &str| {
        let mut pairs = vec![("error", error), ("error_description", description)];
        pairs.extend(call.query("state").map(|it| ("state", it)));
        Reply::redirect(302, oauth::with_query(address, &pairs))
    };
    match oauth::authorize(call, is_allowed) {
        Ok(address) => Ok(Reply::redirect(302, address)),
        Err(Fault::Redirect { registered }) if !registered.is_empty() => Err(back(
            &registered,
            "redirect_uri_mismatch",
            "The redirect_uri is not associated with this application.",
        )),
        Err(Fault::Denied { redirect_uri }) => Err(back(
            &redirect_uri,
            "access_denied",
            "The user has denied your application access.",
        )),
        Err(_) => Err(Reply::of(404, "text/html; charset=utf-8", "Not Found\n")),
    }
}

fn token(call: &Call<'_>) -> Answered {
    let form = call.form();
    let outcome = match oauth::field(&form, "grant_type") {
        Some("refresh_token") => refresh(call, &form),
        _ => redeem(call, &form),
    };
    let body = outcome.unwrap_or_else(|fault| error(&fault));
    let is_json = call.header("accept").is_some_and(|it| it.contains("json"));
    if is_json {
        return Ok(Reply::json(200, &body));
    }
    let fields = body.as_object().into_iter().flatten();
    let fields: Vec<(String, String)> = fields
        .map(|(name, value)| {
            (name.clone(), value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned))
        })
        .collect();
    let pairs: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let kind = "application/x-www-form-urlencoded; charset=utf-8";
    Ok(Reply::of(200, kind, codes::query(&pairs)))
}

fn error(fault: &Fault) -> Value {
    let (error, description) = match fault {
        Fault::Client => (
            "incorrect_client_credentials",
            "The client_id and/or client_secret passed are incorrect.",
        ),
        Fault::OtherRedirect | Fault::Redirect { .. } => (
            "redirect_uri_mismatch",
            "The redirect_uri MUST match the registered callback URL for this application.",
        ),
        Fault::Refresh | Fault::Reused { .. } => {
            ("bad_refresh_token", "The refresh token passed is incorrect or expired.")
        }
        Fault::Code | Fault::Verifier | Fault::Denied { .. } => {
            ("bad_verification_code", "The code passed is incorrect or expired.")
        }
    };
    json!({
        "error": error,
        "error_description": description,
        "error_uri": "https://docs.github.com/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors",
    })
}

fn redeem(call: &Call<'_>, form: &[(String, String)]) -> Result<Value, Fault> {
    let application = oauth::client(call, form)?;
    let mut state = call.state();
    let grant = oauth::redeem(&mut state, call.now, &application, form)?;
    Ok(issue(call, &mut state, &application, &grant.login, grant.scopes))
}

fn refresh(call: &Call<'_>, form: &[(String, String)]) -> Result<Value, Fault> {
    let application = oauth::client(call, form)?;
    let value = oauth::field(form, "refresh_token").unwrap_or_default();
    let mut state = call.state();
    let old = oauth::refresh(&mut state, call.now, &application, value)?;
    let before = state.token(&old.token).cloned().ok_or(Fault::Refresh)?;
    Ok(issue(call, &mut state, &application, &before.owner, before.scopes))
}

fn issue(
    call: &Call<'_>,
    state: &mut State,
    application: &Application,
    login: &str,
    scopes: Vec<String>,
) -> Value {
    let is_app = application.public_key.is_some();
    let kind = if is_app { "app-user" } else { "oauth" };
    let after = |seconds: i64| Timestamp::from_millis(call.now.millis() + seconds * 1000);
    let does_end = application.has_expiring_tokens;
    let value = tokens::fresh(&*call.inner.entropy, kind);
    let mut token = Token::new(&value, kind, login);
    token.client_id = Some(application.client_id.clone());
    token.expires_at = does_end.then(|| after(TOKEN_SECONDS));
    if is_app {
        token.permissions = application.permissions.clone();
    } else {
        token.scopes = scopes;
    }
    make_room(state, &token);
    let token = state.keep_token(token, call.now);
    let mut body = json!({
        "access_token": value,
        "scope": token.scopes.join(","),
        "token_type": "bearer",
    });
    if let (true, Some(fields)) = (does_end, body.as_object_mut()) {
        let refresh = tokens::fresh(&*call.inner.entropy, "refresh");
        let end = Some(after(REFRESH_SECONDS));
        oauth::keep_refresh(state, &refresh, &value, &application.client_id, end);
        fields.insert("expires_in".to_owned(), TOKEN_SECONDS.into());
        fields.insert("refresh_token".to_owned(), refresh.into());
        fields.insert("refresh_token_expires_in".to_owned(), REFRESH_SECONDS.into());
    }
    body
}

fn make_room(state: &mut State, new: &Token) {
    let is_alike = |it: &Token| {
        it.owner == new.owner && it.client_id == new.client_id && it.scopes == new.scopes
    };
    while state.tokens.iter().filter(|it| is_alike(it)).count() >= TOKENS_MAX {
        let Some(oldest) = state.tokens.iter().position(is_alike) else { return };
        state.tokens.remove(oldest);
    }
}
