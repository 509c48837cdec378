//! What a delivery shows to prove where it comes from. Compared in constant time, over the raw body.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Secret;
use domain::Timestamp;
use http::HeaderMap;
use percent_encoding::percent_decode_str;

use super::Proof;
use super::STANDARD_PREFIX;
use super::one;
use crate::limits::DELIVERY_AGE_MAX;
use crate::limits::SIGNATURES_MAX;

/// A SHA-256, in bytes.
const MAC_BYTES: usize = 32;
/// The version of a signature that we know.
const VERSION_PREFIX: &str = "v1,";

/// What the headers show.
pub(super) enum Shown {
    /// The sum of the body.
    Body(Vec<u8>),
    /// Sums of name, moment and body.
    Standard { id: String, timestamp: String, sums: Vec<Vec<u8>> },
    /// The secret itself.
    Repeated(Secret),
    /// The sum of the moment.
    Moment { timestamp: String, sum: Vec<u8> },
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a proof")
    }
}

impl Shown {
    pub fn read(proof: &Proof, headers: &HeaderMap) -> Option<Shown> {
        match proof {
            Proof::Body { header, prefix } => {
                from_hex(one(headers, header)?.strip_prefix(prefix)?).map(Shown::Body)
            }
            Proof::Standard { .. } if headers.contains_key("webhook-signature") => {
                standard(headers)
            }
            Proof::Standard { token } => {
                one(headers, token).map(|text| Shown::Repeated(Secret::from(text.to_owned())))
            }
            Proof::Moment { sign, timestamp } => Some(Shown::Moment {
                timestamp: one(headers, timestamp)?.to_owned(),
                sum: from_form(one(headers, sign)?)?,
            }),
        }
    }

    /// The name that is proven along with the rest, if one is.
    pub fn name(&self) -> Option<&str> {
        match self {
            Shown::Standard { id, .. } => Some(id),
            Shown::Moment { timestamp, .. } => Some(timestamp),
            Shown::Body(_) | Shown::Repeated(_) => None,
        }
    }

    /// Whether it was made with this secret.
    pub fn is_proof(&self, secret: &Secret, body: &[u8], now: Timestamp) -> bool {
        if secret.is_empty() {
            return false;
        }
        match self {
            Shown::Body(sum) => is_sum(secret.expose(), &[body], sum),
            Shown::Standard { id, timestamp, sums } => {
                let seconds = timestamp.parse::<i64>().ok();
                let is_now = seconds.is_some_and(|it| is_recent(it.saturating_mul(1000), now));
                let Some(key) = standard_key(secret) else { return false };
                let parts = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
                is_now && sums.iter().any(|sum| is_sum(&key, &parts, sum))
            }
            Shown::Repeated(shown) => {
                verify_slices_are_equal(shown.expose(), secret.expose()).is_ok()
            }
            Shown::Moment { timestamp, sum } => {
                let is_now = timestamp.parse().is_ok_and(|millis| is_recent(millis, now));
                let key = secret.expose();
                is_now && is_sum(key, &[timestamp.as_bytes(), b"\n", key], sum)
            }
        }
    }
}

fn is_recent(millis: i64, now: Timestamp) -> bool {
    let apart = u128::from(millis.abs_diff(now.millis()));
    apart <= DELIVERY_AGE_MAX.as_millis()
}

fn is_sum(key: &[u8], parts: &[&[u8]], sum: &[u8]) -> bool {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    for part in parts {
        context.update(part);
    }
    verify_slices_are_equal(context.sign().as_ref(), sum).is_ok()
}

fn standard(headers: &HeaderMap) -> Option<Shown> {
    let signatures = one(headers, "webhook-signature")?.split(' ').take(SIGNATURES_MAX);
    let sums = signatures
        .filter_map(|signature| STANDARD.decode(signature.strip_prefix(VERSION_PREFIX)?).ok())
        .filter(|sum| sum.len() == MAC_BYTES);
    Some(Shown::Standard {
        id: one(headers, "webhook-id")?.to_owned(),
        timestamp: one(headers, "webhook-timestamp")?.to_owned(),
        sums: sums.collect(),
    })
}

fn standard_key(secret: &Secret) -> Option<Vec<u8>> {
    let text = secret.expose_text()?.strip_prefix(STANDARD_PREFIX)?;
    STANDARD.decode(text).ok().filter(|key| !key.is_empty())
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if digits.len() != MAC_BYTES * 2 {
        return None;
    }
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|it| u8::try_from(it).ok());
    digits
        .chunks_exact(2)
        .map(|pair| Some((digit(pair.first()?)? << 4) | digit(pair.last()?)?))
        .collect()
}

/// Base64 that may have been made fit for a form.
fn from_form(text: &str) -> Option<Vec<u8>> {
    let text = percent_decode_str(text).decode_utf8().ok()?;
    STANDARD.decode(text.as_bytes()).ok().filter(|sum| sum.len() == MAC_BYTES)
}
