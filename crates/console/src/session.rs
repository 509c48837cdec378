//! Whoever is signed in, per request: the session is looked up each time, so that what was ended or
//! lowered anywhere counts at once.

use axum::extract::FromRequestParts;
use broker::Caller;
use broker::SessionSeen;
use domain::ErrorKind;
use domain::Secret;
use http::HeaderMap;
use http::request::Parts;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::utf8_percent_encode;

use crate::ConsoleState;
use crate::frame::Notice;
use crate::oops::Oops;

/// Where open pages listen for changes.
pub const CHANGES: &str = "/console/changes";
/// Where the overview is fetched again by its own script.
pub const RENEWED: &str = "/console/renewed";

/// A browser that is signed in.
pub struct Signed {
    /// Whoever acts.
    pub caller: Caller,
    /// The session.
    pub session: SessionSeen,
    /// The token its forms carry.
    pub csrf: String,
    /// A notice that waits to be shown.
    pub notice: Option<Notice>,
    secret: Secret,
}

impl Signed {
    /// Whether a form was made for this session.
    pub fn is_own_form(&self, presented: &str) -> bool {
        broker::is_csrf_token(&self.secret, presented)
    }

    /// The session's secret, to end it.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Finds out who is signed in.
    pub async fn find(parts: &Parts, state: &ConsoleState) -> domain::Result<Option<Signed>> {
        let Some(secret) = state.settings.session_of(&parts.headers) else { return Ok(None) };
        let broker = &state.app.broker;
        // An open page that listens is not used by anybody.
        let found = match [CHANGES, RENEWED].contains(&parts.uri.path()) {
            true => broker.look_at_session(&secret).await,
            false => broker.authenticate_session(&secret).await,
        };
        let session = match found {
            Ok(session) => session,
            Err(error) if error.kind() == ErrorKind::Unauthenticated => {
                state.app.count_stranger();
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let caller = web::caller_of(parts, session.principal.clone())?;
        let csrf = broker::csrf_token(&secret);
        let notice = state.settings.notice_of(&parts.headers);
        Ok(Some(Signed { caller, session, csrf, notice, secret }))
    }
}

impl FromRequestParts<ConsoleState> for Signed {
    type Rejection = Oops;

    async fn from_request_parts(parts: &mut Parts, state: &ConsoleState) -> Result<Signed, Oops> {
        let found = Signed::find(parts, state).await?;
        found.ok_or_else(|| Oops::sign_in(&sign_in_url(parts)))
    }
}

/// Where a browser signs in, and comes back from.
fn sign_in_url(parts: &Parts) -> String {
    let target = parts.uri.path_and_query().map_or("/console/", |target| target.as_str());
    // A code is for this server alone, and what is returned to travels through others.
    let is_code = |pair: &&str| !pair.starts_with("code=");
    let target = match target.split_once('?') {
        Some((path, query)) => {
            format!("{path}?{}", query.split('&').filter(is_code).collect::<Vec<_>>().join("&"))
        }
        None => target.to_owned(),
    };
    format!("/console/sign-in?return={}", utf8_percent_encode(&target, NON_ALPHANUMERIC))
}

/// Whether a form can only have come from one of our own pages, as far as the browser tells.
pub fn is_same_origin(headers: &HeaderMap) -> bool {
    let said = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    matches!(said, None | Some("same-origin" | "none"))
}
