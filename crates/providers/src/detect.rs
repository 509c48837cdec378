//! What kind of Git host answers at an address, and which version.
//!
//! Each adapter brings its own marks: calls without any login, by whose answers it knows its kind.
//! They are few and small, follow no redirect, and never carry a secret. Nothing is taken for a mark
//! but what only that provider answers: a page that says yes to everything is of no kind.
//!
//! Deliberately not here: the way to the host (`outbound::inspect`), and what follows from a kind.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::provider::Provider;
use domain::text::printable;
use domain::url::WebUrl;
use http::HeaderMap;
use http::Method;
use http::Request;
use http::StatusCode;
use http::header;
use outbound::Outbound;
use outbound::Trust;
use serde_json::Value;

use crate::adapter;
use crate::limits;

/// A call by whose answer a kind of host is known.
pub struct Mark {
    pub(crate) ask: Ask,
    /// Reads the answer; none if it is not this provider's.
    pub(crate) read: fn(&Shown) -> Option<Told>,
}

/// What is asked, below the web address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ask {
    /// A path.
    Get(&'static str),
    /// A path and a body of JSON, for an API that reads nothing else.
    Post(&'static str, &'static str),
}

/// What a mark told beside the kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// The version, where it is told without a login.
    pub(crate) version: Option<String>,
}

/// An answer, as far as marks look at it.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) status: u16,
    headers: HeaderMap,
    /// Null if it is not JSON.
    pub(crate) body: Value,
}

/// What was found out about a host.
#[derive(Debug, Default)]
pub struct Detected {
    /// Its kind, if it is one we know.
    pub provider: Option<Provider>,
    /// Its version, if it tells.
    pub version: Option<String>,
    /// What went wrong, if nothing was recognized: a redirect to elsewhere, an answer without end.
    pub fault: Option<Error>,
}

/// The provider whose own cloud is at this address.
pub fn cloud_at(web: &WebUrl) -> Option<Provider> {
    Provider::ALL.into_iter().find(|provider| {
        let cloud = provider.cloud_url().and_then(|url| WebUrl::parse(url).ok());
        cloud.as_ref() == Some(web) || adapter(*provider).is_cloud(web)
    })
}

/// Asks a host what it is. The marks of the provider that is `expected` are looked for first.
pub async fn detect(
    outbound: &Outbound,
    web: &WebUrl,
    trust: &Trust,
    expected: Option<Provider>,
) -> Detected {
    let mut detected = Detected::default();
    let work = look(outbound, web, trust, expected, &mut detected);
    if tokio::time::timeout(limits::DETECT_TIME_MAX, work).await.is_err() {
        detected.fault = Some(Error::new(
            ErrorKind::Upstream,
            format!(
                "{} did not tell what it is within {} seconds.",
                web.authority,
                limits::DETECT_TIME_MAX.as_secs()
            ),
        ));
    }
    detected
}

async fn look(
    outbound: &Outbound,
    web: &WebUrl,
    trust: &Trust,
    expected: Option<Provider>,
    detected: &mut Detected,
) {
    let mut answers: HashMap<Ask, Option<Shown>> = HashMap::new();
    let others = ORDER.into_iter().filter(|provider| Some(*provider) != expected);
    for provider in expected.into_iter().chain(others) {
        for mark in adapter(provider).marks() {
            let shown = match answers.entry(mark.ask) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => {
                    let answer = ask(outbound, web, trust, mark.ask).await;
                    place.insert(answer.map_err(|error| detected.fault.get_or_insert(error)).ok())
                }
            };
            if let Some(told) = shown.as_ref().and_then(mark.read) {
                let version = told.version;
                *detected = Detected { provider: Some(provider), version, fault: None };
                return;
            }
        }
    }
}

/// Who came from another stands before it, and who answers at the most common addresses first.
const ORDER: [Provider; 9] = [
    Provider::GitLab,
    Provider::Forgejo,
    Provider::Gitea,
    Provider::GitHub,
    Provider::BitbucketDc,
    Provider::Gitee,
    Provider::SourceHut,
    Provider::Bitbucket,
    Provider::Generic,
];

async fn ask(outbound: &Outbound, web: &WebUrl, trust: &Trust, ask: Ask) -> Result<Shown> {
    let (method, path, body) = match ask {
        Ask::Get(path) => (Method::GET, path, None),
        Ask::Post(path, body) => (Method::POST, path, Some(body)),
    };
    let endpoint = format!("{method} {path}");
    let mut request = Request::builder()
        .method(method)
        .uri(format!("{web}{path}"))
        .header(header::USER_AGENT, limits::USER_AGENT)
        .header(header::ACCEPT, "application/json");
    if body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let body = body.map_or_else(outbound::empty, outbound::full);
    let request = request.body(body).map_err(Error::internal)?;
    let work = async {
        let answer = outbound.send(request, trust).await?;
        let (head, body) = answer.into_parts();
        if let Some(to) = away(web, head.status, &head.headers) {
            let sentence = format!("{} redirects {endpoint} to {to}.", web.authority);
            return Err(Error::new(ErrorKind::Upstream, sentence).hint(
                "no redirect is followed; give the address it answers at, and the one git uses",
            ));
        }
        let body = outbound::read_limited(body, limits::MARK_BYTES_MAX).await.map_err(|error| {
            let sentence = format!("{endpoint} at {}: {}", web.authority, error.message());
            Error::new(error.kind(), sentence)
        })?;
        let body = serde_json::from_slice(&body).unwrap_or_default();
        Ok(Shown { status: head.status.as_u16(), headers: head.headers, body })
    };
    tokio::time::timeout(limits::MARK_TIME_MAX, work).await.unwrap_or_else(|_| {
        Err(Error::new(
            ErrorKind::Upstream,
            format!(
                "{} did not finish its answer to {endpoint} within {} seconds.",
                web.authority,
                limits::MARK_TIME_MAX.as_secs()
            ),
        ))
    })
}

/// Where an answer sends us, if that is another host, port or scheme. A page to sign in on the same
/// host is what many have at paths that are not there.
fn away(web: &WebUrl, status: StatusCode, headers: &HeaderMap) -> Option<String> {
    let to = headers.get(header::LOCATION).filter(|_| status.is_redirection())?;
    let to = String::from_utf8_lossy(to.as_bytes());
    let here = format!("{}://{}", web.scheme.word(), web.authority);
    let below = to.strip_prefix(&here);
    let is_here = to.starts_with('/') && !to.starts_with("//")
        || below.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    (!is_here).then(|| printable(&to, limits::ENDPOINT_CHARACTERS_MAX))
}

impl Shown {
    /// A header, if it is there and is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A text of the body, by JSON pointer.
    pub(crate) fn text(&self, pointer: &str) -> Option<&str> {
        self.body.pointer(pointer)?.as_str()
    }

    /// The version in a text of a 200, which alone makes it the answer that was looked for.
    pub(crate) fn version(&self, pointer: &str) -> Option<String> {
        version(self.text(pointer).filter(|_| self.status == 200)?)
    }
}

/// A text that can be a version: it begins with a digit and has nothing odd in it.
pub(crate) fn version(text: &str) -> Option<String> {
    let is_one = text.starts_with(|first: char| first.is_ascii_digit())
        && text.len() <= limits::VERSION_BYTES_MAX
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-_~".contains(&byte));
    is_one.then(|| text.to_owned())
}

impl Told {
    /// The kind, and the version if there is one.
    pub(crate) fn of(version: Option<String>) -> Told {
        Told { version }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_plain() {
        for good in ["1.27.0", "17.0.0+gitea-1.22.0", "19.2.1-ee", "10.1.2"] {
            assert_eq!(version(good).as_deref(), Some(good));
        }
        for bad in ["", "v1", "1.0 <b>", "1\u{202e}2", &"1".repeat(200)] {
            assert_eq!(version(bad), None, "{bad}");
        }
    }

    #[test]
    fn clouds_are_known_by_name_and_order_names_everybody() {
        let at = |url: &str| cloud_at(&WebUrl::parse(url).unwrap());
        assert_eq!(at("https://github.com"), Some(Provider::GitHub));
        assert_eq!(at("https://acme.ghe.com"), Some(Provider::GitHub));
        assert_eq!(at("https://bitbucket.org"), Some(Provider::Bitbucket));
        for other in ["http://github.com", "https://github.com:8443", "https://ghe.com.lan"] {
            assert_eq!(at(other), None, "{other}");
        }
        for provider in Provider::ALL {
            assert!(ORDER.contains(&provider), "{provider:?}");
        }
    }

    #[test]
    fn only_another_host_is_away() {
        let web = WebUrl::parse("https://git.lan/code").unwrap();
        let to = |location: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::LOCATION, location.parse().unwrap());
            away(&web, StatusCode::FOUND, &headers)
        };
        for here in ["/login", "https://git.lan", "https://git.lan/x", "https://git.lan?x"] {
            assert_eq!(to(here), None, "{here}");
        }
        for away in
            ["//evil.lan/", "http://git.lan/", "https://git.lan.evil/", "https://git.lan:1/"]
        {
            assert!(to(away).is_some(), "{away}");
        }
    }
}
