//! Signing in with a Bitbucket Data Center. A refresh token is good once.

use domain::Timestamp;
use http::Method;
use serde_json::Value;
use serde_json::json;

use super::tokens;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::oauth;
use crate::oauth::Fault;
use crate::records::Application;
use crate::records::Token;
use crate::route::Route;
use crate::route::route;
use crate::state::State;

pub(super) const WEB: &[Route] = &[
    route(Method::GET, "/rest/oauth2/{version}/authorize", "", "", authorize),
    route(Method::POST, "/rest/oauth2/{version}/token", "", "", token),
];

/// A token lives an hour, a refresh token ninety days.
const TOKEN_SECONDS: i64 = 3600;
const REFRESH_SECONDS: i64 = 90 * 86_400;

fn is_allowed(registered: &str, given: &str) -> bool {
    registered == given
}

fn authorize(call: &Call<'_>) -> Answered {
    let page = |text: &str| Reply::of(400, "text/html; charset=utf-8", format!("<p>{text}</p>\n"));
    match oauth::authorize(call, is_allowed) {
        Ok(address) => Ok(Reply::redirect(302, address)),
        Err(Fault::Denied { redirect_uri }) => {
            let mut pairs = vec![("error", "access_denied")];
            pairs.extend(call.query("state").map(|it| ("state", it)));
            Err(Reply::redirect(302, oauth::with_query(&redirect_uri, &pairs)))
        }
        Err(Fault::Redirect { .. }) => Err(page("The redirect URI is not registered.")),
        Err(_) => Err(page("The client is not known.")),
    }
}

fn token(call: &Call<'_>) -> Answered {
    let form = call.form();
    let outcome = match oauth::field(&form, "grant_type") {
        Some("authorization_code") => redeem(call, &form),
        Some("refresh_token") => refresh(call, &form),
        _ => return Err(Reply::json(400, &json!({"error": "unsupported_grant_type"}))),
    };
    let body = outcome.map_err(|fault| {
        let error = if fault == Fault::Client { "invalid_client" } else { "invalid_grant" };
        Reply::json(400, &json!({"error": error, "error_description": "It was refused."}))
    })?;
    Ok(Reply::json(200, &body).header("cache-control", "no-store"))
}

type Form = [(String, String)];

fn redeem(call: &Call<'_>, form: &Form) -> Result<Value, Fault> {
    let application = oauth::client(call, form)?;
    let mut state = call.state();
    let grant = oauth::redeem(&mut state, call.now, &application, form)?;
    Ok(issue(call, &mut state, &application, &grant.login, grant.scopes))
}

fn refresh(call: &Call<'_>, form: &Form) -> Result<Value, Fault> {
    let application = oauth::client(call, form)?;
    let value = oauth::field(form, "refresh_token").unwrap_or_default();
    let mut state = call.state();
    let old = oauth::refresh(&mut state, call.now, &application, value)?;
    let old = state.token(&old.token).cloned().ok_or(Fault::Refresh)?;
    Ok(issue(call, &mut state, &application, &old.owner, old.scopes))
}

fn issue(
    call: &Call<'_>,
    state: &mut State,
    application: &Application,
    login: &str,
    scopes: Vec<String>,
) -> Value {
    let after = |seconds: i64| Timestamp::from_millis(call.now.millis() + seconds * 1000);
    let value = tokens::fresh(&*call.inner.entropy, "oauth");
    let refresh = tokens::fresh(&*call.inner.entropy, "refresh");
    let token = Token {
        scopes,
        client_id: Some(application.client_id.clone()),
        expires_at: Some(after(TOKEN_SECONDS)),
        ..Token::new(&value, "oauth", login)
    };
    let token = state.keep_token(token, call.now);
    let end = Some(after(REFRESH_SECONDS));
    oauth::keep_refresh(state, &refresh, &value, &application.client_id, end);
    json!({
        "access_token": value,
        "token_type": "bearer",
        "expires_in": TOKEN_SECONDS,
        "refresh_token": refresh,
        "scope": token.scopes.join(" "),
        "created_at": call.now.seconds(),
    })
}
