//! One request to a forge, and the answer to it.

use std::sync::MutexGuard;

use bytes::Bytes;
use domain::Timestamp;
use githost::Ask;
use http::HeaderMap;
use http::HeaderName;
use http::HeaderValue;
use http::Method;
use http::Response;
use http::StatusCode;
use serde_json::Value;

use crate::Inner;
use crate::codes;
use crate::records::Repository;
use crate::records::Token;
use crate::records::User;
use crate::route::Route;
use crate::state::State;

/// What a handler says; both sides are answers, so that `?` can end with a refusal.
pub(crate) type Answered = Result<Reply, Reply>;

/// A request, read as far as all providers read it alike.
pub(crate) struct Call<'a> {
    /// The forge.
    pub(crate) inner: &'a Inner,
    /// The method.
    pub(crate) method: Method,
    /// The API prefix it came under; empty beside the API.
    pub(crate) prefix: &'static str,
    /// Whether that is the cloud's own.
    pub(crate) is_cloud: bool,
    /// The path below the prefix, not decoded.
    pub(crate) path: String,
    /// The query, decoded.
    pub(crate) query: Vec<(String, String)>,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) body: Bytes,
    /// The route that was found.
    pub(crate) route: Option<&'static Route>,
    /// What its pattern's names stand for, decoded.
    pub(crate) params: Vec<(&'static str, String)>,
    /// Who is asking; set by the provider before the handler runs.
    pub(crate) caller: Caller,
    /// When.
    pub(crate) now: Timestamp,
    /// The number of this request.
    pub(crate) request_id: String,
}

/// Who is asking.
#[derive(Clone, Default)]
pub(crate) enum Caller {
    /// Nobody in particular.
    #[default]
    Nobody,
    /// The bearer of a token.
    Token(Box<(Token, User)>),
    /// Somebody with the account's own password.
    Password(Box<User>),
    /// An application, with a signature or its client secret.
    Application {
        /// Its client id.
        client_id: String,
    },
}

impl Caller {
    /// The user, if it is one.
    pub(crate) fn user(&self) -> Option<&User> {
        match self {
            Caller::Token(both) => Some(&both.1),
            Caller::Password(user) => Some(user),
            Caller::Nobody | Caller::Application { .. } => None,
        }
    }

    /// The token, if it came with one.
    pub(crate) fn token(&self) -> Option<&Token> {
        match self {
            Caller::Token(both) => Some(&both.0),
            _ => None,
        }
    }

    /// The user's login; empty for nobody.
    pub(crate) fn login(&self) -> &str {
        self.user().map_or("", |user| user.login.as_str())
    }
}

/// What `Authorization` holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Presented {
    /// No such header.
    Nothing,
    /// A user name and a password.
    Basic(String, String),
    /// `Bearer`, or `token` as GitHub's family writes it.
    Token(String),
    /// Another scheme, or not to be read.
    Unreadable,
}

impl<'a> Call<'a> {
    /// A call that nobody made, for what a provider writes on its own: as the cloud, by nobody.
    pub(crate) fn within(inner: &'a Inner) -> Call<'a> {
        Call {
            inner,
            method: Method::GET,
            prefix: inner.kind.provider().prefixes.first().copied().unwrap_or_default(),
            is_cloud: true,
            path: String::new(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            route: None,
            params: Vec::new(),
            caller: Caller::Nobody,
            now: inner.clock.now(),
            request_id: String::new(),
        }
    }
}

impl Call<'_> {
    /// What the forge knows. Not to be held while git runs.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state()
    }

    /// What a name of the route's pattern stands for; empty if it has no such name.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(found, _)| *found == name).map_or("", |(_, value)| value)
    }

    /// A value of the query.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Whether a value of the query says yes, as clients in several languages write it.
    pub(crate) fn says_yes(&self, name: &str) -> bool {
        self.query(name).is_some_and(codes::is_yes)
    }

    /// A header, if it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON; null if it is empty or none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// A text of the body, if it is JSON and there.
    pub(crate) fn told(&self, field: &str) -> Option<String> {
        self.json().get(field)?.as_str().map(ToOwned::to_owned)
    }

    /// The empty repository that the body asks for at a path; public where it does not say.
    pub(crate) fn wanted_repository(&self, path: &str) -> Repository {
        let is_private = self.json().get("private").and_then(Value::as_bool) == Some(true);
        let description = self.told("description").unwrap_or_default();
        Repository { is_private, description, ..Repository::new(path).empty() }
    }

    /// The body as a form or as JSON of texts; what providers take at their token end point.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        if let Ok(Value::Object(fields)) = serde_json::from_slice(&self.body) {
            let text = |value: Value| value.as_str().map(ToOwned::to_owned);
            return fields.into_iter().filter_map(|(k, v)| Some((k, text(v)?))).collect();
        }
        codes::pairs(&String::from_utf8_lossy(&self.body))
    }

    /// What `Authorization` holds.
    pub(crate) fn presented(&self) -> Presented {
        let Some(value) = self.headers.get(http::header::AUTHORIZATION) else {
            return Presented::Nothing;
        };
        value.to_str().map_or(Presented::Unreadable, presented)
    }

    /// The address of the forge, no slash at its end.
    pub(crate) fn url(&self) -> &str {
        self.inner.url()
    }

    /// The address of the API as this call used it.
    pub(crate) fn api_url(&self) -> String {
        format!("{}{}", self.inner.url(), self.prefix)
    }
}

/// The same of a git request.
pub(crate) fn presented_to_git(ask: &Ask) -> Presented {
    match (&ask.basic, &ask.bearer) {
        (Some((user, password)), _) => Presented::Basic(user.clone(), password.clone()),
        (None, Some(token)) => Presented::Token(token.clone()),
        (None, None) => Presented::Nothing,
    }
}

fn presented(value: &str) -> Presented {
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    let rest = rest.trim();
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" | "token" => Presented::Token(rest.to_owned()),
        "basic" => codes::from_base64(rest)
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|text| {
                let (user, password) = text.split_once(':')?;
                Some(Presented::Basic(user.to_owned(), password.to_owned()))
            })
            .unwrap_or(Presented::Unreadable),
        _ => Presented::Unreadable,
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// The status.
    pub(crate) status: u16,
    /// The headers, in order.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// The body.
    pub(crate) body: Bytes,
}

impl Reply {
    /// An answer without a body.
    pub(crate) fn empty(status: u16) -> Reply {
        Reply { status, headers: Vec::new(), body: Bytes::new() }
    }

    /// JSON.
    pub(crate) fn json(status: u16, value: &Value) -> Reply {
        Reply::of(status, "application/json; charset=utf-8", value.to_string())
    }

    /// A body of some type.
    pub(crate) fn of(status: u16, kind: &str, body: impl Into<Bytes>) -> Reply {
        let headers = vec![("content-type", kind.to_owned())];
        Reply { status, headers, body: body.into() }
    }

    /// Sends the caller elsewhere.
    pub(crate) fn redirect(status: u16, location: String) -> Reply {
        Reply::empty(status).header("location", location)
    }

    /// The same with a header more; one of this name is replaced.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.retain(|(found, _)| *found != name);
        self.headers.push((name, value.into()));
        self
    }

    /// As it goes out. A header that HTTP cannot carry is left out.
    pub(crate) fn response(self) -> Response<Bytes> {
        let mut response = Response::new(self.body);
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().append(HeaderName::from_static(name), value);
            }
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorization_is_read_as_providers_read_it() {
        let basic = format!("basic {}", codes::to_base64(b"octocat:a:b"));
        assert_eq!(presented(&basic), Presented::Basic("octocat".into(), "a:b".into()));
        assert_eq!(presented("token  t"), Presented::Token("t".into()));
        assert_eq!(presented("BEARER t"), Presented::Token("t".into()));
        assert_eq!(presented("Basic !"), Presented::Unreadable);
        assert_eq!(presented("Digest x"), Presented::Unreadable);
    }
}
