//! Whom the host lets in, and the challenge for everyone else.

use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::RwLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderMap;
use http::HeaderValue;
use http::Response;
use http::StatusCode;
use http::header::AUTHORIZATION;
use http::header::CONTENT_TYPE;
use http::header::WWW_AUTHENTICATE;
use subtle::ConstantTimeEq;

/// Decides about one git request; called for each, so it must not take long.
pub type Judge = Arc<dyn Fn(&Ask) -> Verdict + Send + Sync>;

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
    /// Whom a function lets in, per repository and operation.
    Ask(Judge),
}

/// What a git request presents and wants.
pub struct Ask {
    /// The user name and password of `Authorization: Basic`.
    pub basic: Option<(String, String)>,
    /// The token of `Authorization: Bearer`.
    pub bearer: Option<String>,
    /// The repository as it was asked for, decoded: `acme/app` or `acme/app.git`.
    pub repository: String,
    /// Whether it wants to push.
    pub is_write: bool,
}

/// What becomes of a git request.
pub enum Verdict {
    /// It is served from this bare repository, a path below the host's root.
    Allow {
        /// The path, `acme/app.git`.
        repository: String,
    },
    /// It gets this answer.
    Refuse(Box<Response<Bytes>>),
}

impl Verdict {
    /// 401 with this value of `WWW-Authenticate`.
    pub fn challenge(challenge: &str, body: impl Into<Bytes>) -> Verdict {
        let mut answer = plain(StatusCode::UNAUTHORIZED, body);
        if let Ok(value) = HeaderValue::from_str(challenge) {
            answer.headers_mut().insert(WWW_AUTHENTICATE, value);
        }
        Verdict::Refuse(Box::new(answer))
    }

    /// 403.
    pub fn forbid(body: impl Into<Bytes>) -> Verdict {
        Verdict::Refuse(Box::new(plain(StatusCode::FORBIDDEN, body)))
    }

    /// 404.
    pub fn absent(body: impl Into<Bytes>) -> Verdict {
        Verdict::Refuse(Box::new(plain(StatusCode::NOT_FOUND, body)))
    }
}

fn plain(status: StatusCode, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut answer = Response::new(body.into());
    *answer.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    answer.headers_mut().insert(CONTENT_TYPE, plain);
    answer
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
            Auth::Open | Auth::Ask(_) => {}
        }
    }

    /// What becomes of a request with these headers for this repository.
    pub(crate) fn judge(&self, headers: &HeaderMap, repository: &str, is_write: bool) -> Verdict {
        let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = given.and_then(|value| after_scheme(value, "bearer"));
        let pair = given.and_then(basic_pair);
        let known = match &*self.0.read().unwrap_or_else(PoisonError::into_inner) {
            Auth::Open => true,
            Auth::Bearer { token } => bearer.is_some_and(|it| same(it, token)),
            Auth::Basic { username, token } => pair.is_some_and(|(user, password)| {
                let known = match username {
                    Some(username) => same(&user, username),
                    None => !user.is_empty(),
                };
                known & same(&password, token)
            }),
            Auth::Ask(judge) => {
                let bearer = bearer.map(ToOwned::to_owned);
                let repository = repository.to_owned();
                return judge(&Ask { basic: pair, bearer, repository, is_write });
            }
        };
        if known {
            Verdict::Allow { repository: repository.to_owned() }
        } else {
            Verdict::challenge(self.challenge(), "This host wants a token.\n")
        }
    }

    /// Whether these headers are let in whatever they ask for.
    pub(crate) fn admits(&self, headers: &HeaderMap) -> bool {
        let is_asked =
            matches!(&*self.0.read().unwrap_or_else(PoisonError::into_inner), Auth::Ask(_));
        is_asked || matches!(self.judge(headers, "", false), Verdict::Allow { .. })
    }

    /// The value of `WWW-Authenticate`.
    pub(crate) fn challenge(&self) -> &'static str {
        match &*self.0.read().unwrap_or_else(PoisonError::into_inner) {
            Auth::Bearer { .. } => "Bearer realm=\"githost\"",
            Auth::Basic { .. } | Auth::Open | Auth::Ask(_) => "Basic realm=\"githost\"",
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
        matches!(Door::new(auth).judge(&headers, "a.git", false), Verdict::Allow { .. })
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
