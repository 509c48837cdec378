//! `SDK-HMAC-SHA256`: reading the header, holding it against the request, and remembering it.

use std::time::Duration;

use broker::Broker;
use broker::Signed;
use broker::Taken;
use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::principal::Principal;
use domain::text::hexadecimal;
use http::HeaderMap;
use http::Method;
use http::header::AUTHORIZATION;

use crate::canonical::Canonical;
use crate::canonical::string_to_sign;
use crate::route;

/// The one algorithm that is taken.
pub(crate) const ALGORITHM: &str = "SDK-HMAC-SHA256";
/// How far a request's moment may be from ours.
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// The header of the moment; it has to be signed.
const MOMENT: &str = "x-sdk-date";
/// The header of temporary keys, which we never issue.
const TEMPORARY: &str = "x-security-token";
/// Headers one signature may name.
const HEADERS_MAX: usize = 50;

/// What the header says.
struct Claimed<'a> {
    access_key: &'a str,
    headers: Vec<&'a str>,
    signature: &'a str,
}

/// A request as it came in.
pub(crate) struct Received<'a> {
    pub method: &'a Method,
    pub path: &'a str,
    pub query: &'a str,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
}

/// Whether a request says it is signed, whatever by.
pub(crate) fn is_claimed(headers: &HeaderMap) -> bool {
    headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        value.starts_with("SDK-") || value.starts_with("V11-") || value.contains("SignedHeaders=")
    })
}

/// The principal of a signed request; every fault has one answer. A change is done once, which is for
/// whoever has what was taken to see to.
pub(crate) async fn principal(
    broker: &Broker,
    received: &Received<'_>,
    now: Timestamp,
) -> Result<(Principal, Option<Taken>)> {
    let claimed = claimed(received.headers).ok_or_else(Error::unauthenticated)?;
    if received.headers.contains_key(TEMPORARY) {
        return Err(Error::unauthenticated());
    }
    let moment = moment(received.headers, &claimed).ok_or_else(Error::unauthenticated)?;
    if !is_near(&moment, now) {
        return Err(Error::unauthenticated());
    }
    let digest = hexadecimal(&broker::digest(received.body));
    if !is_body_digest(received, &digest) {
        return Err(Error::unauthenticated());
    }
    let mut headers = Vec::with_capacity(claimed.headers.len());
    for name in &claimed.headers {
        let mut values = received.headers.get_all(*name).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return Err(Error::unauthenticated());
        };
        headers.push(((*name).to_owned(), value.as_bytes().to_vec()));
    }
    let canonical = Canonical {
        method: received.method.as_str(),
        path: received.path,
        query: received.query,
        headers: &headers,
        body_digest: &digest,
    };
    let request = hexadecimal(&broker::digest(&canonical.request()));
    let text = string_to_sign(ALGORITHM, &moment, &request);
    let signed = Signed {
        access_key: claimed.access_key,
        text: text.as_bytes(),
        signature: claimed.signature,
    };
    let principal = broker.authenticate_signed(signed).await?;
    if matches!(*received.method, Method::GET | Method::HEAD) {
        return Ok((principal, None));
    }
    if !route::is_unambiguous(received.path) {
        return Err(Error::invalid("The path of this change can be read in more than one way.")
            .hint("names with a slash in them are not taken here"));
    }
    let taken = broker.take_once(claimed.signature, WINDOW * 2).await?;
    Ok((principal, Some(taken)))
}

fn claimed(headers: &HeaderMap) -> Option<Claimed<'_>> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (value, None) = (values.next()?.to_str().ok()?, values.next()) else { return None };
    let rest = value.strip_prefix(ALGORITHM)?.strip_prefix(' ')?;
    let mut parts = rest.split(',').map(str::trim);
    let access_key = parts.next()?.strip_prefix("Access=")?;
    let names = parts.next()?.strip_prefix("SignedHeaders=")?;
    let signature = parts.next()?.strip_prefix("Signature=")?;
    let headers: Vec<&str> = names.split(';').collect();
    let is_whole = parts.next().is_none()
        && !access_key.is_empty()
        && headers.len() <= HEADERS_MAX
        && headers
            .iter()
            .all(|name| !name.is_empty() && !name.bytes().any(|b| b.is_ascii_uppercase()));
    is_whole.then_some(Claimed { access_key, headers, signature })
}

/// The request's moment, if the signature covers it.
fn moment(headers: &HeaderMap, claimed: &Claimed<'_>) -> Option<String> {
    let is_signed = claimed.headers.contains(&MOMENT);
    let value = headers.get(MOMENT)?.to_str().ok()?;
    is_signed.then(|| value.to_owned())
}

/// Reads `20260102T030405Z`.
fn is_near(moment: &str, now: Timestamp) -> bool {
    let is_plain = moment.len() == 16 && moment.is_ascii();
    let part = |from: usize, to: usize| moment.get(from..to).unwrap_or_default();
    if !is_plain || part(8, 9) != "T" || part(15, 16) != "Z" {
        return false;
    }
    let written = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(9, 11),
        part(11, 13),
        part(13, 15)
    );
    let Ok(at) = Timestamp::parse(&written) else { return false };
    at.plus(WINDOW) >= now && now.plus(WINDOW) >= at
}

/// A digest the client sends along has to be the body's; an unsigned body is not taken.
fn is_body_digest(received: &Received<'_>, digest: &str) -> bool {
    match received.headers.get("x-sdk-content-sha256") {
        None => true,
        Some(said) => said.as_bytes().eq_ignore_ascii_case(digest.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_near_for_a_quarter_of_an_hour() {
        let now = Timestamp::parse("2026-01-02T03:04:05Z").unwrap();
        for near in ["20260102T030405Z", "20260102T024906Z", "20260102T031904Z"] {
            assert!(is_near(near, now), "{near}");
        }
        for far in
            ["20260102T024904Z", "20260102T031906Z", "20260102T030405", "2026-01-02T03:04Z", ""]
        {
            assert!(!is_near(far, now), "{far}");
        }
    }

    #[test]
    fn a_header_is_read_whole_or_not_at_all() {
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, text.parse().unwrap());
            claimed(&headers).map(|it| (it.access_key.to_owned(), it.headers.len()))
        };
        let whole = "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Signature=00";
        assert_eq!(read(whole), Some(("AK".to_owned(), 2)));
        for wrong in [
            "SDK-HMAC-SM3 Access=AK, SignedHeaders=host, Signature=00",
            "SDK-HMAC-SHA256 Access=, SignedHeaders=host, Signature=00",
            "SDK-HMAC-SHA256 Access=AK, SignedHeaders=Host, Signature=00",
            "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host",
            "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature=00, More=1",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
