//! Whoever is signed in, per request: the session is looked up each time, so that what was ended or
//! lowered anywhere counts at once.

use axum::extract::FromRequestParts;
use broker::Caller;
use broker::SessionSeen;
use domain::Error;
use domain::ErrorKind;
use domain::Secret;
use http::header;
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

/// Refuses a form that another site's page sent, as far as the browser tells.
pub fn require_same_origin(parts: &Parts) -> domain::Result<()> {
    match fetch_site(parts) {
        Some("same-origin" | "none") => Ok(()),
        None if is_own_origin(parts) => Ok(()),
        _ => Err(Error::forbidden("This form came from another page.")
            .hint("open the page here and send it again")),
    }
}

/// Whether one of our own pages leads here, as far as the browser tells. A link in a letter does not.
pub fn is_from_own_page(parts: &Parts) -> bool {
    match fetch_site(parts) {
        Some(said) => said == "same-origin",
        None => is_own_origin(parts),
    }
}

fn fetch_site(parts: &Parts) -> Option<&str> {
    parts.headers.get("sec-fetch-site").map(|value| value.to_str().unwrap_or_default())
}

/// Whether the origin that an older browser names, if it does, is this server.
fn is_own_origin(parts: &Parts) -> bool {
    let Some(origin) = parts.headers.get(header::ORIGIN) else { return true };
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| parts.uri.authority().map(|host| host.as_str()));
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    origin.zip(host).is_some_and(|((_, origin), host)| origin.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_of_another_site_is_refused() {
        let is_own = |headers: &[(&'static str, &str)]| {
            let mut request = http::Request::new(());
            for (name, value) in headers {
                request.headers_mut().insert(*name, value.parse().unwrap());
            }
            let (parts, ()) = request.into_parts();
            (require_same_origin(&parts).is_ok(), is_from_own_page(&parts))
        };
        let host = ("host", "git.acme.example:8443");
        assert_eq!(is_own(&[host]), (true, true));
        assert_eq!(is_own(&[host, ("sec-fetch-site", "same-origin")]), (true, true));
        assert_eq!(is_own(&[host, ("sec-fetch-site", "none")]), (true, false));
        assert_eq!(is_own(&[host, ("origin", "https://git.acme.example:8443")]), (true, true));
        for other in ["cross-site", "same-site", "", "x"] {
            assert_eq!(is_own(&[host, ("sec-fetch-site", other)]), (false, false), "{other}");
        }
        for other in ["null", "https://evil.example", "https://git.acme.example", "x", ""] {
            assert_eq!(is_own(&[host, ("origin", other)]), (false, false), "{other}");
        }
    }
}
