//! How a secret travels: the one header line that carries it, and taking it out of what comes back.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Error;
use domain::Result;
use domain::Secret;
use http::HeaderMap;
use http::HeaderName;
use http::HeaderValue;
use http::header::AUTHORIZATION;
use serde_json::Value;

use crate::limits;

/// How git takes a secret over HTTPS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GitLogin {
    /// Basic authentication with this user name; the secret is the password.
    Basic {
        /// The user name.
        username: String,
    },
    /// `Authorization: Bearer`, where the host refuses Basic for this kind of secret.
    Bearer,
}

impl From<GitLogin> for Login {
    fn from(login: GitLogin) -> Login {
        match login {
            GitLogin::Basic { username } => Login::Basic { username },
            GitLogin::Bearer => Login::Bearer,
        }
    }
}

/// How an API takes a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Login {
    /// Basic authentication with this user name; the secret is the password.
    Basic {
        /// The user name.
        username: String,
    },
    /// `Authorization: Bearer`.
    Bearer,
    /// `Authorization: token`, an older word for the same.
    Token,
    /// The secret alone, in a header of this name.
    Header(&'static str),
}

/// The header line that carries a secret, and the texts that must never come back.
pub struct Authorization {
    name: HeaderName,
    value: HeaderValue,
    scrubber: Scrubber,
}

/// Takes a secret out of texts.
#[derive(Clone, Debug)]
pub(crate) struct Scrubber(Arc<Vec<Secret>>);

impl Scrubber {
    /// The texts of a value without the secret. Short secrets stay: the host may mean the word.
    pub fn scrub_value(&self, value: &mut Value) {
        match value {
            Value::String(text) if self.is_in(text) => *text = self.scrub(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.scrub_value(item)),
            Value::Object(fields) => fields.values_mut().for_each(|item| self.scrub_value(item)),
            _ => {}
        }
    }

    /// The header lines without the secret.
    pub fn scrub_headers(&self, headers: &mut HeaderMap) {
        for line in headers.values_mut() {
            let clean = line.to_str().ok().filter(|text| self.is_in(text));
            if let Some(clean) = clean.map(|text| HeaderValue::from_str(&self.scrub(text))) {
                *line = clean.unwrap_or(HeaderValue::from_static(""));
            }
        }
    }

    fn is_in(&self, text: &str) -> bool {
        let needles = self.0.iter().filter(|it| it.byte_count() >= limits::SCRUBBED_BYTES_MIN);
        needles.filter_map(Secret::expose_text).any(|needle| text.contains(needle))
    }

    /// The text without the secret, in every form it was sent or is likely echoed in.
    pub fn scrub(&self, text: &str) -> String {
        let needles: Vec<&str> = self.0.iter().filter_map(Secret::expose_text).collect();
        domain::text::scrub(text, &needles)
    }
}

impl Authorization {
    /// Writes the line. Refused if the secret cannot travel in a header.
    pub fn new(login: &Login, secret: &Secret) -> Result<Authorization> {
        let mut needles = vec![copy(secret), encoded(secret)];
        let (name, line) = match login {
            Login::Basic { username } => {
                let mut pair = username.clone().into_bytes();
                pair.push(b':');
                pair.extend_from_slice(secret.expose());
                let pair = Secret::new(pair);
                needles.push(encoded(&pair));
                (AUTHORIZATION, joined("Basic ", &encoded(&pair)))
            }
            Login::Bearer => (AUTHORIZATION, joined("Bearer ", secret)),
            Login::Token => (AUTHORIZATION, joined("token ", secret)),
            Login::Header(name) => (HeaderName::from_static(name), copy(secret)),
        };
        let mut value = HeaderValue::from_bytes(line.expose()).map_err(|_| {
            Error::invalid("The stored secret cannot travel in a header.".to_owned())
        })?;
        value.set_sensitive(true);
        Ok(Authorization { name, value, scrubber: Scrubber(Arc::new(needles)) })
    }

    /// Puts the line on a request.
    pub fn apply(&self, headers: &mut HeaderMap) {
        headers.insert(self.name.clone(), self.value.clone());
    }

    /// Takes the secret, in every form it was sent or is likely echoed in, out of a text.
    pub fn scrub(&self, text: &str) -> String {
        self.scrubber.scrub(text)
    }

    /// What does that.
    pub(crate) fn scrubber(&self) -> Scrubber {
        self.scrubber.clone()
    }
}

fn copy(secret: &Secret) -> Secret {
    Secret::new(secret.expose().to_vec())
}

fn encoded(secret: &Secret) -> Secret {
    Secret::from(STANDARD.encode(secret.expose()))
}

fn joined(word: &str, rest: &Secret) -> Secret {
    let mut line = word.as_bytes().to_vec();
    line.extend_from_slice(rest.expose());
    Secret::new(line)
}
