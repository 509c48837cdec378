//! How what a webhook delivers is read: its name, its proof, and what sort of thing it tells of.
//!
//! Each adapter has its rules as data (`Hooks::deliveries`). Which rules hold is known from the path
//! that was called, never from headers: some providers send those of others, too. A header that is
//! empty or comes twice says nothing.
//!
//! Deliberately not here: what follows from an event.

mod kinds;
mod proof;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Entropy;
use domain::Secret;
use domain::Timestamp;
use domain::event::EventKind;
use http::HeaderMap;

use crate::limits::DELIVERY_NAME_BYTES_MAX;

pub(crate) use kinds::bitbucket;
pub(crate) use kinds::bitbucket_dc;
pub(crate) use kinds::like_github;
pub(crate) use kinds::like_gitlab;
use proof::Shown;

/// Random bytes of a webhook's secret.
const SECRET_BYTES: usize = 32;
/// Secrets of this form sign as Standard Webhooks says.
const STANDARD_PREFIX: &str = "whsec_";

/// How a provider's deliveries are read.
#[derive(Debug)]
pub struct Deliveries {
    /// The header with the provider's word for the event.
    pub(crate) event: &'static str,
    /// The headers that name the delivery, the best first.
    pub(crate) names: &'static [&'static str],
    /// How it proves where it comes from.
    pub(crate) proof: Proof,
    /// What the provider's word, or else the body, means to us.
    pub(crate) kind: fn(&str, &[u8]) -> EventKind,
}

/// How a delivery proves that it was made with the webhook's secret.
#[derive(Debug)]
pub(crate) enum Proof {
    /// The HMAC-SHA256 of the body in hexadecimal digits, with something before it.
    Body { header: &'static str, prefix: &'static str },
    /// As Standard Webhooks says. Instances that cannot do so repeat the secret in this header.
    Standard { token: &'static str },
    /// An HMAC-SHA256 of the moment, in base64. It does not cover the body; so that it is good for
    /// one body only, it is the name of the delivery, too.
    Moment { sign: &'static str, timestamp: &'static str },
}

impl Deliveries {
    /// A new secret in the form that the provider wants.
    pub fn new_secret(&self, entropy: &dyn Entropy) -> Secret {
        let mut bytes = [0u8; SECRET_BYTES];
        entropy.fill(&mut bytes);
        let text = match self.proof {
            Proof::Standard { .. } => format!("{STANDARD_PREFIX}{}", STANDARD.encode(bytes)),
            _ => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        };
        Secret::from(text)
    }

    /// Whether a webhook that does not sign its deliveries may prove them in another way.
    pub const fn may_repeat_secret(&self) -> bool {
        matches!(self.proof, Proof::Standard { .. })
    }

    /// Reads what stands before the body; none if something that it needs is missing.
    pub fn read(&'static self, headers: &HeaderMap) -> Option<Announced> {
        let event = one(headers, self.event)?.to_owned();
        let shown = Shown::read(&self.proof, headers)?;
        let name = match shown.name() {
            Some(name) => name.to_owned(),
            None => self.names.iter().find_map(|name| one(headers, name))?.to_owned(),
        };
        let is_name = name.len() <= DELIVERY_NAME_BYTES_MAX
            && name.bytes().all(|byte| byte.is_ascii_graphic());
        is_name.then_some(Announced { rules: self, event, name, shown })
    }
}

/// A delivery whose headers were read, and nothing proven yet.
#[derive(Debug)]
pub struct Announced {
    rules: &'static Deliveries,
    event: String,
    name: String,
    shown: Shown,
}

impl Announced {
    /// Proves that it was made with this secret, about now, and with these very bytes.
    pub fn prove(self, secret: &Secret, body: &[u8], now: Timestamp) -> Option<Delivered> {
        if !self.shown.is_proof(secret, body, now) {
            return None;
        }
        let kind = (self.rules.kind)(&self.event, body);
        Some(Delivered { name: self.name, kind })
    }
}

/// A delivery that proved where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The provider's name of it.
    pub name: String,
    /// What sort of thing it tells of.
    pub kind: EventKind,
}

/// The value of a header that is there once and is not empty.
fn one<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    (values.next().is_none() && !value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests;
