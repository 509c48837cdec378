//! The one HTTP client and dialler of the house.
//!
//! No other crate opens a socket towards somebody else. The address guard sits in the connector, at
//! the very address that is dialled, so that IP literals, split answers and rebinding names pass the
//! same check (threats 10, 11, 40). Redirects are never followed here; whoever wants one followed
//! reads the `Location` and decides. No proxy is taken from `http_proxy` and its like.
//!
//! Deliberately not here: what a provider's answer means, and which secret goes where.

mod connector;
mod dial;
mod guard;
mod inspect;
mod journal;
pub mod limits;
mod mail;
mod pacing;
mod proxy;
mod stream;
mod tls;

use std::collections::HashMap;
use std::error::Error as StdError;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use bytes::Bytes;
use domain::Error;
use domain::ErrorKind;
use domain::Result;
use http_body::Body as _;
use http_body_util::BodyExt;
use http_body_util::Empty;
use http_body_util::Full;
use http_body_util::LengthLimitError;
use http_body_util::Limited;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use hyper_util::rt::TokioTimer;

use connector::Connector;
use connector::Refusal;
use dial::Dialler;
pub use guard::Guard;
pub use inspect::Certificate;
pub use inspect::FoundAddress;
pub use inspect::FoundAnswer;
pub use inspect::FoundTls;
pub use inspect::Inspection;
pub use journal::Exchange;
pub use journal::Journal;
pub use mail::Letter;
pub use mail::Mailer;
pub use pacing::Pacing;
pub use pacing::PacingLimits;
pub use pacing::Permit;
pub use proxy::Proxy;
pub use tls::parse_certificates;

/// The body of an answer, on its way.
pub use hyper::body::Incoming;

/// Any error a body can end with.
pub type BoxError = Box<dyn StdError + Send + Sync>;
/// A request body.
pub type Body = http_body_util::combinators::UnsyncBoxBody<Bytes, BoxError>;

/// Which addresses may be dialled.
#[derive(Clone, Debug)]
pub enum Reach {
    /// All: a person's own machine talks to the server it was told.
    Anywhere,
    /// Only what the guard lets through: a server talks to what strangers name.
    Guarded(Guard),
}

/// Whom TLS trusts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Trust {
    /// The machine's certificate authorities, or the bundled ones where it has none.
    Roots,
    /// Only these, PEM.
    Pem(Arc<str>),
}

/// Time limits of one exchange.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Name look-up, dialling and the TLS handshake together.
    pub connect: Duration,
    /// From the request to the head of the answer. Packing a large repository takes a while.
    pub head: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { connect: Duration::from_secs(10), head: Duration::from_secs(300) }
    }
}

/// The client. Cheap to share behind an `Arc`; keeps connections alive per host.
pub struct Outbound {
    reach: Reach,
    limits: Limits,
    proxy: Option<Proxy>,
    journal: Option<Arc<Journal>>,
    clients: Mutex<HashMap<Trust, Client<Connector, Body>>>,
}

impl Outbound {
    /// A client that dials within `reach` and `limits`.
    pub fn new(reach: Reach, limits: Limits) -> Outbound {
        Outbound { reach, limits, proxy: None, journal: None, clients: Mutex::default() }
    }

    /// The same, with every connection made through a proxy.
    #[must_use]
    pub fn through(self, proxy: Proxy) -> Outbound {
        Outbound { proxy: Some(proxy), clients: Mutex::default(), ..self }
    }

    /// The same, writing every exchange down, for tests that count calls.
    #[must_use]
    pub fn with_journal(self, journal: Arc<Journal>) -> Outbound {
        Outbound { journal: Some(journal), ..self }
    }

    /// Sends a request with an absolute URI and waits for the head of the answer.
    ///
    /// Errors are of kind [`ErrorKind::Upstream`] when the other side is at fault, and
    /// [`ErrorKind::Forbidden`] when the guard refused; the sentence names the host, never a header.
    pub async fn send(
        &self,
        request: http::Request<Body>,
        trust: &Trust,
    ) -> Result<http::Response<Incoming>> {
        self.send_within(request, trust, self.limits.head).await
    }

    /// The same with a time limit of its own, for a request whose body takes long to send: the limit
    /// counts from its first byte.
    pub async fn send_within(
        &self,
        request: http::Request<Body>,
        trust: &Trust,
        limit: Duration,
    ) -> Result<http::Response<Incoming>> {
        let Some(journal) = &self.journal else {
            return self.exchange(request, trust, limit).await;
        };
        let (method, url) = (request.method().clone(), request.uri().to_string());
        let answer = self.exchange(request, trust, limit).await;
        let outcome = answer.as_ref().map(http::Response::status).map_err(Error::kind);
        journal.add(Exchange { method, url, outcome });
        answer
    }

    async fn exchange(
        &self,
        request: http::Request<Body>,
        trust: &Trust,
        limit: Duration,
    ) -> Result<http::Response<Incoming>> {
        let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        let client = self.client(trust)?;
        match tokio::time::timeout(limit, client.request(request)).await {
            Err(_) => Err(Error::new(
                ErrorKind::Upstream,
                format!("{host} did not answer within {} seconds.", limit.as_secs()),
            )),
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(explain(&host, error)),
        }
    }

    fn dialler(&self) -> Dialler {
        Dialler { reach: self.reach.clone(), proxy: self.proxy.clone(), limit: self.limits.connect }
    }

    fn client(&self, trust: &Trust) -> Result<Client<Connector, Body>> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(trust) {
            return Ok(client.clone());
        }
        if let Trust::Pem(pem) = trust {
            // Wrong PEM is the caller's mistake: say so now, not at the handshake.
            parse_certificates(pem)?;
        }
        let connector = Connector { dialler: self.dialler(), trust: trust.clone() };
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(limits::IDLE_TIME_MAX)
            .pool_max_idle_per_host(limits::IDLE_PER_HOST_MAX)
            .http1_max_buf_size(limits::ANSWER_HEAD_BYTES_MAX)
            .build(connector);
        if clients.len() >= limits::TRUSTS_MAX {
            clients.clear();
        }
        clients.insert(trust.clone(), client.clone());
        Ok(client)
    }
}

/// Whether a request that failed certainly never left: nobody was reached to send it to.
pub fn never_left(error: &Error) -> bool {
    error.source().is_some_and(|cause| cause.is::<Refusal>())
}

/// Turns the client's error into a sentence; a refusal of the guard keeps its own.
fn explain(host: &str, error: hyper_util::client::legacy::Error) -> Error {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(&error);
    let mut last = String::new();
    while let Some(link) = cause {
        if let Some(refusal) = link.downcast_ref::<Refusal>() {
            return refusal.to_error();
        }
        last = link.to_string();
        cause = link.source();
    }
    Error::new(ErrorKind::Upstream, format!("{host} could not be reached: {last}."))
        .hint("check the address, and that this machine may reach it")
        .because(error)
}

/// A body that is already there.
pub fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// No body.
pub fn empty() -> Body {
    Empty::new().map_err(|never| match never {}).boxed_unsync()
}

/// Reads a body up to a limit; beyond it the answer is refused, not cut. One that announces more is
/// not read at all.
pub async fn read_limited(body: Incoming, bytes_max: usize) -> Result<Bytes> {
    let too_large =
        || Error::new(ErrorKind::Upstream, format!("The answer is larger than {bytes_max} bytes."));
    if body.size_hint().lower() > bytes_max as u64 {
        return Err(too_large());
    }
    match Limited::new(body, bytes_max).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large()),
        Err(error) => {
            Err(Error::new(ErrorKind::Upstream, "The answer broke off.".to_owned()).because(error))
        }
    }
}

#[cfg(test)]
mod tests;
