//! Signing in with Gitea or Forgejo. Forgejo's refresh tokens are good once, Gitea's until their
//! time is over; what they were given with stays good.

use domain::Timestamp;
use http::Method;
use serde_json::Value;
use serde_json::json;

use super::tokens;
use crate::Kind;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Presented;
use crate::call::Reply;
use crate::oauth;
use crate::oauth::Fault;
use crate::records::Application;
use crate::records::Life;
use crate::records::Token;
use crate::route::Route;
use crate::route::route;
use crate::state::State;

pub(super) const WEB: &[Route] = &[
    route(Method::GET, "/login/oauth/authorize", "", "", authorize),
    route(Method::POST, "/login/oauth/access_token", "", "", token),
    route(Method::POST, "/login/oauth/introspect", "", "", introspect),
    route(Method::GET, "/login/oauth/userinfo", "", "", userinfo),
    route(Method::GET, "/.well-known/openid-configuration", "", "", configuration),
];

/// An access token lives an hour, a refresh token 730.
const TOKEN_SECONDS: i64 = 3600;
const REFRESH_SECONDS: i64 = 730 * 3600;

fn is_allowed(registered: &str, given: &str) -> bool {
    registered == given
}

fn authorize(call: &Call<'_>) -> Answered {
    let page = |text: &str| Reply::of(400, "text/html; charset=utf-8", format!("<p>{text}</p>\n"));
    match oauth::authorize(call, is_allowed) {
        Ok(address) => Ok(Reply::redirect(303, address)),
        Err(Fault::Denied { redirect_uri }) => {
            let mut pairs =
                vec![("error", "access_denied"), ("error_description", "the request is denied")];
            pairs.extend(call.query("state").map(|it| ("state", it)));
            Err(Reply::redirect(303, oauth::with_query(&redirect_uri, &pairs)))
        }
        Err(Fault::Redirect { .. }) => Err(page("Unregistered Redirect URI")),
        Err(_) => Err(page("Client ID not registered")),
    }
}

fn refusal(fault: &Fault) -> Reply {
    let (error, description) = match fault {
        Fault::Client => ("invalid_client", "cannot load client"),
        Fault::OtherRedirect | Fault::Redirect { .. } => {
            ("unauthorized_client", "unexpected redirect URI")
        }
        Fault::Verifier => ("unauthorized_client", "failed PKCE code challenge"),
        Fault::Refresh => ("unauthorized_client", "unable to parse refresh token"),
        Fault::Reused { .. } => ("unauthorized_client", "token was already used"),
        Fault::Code | Fault::Denied { .. } => ("unauthorized_client", "client is not authorized"),
    };
    Reply::json(400, &json!({"error": error, "error_description": description}))
}

fn token(call: &Call<'_>) -> Answered {
    let form = call.form();
    let outcome = match oauth::field(&form, "grant_type") {
        Some("authorization_code") => redeem(call, &form),
        Some("refresh_token") => refresh(call, &form),
        _ => {
            let description = "Only refresh_token or authorization_code grant type is supported";
            let body = json!({"error": "unsupported_grant_type", "error_description": description});
            return Err(Reply::json(400, &body));
        }
    };
    match outcome {
        Ok(body) => Ok(Reply::json(200, &body)
            .header("cache-control", "no-store")
            .header("pragma", "no-cache")),
        Err(fault) => Err(refusal(&fault)),
    }
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
    let found = state.refreshes.iter_mut().find(|it| it.value == value);
    let found = found.filter(|it| it.client_id == application.client_id).ok_or(Fault::Refresh)?;
    if found.expires_at.is_some_and(|end| end <= call.now) {
        return Err(Fault::Refresh);
    }
    let is_good_once = call.inner.kind == Kind::Forgejo;
    if is_good_once && std::mem::replace(&mut found.is_used, true) {
        return Err(Fault::Reused { token: found.token.clone() });
    }
    let old = found.token.clone();
    let old = state.token(&old).cloned().ok_or(Fault::Refresh)?;
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
    state.keep_token(token, call.now);
    let end = Some(after(REFRESH_SECONDS));
    oauth::keep_refresh(state, &refresh, &value, &application.client_id, end);
    json!({
        "access_token": value,
        "token_type": "bearer",
        "expires_in": TOKEN_SECONDS,
        "refresh_token": refresh,
    })
}

fn introspect(call: &Call<'_>) -> Answered {
    let form = call.form();
    if !matches!(call.presented(), Presented::Basic(..)) || oauth::client(call, &form).is_err() {
        let refusal = Reply::of(401, "text/plain; charset=utf-8", "no valid authorization\n");
        return Err(refusal.header("www-authenticate", "Basic realm=\"Gitea OAuth2\""));
    }
    let state = call.state();
    let found = state.token(oauth::field(&form, "token").unwrap_or_default());
    let found = found.filter(|it| it.kind == "oauth" && it.life_at(call.now) == Life::Live);
    let body = match found {
        None => json!({"active": false}),
        Some(token) => json!({
            "active": true,
            "username": token.owner,
            "scope": token.scopes.join(" "),
            "iss": call.url(),
            "sub": state.user(&token.owner).map(|it| it.id.to_string()),
            "aud": [token.client_id],
        }),
    };
    Ok(Reply::json(200, &body))
}

fn userinfo(call: &Call<'_>) -> Answered {
    let caller = super::access::authenticate(call).ok();
    let user = caller.as_ref().and_then(|it| it.user());
    let Some(user) = user else {
        let refusal = Reply::of(401, "text/plain; charset=utf-8", "no valid authorization\n");
        return Err(refusal.header("www-authenticate", "Bearer realm=\"Gitea OAuth2\""));
    };
    let body = json!({
        "sub": user.id.to_string(),
        "name": user.name,
        "preferred_username": user.login,
        "email": user.email,
        "picture": format!("{}/avatars/{}", call.url(), user.id),
    });
    Ok(Reply::json(200, &body))
}

fn configuration(call: &Call<'_>) -> Answered {
    let url = call.url();
    let body = json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/login/oauth/authorize"),
        "token_endpoint": format!("{url}/login/oauth/access_token"),
        "jwks_uri": format!("{url}/login/oauth/keys"),
        "userinfo_endpoint": format!("{url}/login/oauth/userinfo"),
        "introspection_endpoint": format!("{url}/login/oauth/introspect"),
        "response_types_supported": ["code", "id_token"],
        "scopes_supported": ["openid", "profile", "email", "groups"],
        "code_challenge_methods_supported": ["plain", "S256"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
    });
    Ok(Reply::json(200, &body))
}
