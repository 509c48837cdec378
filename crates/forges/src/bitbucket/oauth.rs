//! Signing in with Bitbucket Cloud: the scopes stand with the consumer, and a consumer may ask for
//! itself. There is no challenge, and a refresh token is good once.

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
    route(Method::GET, "/site/oauth2/authorize", "", "", authorize),
    route(Method::POST, "/site/oauth2/access_token", "", "", token),
];

/// A token lives two hours.
const TOKEN_SECONDS: i64 = 7200;

/// The same address, or one below it.
fn is_allowed(registered: &str, given: &str) -> bool {
    given.strip_prefix(registered).is_some_and(|rest| {
        rest.is_empty() || rest.starts_with(['/', '?']) || registered.ends_with('/')
    })
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
        Err(Fault::Redirect { .. }) => Err(page("Invalid redirect_uri")),
        Err(_) => Err(page("Invalid client_id")),
    }
}

fn refusal(fault: &Fault) -> Reply {
    let (error, description) = match fault {
        Fault::Client => ("unauthorized_client", "Invalid OAuth client credentials"),
        Fault::Refresh | Fault::Reused { .. } => ("invalid_grant", "Invalid refresh_token"),
        Fault::OtherRedirect | Fault::Redirect { .. } => {
            ("invalid_request", "The redirect_uri does not match the one of the code.")
        }
        Fault::Code | Fault::Verifier | Fault::Denied { .. } => {
            ("invalid_grant", "The specified code is not valid.")
        }
    };
    Reply::json(400, &json!({"error_description": description, "error": error}))
}

fn token(call: &Call<'_>) -> Answered {
    let form = call.form();
    let kind = oauth::field(&form, "grant_type").unwrap_or_default();
    let outcome = match kind {
        "authorization_code" => redeem(call, &form),
        "refresh_token" => refresh(call, &form),
        "client_credentials" => for_itself(call, &form),
        _ => {
            let description = format!("Unsupported grant type: {kind}");
            let body = json!({"error": "unsupported_grant_type", "error_description": description});
            return Err(Reply::json(400, &body));
        }
    };
    let body = outcome.map_err(|fault| refusal(&fault))?;
    Ok(Reply::json(200, &crate::codes::join(body, json!({"state": kind}))))
}

type Form = [(String, String)];

fn redeem(call: &Call<'_>, form: &Form) -> Result<Value, Fault> {
    let application = oauth::client(call, form)?;
    let mut state = call.state();
    let mut grant_form = form.to_vec();
    // A challenge was not listened to, so no verifier is missed.
    grant_form.retain(|(name, _)| name != "code_verifier");
    for grant in &mut state.grants {
        grant.challenge = None;
    }
    let grant = oauth::redeem(&mut state, call.now, &application, &grant_form)?;
    Ok(issue(call, &mut state, &application, &grant.login))
}

fn refresh(call: &Call<'_>, form: &Form) -> Result<Value, Fault> {
    let application = oauth::client(call, form)?;
    let value = oauth::field(form, "refresh_token").unwrap_or_default();
    let mut state = call.state();
    let old = oauth::refresh(&mut state, call.now, &application, value)?;
    let login = state.token(&old.token).map(|it| it.owner.clone()).ok_or(Fault::Refresh)?;
    Ok(issue(call, &mut state, &application, &login))
}

/// The consumer acts as the workspace that made it.
fn for_itself(call: &Call<'_>, form: &Form) -> Result<Value, Fault> {
    let application = oauth::client(call, form)?;
    if application.client_secret.is_none() {
        return Err(Fault::Client);
    }
    Ok(issue(call, &mut call.state(), &application, &application.owner))
}

fn issue(call: &Call<'_>, state: &mut State, application: &Application, login: &str) -> Value {
    let value = tokens::fresh(&*call.inner.entropy, "oauth");
    let refresh = tokens::fresh(&*call.inner.entropy, "refresh");
    let end = Timestamp::from_millis(call.now.millis() + TOKEN_SECONDS * 1000);
    let token = Token {
        scopes: application.scopes.clone(),
        client_id: Some(application.client_id.clone()),
        expires_at: Some(end),
        ..Token::new(&value, "oauth", login)
    };
    state.keep_token(token, call.now);
    oauth::keep_refresh(state, &refresh, &value, &application.client_id, None);
    json!({
        "access_token": value,
        "scopes": application.scopes.join(" "),
        "token_type": "bearer",
        "expires_in": TOKEN_SECONDS,
        "refresh_token": refresh,
    })
}
