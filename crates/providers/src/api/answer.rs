//! An answer, and reading it without trusting it.

use std::time::Duration;

use bytes::Bytes;
use domain::Blame;
use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Timestamp;
use domain::check::Evidence;
use domain::text::printable;
use http::HeaderMap;
use http::StatusCode;
use serde_json::Value;

use crate::authorization::Scrubber;
use crate::limits;

/// How the header lines begin that providers write, and nothing in front of them.
const OF_PROVIDERS: [&str; 5] = ["x-github-", "x-gitlab-", "gitlab-", "x-gitea-", "x-arequestid"];

/// An answer with a status of 2xx or 4xx.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The call, as in `GET /user`.
    pub endpoint: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// What keeps the secret that was sent out of the texts below.
    pub scrubber: Scrubber,
}

impl Answer {
    /// An answer without the secret in its headers: whatever is cut later cuts no secret in two.
    pub fn new(
        endpoint: String,
        mut head: http::response::Parts,
        body: Bytes,
        scrubber: Scrubber,
    ) -> Answer {
        scrubber.scrub_headers(&mut head.headers);
        Answer { endpoint, status: head.status, headers: head.headers, body, scrubber }
    }

    /// A header, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether it is a 2xx.
    pub fn is_ok(&self) -> bool {
        self.status.is_success()
    }

    /// The status as a number.
    pub fn code(&self) -> u16 {
        self.status.as_u16()
    }

    /// The body as JSON, without the secret; anything else is the provider's fault.
    pub fn json(&self) -> Result<Value> {
        let mut value = self.verbatim()?;
        self.scrubber.scrub_value(&mut value);
        Ok(value)
    }

    /// The same as it came, for what must not be changed.
    pub fn verbatim(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).map_err(|_| {
            let kind = self.header("content-type").unwrap_or("nothing it names");
            let kind = printable(&self.scrubber.scrub(kind), 60);
            Error::new(
                ErrorKind::Upstream,
                format!("The answer to {} is not JSON but {kind}.", self.endpoint),
            )
            .hint("check that the address is the provider's, and not a page in front of it")
        })
    }

    /// A body that is JSON, but not what it should be.
    pub fn nonsense(&self) -> Error {
        Error::new(
            ErrorKind::Upstream,
            format!("The answer to {} is not what it should be.", self.endpoint),
        )
    }

    /// The sentence in an error body, in the ways providers write them.
    pub fn message(&self) -> Option<String> {
        let body = self.json().ok()?;
        let places =
            ["/message", "/error_description", "/error/message", "/errors/0/message", "/error"];
        let text = places.iter().find_map(|place| body.pointer(place)?.as_str())?;
        // "Validation Failed" alone helps nobody.
        let detail = body.pointer("/errors/0/message").and_then(Value::as_str);
        let whole = match detail.filter(|detail| *detail != text) {
            Some(detail) => format!("{text}: {detail}"),
            None => text.to_owned(),
        };
        Some(printable(&self.scrubber.scrub(&whole), limits::MESSAGE_CHARACTERS_MAX))
    }

    /// The value of a 2xx answer; a refusal becomes an error about `what`.
    pub fn value(&self, what: &str) -> Result<Value> {
        self.accepted(what)?;
        self.json()
    }

    /// Refuses anything but a 2xx, as an error about `what`.
    pub fn accepted(&self, what: &str) -> Result<()> {
        if self.is_ok() {
            return Ok(());
        }
        let said = self.message().map(|text| format!(": {text}")).unwrap_or_default();
        let sentence =
            |lead: &str| format!("{lead} ({} answered {}{said}).", self.endpoint, self.code());
        Err(match self.code() {
            401 => Error::new(
                ErrorKind::Upstream,
                sentence("The provider does not accept the stored credential"),
            )
            .hint("claviger credential check tells what is known about it")
            .blaming(Blame::Secret),
            403 => Error::forbidden(sentence(&format!(
                "The stored credential may not do this to the {what}"
            ))),
            404 | 410 => Error::new(
                ErrorKind::NotFound,
                sentence(&format!(
                    "There is no such {what}, or the stored credential does not see it"
                )),
            ),
            409 => Error::conflict(sentence(&format!(
                "The provider refuses: the {what} clashes with what is there"
            ))),
            _ => Error::invalid(sentence(&format!(
                "The provider refuses what was asked of the {what}"
            ))),
        })
    }

    /// Whether this refusal is a web page that neither git nor its provider wrote: something in front
    /// of the host answered. A challenge is a host's own, whoever keeps its door.
    pub fn is_from_in_front(&self) -> bool {
        let kind = self.header("content-type").unwrap_or_default().to_ascii_lowercase();
        let is_mark = |name: &str| {
            name == "www-authenticate" || OF_PROVIDERS.iter().any(|it| name.starts_with(it))
        };
        matches!(self.code(), 401 | 403)
            && kind.starts_with("text/html")
            && !self.headers.keys().any(|name| is_mark(name.as_str()))
    }

    /// What it shows, without a header.
    pub fn evidence(&self) -> Evidence {
        Evidence {
            endpoint: self.endpoint.clone(),
            status: Some(self.code()),
            header: None,
            note: None,
        }
    }

    /// What it shows, with the line of a header if it is there.
    pub fn evidence_with(&self, name: &'static str) -> Evidence {
        let line = |value: &str| {
            let value = self.scrubber.scrub(value);
            format!("{name}: {}", printable(&value, limits::HEADER_CHARACTERS_MAX))
        };
        Evidence {
            header: self.header(name.to_ascii_lowercase().as_str()).map(line),
            ..self.evidence()
        }
    }

    /// Some say it in words only.
    fn speaks_of_limits(&self) -> bool {
        self.message().is_some_and(|text| text.to_lowercase().contains("rate limit"))
    }

    /// Until when the provider wants to be left alone, if this answer is its word for that.
    pub fn limited_until(&self, now: Timestamp) -> Option<Timestamp> {
        let is_spent = self.header("x-ratelimit-remaining").is_some_and(|it| it.trim() == "0")
            || self.header("ratelimit-remaining").is_some_and(|it| it.trim() == "0");
        let retry_after = self.header("retry-after");
        let is_limited = match self.code() {
            429 => true,
            403 => is_spent || retry_after.is_some() || self.speaks_of_limits(),
            _ => false,
        };
        if !is_limited {
            return None;
        }
        let number = |name: &str| self.header(name)?.trim().parse::<u64>().ok();
        let wait = retry_after.and_then(|text| text.trim().parse::<u64>().ok());
        let reset = number("x-ratelimit-reset").or_else(|| number("ratelimit-reset"));
        let until = match (wait, reset) {
            (Some(seconds), _) => now.plus(Duration::from_secs(seconds)),
            (None, Some(at)) => {
                Timestamp::from_millis(i64::try_from(at).unwrap_or(i64::MAX).saturating_mul(1000))
            }
            (None, None) => now.plus(limits::LIMITED_DEFAULT),
        };
        // A provider may not send us away for ever, nor into the past.
        Some(until.max(now.plus(Duration::from_secs(1))).min(now.plus(limits::LIMITED_MAX)))
    }
}
