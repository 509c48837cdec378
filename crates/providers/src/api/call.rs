//! One call: method, target, body, and with which login.

use std::borrow::Cow;

use bytes::Bytes;
use domain::Error;
use domain::Result;
use domain::Secret;
use domain::url::WebUrl;
use http::Method;
use serde_json::Value;

use super::multipart;
use crate::Login;
use crate::limits;

/// With which login a call is made.
pub(crate) enum With<'a> {
    /// The credential's own, in the way of the provider's API.
    Secret,
    /// None.
    Nobody,
    /// The credential's secret in another way, as git takes it.
    Login(Login),
    /// Another secret, such as an OAuth application's.
    Other(Login, &'a Secret),
}

enum Body {
    None,
    Json(Value),
    Form(String),
    /// A content type and what goes with it.
    Multipart(String, Vec<u8>),
}

/// A call to be made.
pub(crate) struct Call<'a> {
    pub method: Method,
    /// Path and query below the root, beginning with a slash.
    pub target: String,
    /// Another root than the API's.
    pub root: Option<WebUrl>,
    pub accept: Option<&'static str>,
    /// One more header.
    pub header: Option<(&'static str, &'static str)>,
    pub with: With<'a>,
    pub bytes_max: usize,
    body: Body,
}

impl<'a> Call<'a> {
    fn new(method: Method, target: impl Into<String>, body: Body) -> Call<'a> {
        Call {
            method,
            target: target.into(),
            root: None,
            accept: None,
            header: None,
            with: With::Secret,
            bytes_max: limits::ANSWER_BYTES_MAX,
            body,
        }
    }

    pub fn get(target: impl Into<String>) -> Call<'a> {
        Call::new(Method::GET, target, Body::None)
    }

    pub fn delete(target: impl Into<String>) -> Call<'a> {
        Call::new(Method::DELETE, target, Body::None)
    }

    pub fn post(target: impl Into<String>, body: Value) -> Call<'a> {
        Call::new(Method::POST, target, Body::Json(body))
    }

    pub fn put(target: impl Into<String>, body: Value) -> Call<'a> {
        Call::new(Method::PUT, target, Body::Json(body))
    }

    pub fn patch(target: impl Into<String>, body: Value) -> Call<'a> {
        Call::new(Method::PATCH, target, Body::Json(body))
    }

    /// A call of any method whose body, if any, is JSON.
    pub fn with_json(method: Method, target: impl Into<String>, body: Value) -> Call<'a> {
        Call::new(method, target, Body::Json(body))
    }

    /// A form, as OAuth token endpoints want it.
    pub fn form(target: impl Into<String>, fields: &[(&str, &str)]) -> Call<'a> {
        let pairs: Vec<String> = fields
            .iter()
            .map(|(name, value)| {
                format!("{}={}", super::path::segment(name), super::path::segment(value))
            })
            .collect();
        Call::new(Method::POST, target, Body::Form(pairs.join("&")))
    }

    /// A form with one file and some fields, as Bitbucket wants changes of files.
    pub fn multipart(
        method: Method,
        target: impl Into<String>,
        file: Option<(&str, &[u8])>,
        fields: &[(&str, &str)],
    ) -> Call<'a> {
        let (content_type, body) = multipart::form(file, fields);
        Call::new(method, target, Body::Multipart(content_type, body))
    }

    pub fn root(mut self, root: WebUrl) -> Call<'a> {
        self.root = Some(root);
        self
    }

    pub fn accept(mut self, accept: &'static str) -> Call<'a> {
        self.accept = Some(accept);
        self
    }

    pub fn header(mut self, name: &'static str, value: &'static str) -> Call<'a> {
        self.header = Some((name, value));
        self
    }

    pub fn with(mut self, with: With<'a>) -> Call<'a> {
        self.with = with;
        self
    }

    pub fn bytes_max(mut self, bytes_max: usize) -> Call<'a> {
        self.bytes_max = bytes_max;
        self
    }

    /// The call for people: method and path, without the query.
    pub fn endpoint(&self) -> String {
        let path = self.target.split('?').next().unwrap_or_default();
        format!(
            "{} {}",
            self.method,
            domain::text::printable(path, limits::ENDPOINT_CHARACTERS_MAX)
        )
    }

    /// Whether nothing but JSON can be the answer.
    pub(super) fn wants_json(&self) -> bool {
        self.method == Method::GET && self.accept.is_none()
    }

    pub(super) fn is_plain_get(&self) -> bool {
        self.method == Method::GET && matches!(self.with, With::Secret) && self.accept.is_none()
    }

    pub(super) fn body(&self) -> Result<(Option<Cow<'static, str>>, outbound::Body)> {
        Ok(match &self.body {
            Body::None => (None, outbound::empty()),
            Body::Json(value) => {
                let bytes = serde_json::to_vec(value).map_err(Error::internal)?;
                (Some("application/json".into()), outbound::full(bytes))
            }
            Body::Form(form) => (
                Some("application/x-www-form-urlencoded".into()),
                outbound::full(Bytes::copy_from_slice(form.as_bytes())),
            ),
            Body::Multipart(content_type, bytes) => {
                (Some(content_type.clone().into()), outbound::full(Bytes::copy_from_slice(bytes)))
            }
        })
    }
}
