//! Whom the host lets in, and the challenge for everyone else.

use std::sync::PoisonError;
use std::sync::RwLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use subtle::ConstantTimeEq;

/// Whom a host lets in.
pub enum Auth {
    /// `Authorization: Basic`, as most providers want it.
    Basic {
        /// The user name asked for; any non-empty one if `None`.
        username: Option<String>,
        /// The password asked for.
        token: String,
    },
    /// `Authorization: Bearer`, as Bitbucket Data Center wants it for repository tokens.
    Bearer {
        /// The token asked for.
        token: String,
    },
    /// Everyone, for reading and for writing.
    Open,
}

/// The door, whose token may change while it is open.
pub(crate) struct Door(RwLock<Auth>);

impl Door {
    pub(crate) fn new(auth: Auth) -> Door {
        Door(RwLock::new(auth))
    }

    pub(crate) fn set_token(&self, new: String) {
        match &mut *self.0.write().unwrap_or_else(PoisonError::into_inner) {
            Auth::Basic { token, .. } | Auth::Bearer { token } => *token = new,
            Auth::Open => {}
        }
    }

    /// Whether a request with these headers may come in.
    pub(crate) fn admits(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        match &*self.0.read().unwrap_or_else(PoisonError::into_inner) {
            Auth::Open => true,
            Auth::Bearer { token } => given
                .and_then(|value| after_scheme(value, "bearer"))
                .is_some_and(|it| same(it, token)),
            Auth::Basic { username, token } => {
                given.and_then(basic_pair).is_some_and(|(user, password)| {
                    let known = match username {
                        Some(username) => same(&user, username),
                        None => !user.is_empty(),
                    };
                    known & same(&password, token)
                })
            }
        }
    }

    /// The value of `WWW-Authenticate`; none if the host is open.
    pub(crate) fn challenge(&self) -> Option<&'static str> {
        match &*self.0.read().unwrap_or_else(PoisonError::into_inner) {
            Auth::Basic { .. } => Some("Basic realm=\"githost\""),
            Auth::Bearer { .. } => Some("Bearer realm=\"githost\""),
            Auth::Open => None,
        }
    }
}

/// The user and password of an `Authorization: Basic` value.
pub(crate) fn basic_pair(value: &str) -> Option<(String, String)> {
    let bytes = STANDARD.decode(after_scheme(value, "basic")?).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

fn after_scheme<'a>(value: &'a str, scheme: &str) -> Option<&'a str> {
    let (found, rest) = value.split_once(' ')?;
    found.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

fn same(given: &str, wanted: &str) -> bool {
    given.as_bytes().ct_eq(wanted.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(auth: Auth, value: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        if let Some(value) = value {
            headers.insert(AUTHORIZATION, value.parse().unwrap());
        }
        Door::new(auth).admits(&headers)
    }

    fn basic(pair: &str) -> String {
        format!("Basic {}", STANDARD.encode(pair))
    }

    #[test]
    fn basic_wants_the_token_and_a_user() {
        let any = || Auth::Basic { username: None, token: "t".to_owned() };
        let one =
            || Auth::Basic { username: Some("x-access-token".to_owned()), token: "t".to_owned() };
        assert!(admits(any(), Some(&basic("somebody:t"))));
        assert!(admits(one(), Some(&basic("x-access-token:t"))));
        assert!(!admits(one(), Some(&basic("somebody:t"))));
        assert!(!admits(any(), Some(&basic(":t"))));
        assert!(!admits(any(), Some(&basic("somebody:u"))));
        assert!(!admits(any(), Some("Bearer t")));
        assert!(!admits(any(), Some("Basic !")));
        assert!(!admits(any(), None));
    }

    #[test]
    fn bearer_wants_the_token() {
        let auth = || Auth::Bearer { token: "t".to_owned() };
        assert!(admits(auth(), Some("bearer t")));
        assert!(!admits(auth(), Some("Bearer tt")));
        assert!(!admits(auth(), Some(&basic("git:t"))));
        assert!(admits(Auth::Open, None));
    }
}
