//! Signing in with a provider, as far as all of them do it alike: codes, challenges (PKCE),
//! refresh tokens that are good once. How the answers look is the provider's own.

use domain::Timestamp;

use crate::call::Call;
use crate::call::Presented;
use crate::codes;
use crate::limits::CODE_LIFE_SECONDS;
use crate::records::Application;
use crate::records::Life;
use crate::records::User;
use crate::state::Grant;
use crate::state::Refresh;
use crate::state::State;

/// Why nobody is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// There is no such application, or its secret is another.
    Client,
    /// The address to return to is none of the application's.
    Redirect {
        /// The first it has; empty if it has none.
        registered: String,
    },
    /// The person said no, or nobody sat there.
    Denied {
        /// Where to return to.
        redirect_uri: String,
    },
    /// The code is unknown, used, too old or another application's.
    Code,
    /// The address to return to is not the one the code was made for.
    OtherRedirect,
    /// The verifier does not belong to the challenge, or one of the two is missing.
    Verifier,
    /// The refresh token is unknown or too old.
    Refresh,
    /// The refresh token was used before.
    Reused {
        /// The access token that went with it.
        token: String,
    },
}

/// An address to return to, with more in its query.
pub(crate) fn with_query(address: &str, pairs: &[(&str, &str)]) -> String {
    let mark = if address.contains('?') { '&' } else { '?' };
    format!("{address}{mark}{}", codes::query(pairs))
}

/// The sign-in page: whoever sits in front of the browser consents. Answers where the browser is
/// sent, with a code. `is_allowed` compares a registered address with the one asked for.
pub(crate) fn authorize(
    call: &Call<'_>,
    is_allowed: fn(&str, &str) -> bool,
) -> Result<String, Fault> {
    let mut state = call.state();
    let client_id = call.query("client_id").unwrap_or_default();
    let application = state.application(client_id).ok_or(Fault::Client)?;
    let registered = application.redirect_uris.first().cloned().unwrap_or_default();
    let redirect_uri = call.query("redirect_uri").unwrap_or(&registered).to_owned();
    if !application.redirect_uris.iter().any(|it| is_allowed(it, &redirect_uri)) {
        return Err(Fault::Redirect { registered });
    }
    let Some(login) = state.signed_in.clone() else { return Err(Fault::Denied { redirect_uri }) };
    let scopes = call.query("scope").unwrap_or_default();
    let challenge = call.query("code_challenge").map(|challenge| {
        let method = call.query("code_challenge_method").unwrap_or("plain");
        (challenge.to_owned(), method.to_owned())
    });
    let grant = Grant {
        code: codes::letters(&*call.inner.entropy, 20),
        client_id: client_id.to_owned(),
        redirect_uri: redirect_uri.clone(),
        login,
        scopes: split_scopes(scopes),
        challenge,
        expires_at: Timestamp::from_millis(call.now.millis() + CODE_LIFE_SECONDS * 1000),
    };
    let mut pairs = vec![("code", grant.code.as_str())];
    pairs.extend(call.query("state").map(|it| ("state", it)));
    let address = with_query(&redirect_uri, &pairs);
    state.grants.push(grant);
    Ok(address)
}

/// Scopes with spaces or commas between them.
pub(crate) fn split_scopes(text: &str) -> Vec<String> {
    text.split([' ', ',']).filter(|it| !it.is_empty()).map(ToOwned::to_owned).collect()
}

/// A field of a form.
pub(crate) fn field<'a>(form: &'a [(String, String)], name: &str) -> Option<&'a str> {
    form.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}

/// The application at the token end point: by `Authorization: Basic` or by two fields. One that
/// has no secret needs none.
pub(crate) fn client(call: &Call<'_>, form: &[(String, String)]) -> Result<Application, Fault> {
    let (id, secret) = match call.presented() {
        Presented::Basic(id, secret) => (id, Some(secret)),
        _ => (
            field(form, "client_id").unwrap_or_default().to_owned(),
            field(form, "client_secret").map(ToOwned::to_owned),
        ),
    };
    let state = call.state();
    let application = state.application(&id).ok_or(Fault::Client)?;
    match &application.client_secret {
        Some(wanted) if secret.as_ref() != Some(wanted) => Err(Fault::Client),
        _ => Ok(application.clone()),
    }
}

/// Takes a code and answers what it stands for. It is good once, right or wrong.
pub(crate) fn redeem(
    state: &mut State,
    now: Timestamp,
    application: &Application,
    form: &[(String, String)],
) -> Result<Grant, Fault> {
    let code = field(form, "code").unwrap_or_default();
    let at = state.grants.iter().position(|it| it.code == code).ok_or(Fault::Code)?;
    let grant = state.grants.swap_remove(at);
    if grant.client_id != application.client_id || grant.expires_at <= now {
        return Err(Fault::Code);
    }
    if field(form, "redirect_uri").is_some_and(|it| it != grant.redirect_uri) {
        return Err(Fault::OtherRedirect);
    }
    let is_proved = match (&grant.challenge, field(form, "code_verifier")) {
        (None, _) => application.client_secret.is_some(),
        (Some((challenge, method)), Some(verifier)) => match method.as_str() {
            "S256" => *challenge == codes::to_base64_url(&codes::sha256(verifier.as_bytes())),
            _ => challenge == verifier,
        },
        (Some(_), None) => false,
    };
    if is_proved { Ok(grant) } else { Err(Fault::Verifier) }
}

/// Takes a refresh token, ends the access token that went with it, and answers what both were.
pub(crate) fn refresh(
    state: &mut State,
    now: Timestamp,
    application: &Application,
    value: &str,
) -> Result<Refresh, Fault> {
    let is_it = |it: &&mut Refresh| it.value == value && it.client_id == application.client_id;
    let found = state.refreshes.iter_mut().find(is_it).ok_or(Fault::Refresh)?;
    if found.expires_at.is_some_and(|end| end <= now) {
        return Err(Fault::Refresh);
    }
    if std::mem::replace(&mut found.is_used, true) {
        return Err(Fault::Reused { token: found.token.clone() });
    }
    let found = found.clone();
    if let Some(token) = state.token_mut(&found.token) {
        token.life = Life::Revoked;
    }
    Ok(found)
}

/// Keeps a refresh token beside the access token it goes with.
pub(crate) fn keep_refresh(
    state: &mut State,
    value: &str,
    token: &str,
    client_id: &str,
    expires_at: Option<Timestamp>,
) {
    state.refreshes.push(Refresh {
        value: value.to_owned(),
        token: token.to_owned(),
        client_id: client_id.to_owned(),
        expires_at,
        is_used: false,
    });
}

/// The person of a login and password, for the grant that asks for both.
pub(crate) fn by_password<'a>(state: &'a State, login: &str, password: &str) -> Option<&'a User> {
    state.user(login).filter(|user| user.password.as_deref() == Some(password))
}
