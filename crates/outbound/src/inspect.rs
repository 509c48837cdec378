//! A look at the way to one host, step by step, for people who ask why it does not work.
//!
//! Nothing secret is sent: a look-up, a connection, a TLS handshake, and a `GET /` if all went well.
//! The chain of an untrusted host is noted by the verifier that refuses it, so that no connection
//! with such a host ever comes about.

mod certificate;
mod recorder;

use std::net::IpAddr;
use std::net::SocketAddr;
use std::sync::Arc;

use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::url::WebUrl;
use http::HeaderMap;
use http::Request;
use http::StatusCode;
use http::header;
use rustls::ProtocolVersion;
use tokio::net::TcpStream;

pub use certificate::Certificate;

use crate::Outbound;
use crate::Trust;
use crate::dial::Dialler;
use crate::dial::Target;
use crate::limits;
use crate::tls;
use recorder::Recorder;

/// What was found on the way to a host. A step that was not reached is absent.
#[derive(Debug)]
pub struct Inspection {
    /// The proxy that is between, without its user and password.
    pub proxy: Option<String>,
    /// The addresses of the host's name. Behind a proxy they may be unknown here.
    pub addresses: Result<Vec<FoundAddress>>,
    /// The address that was connected to: the host's, or the proxy's if there is one.
    pub connection: Option<Result<SocketAddr>>,
    /// What TLS showed; absent for plain http, too.
    pub tls: Option<Result<FoundTls>>,
    /// What a `GET /` was answered.
    pub answer: Option<Result<FoundAnswer>>,
}

/// An address and what the guard says of it.
#[derive(Debug)]
pub struct FoundAddress {
    /// The address.
    pub address: IpAddr,
    /// Whether it may be dialled; a refusal names the flag.
    pub verdict: Result<()>,
}

/// What a TLS handshake showed.
#[derive(Debug)]
pub struct FoundTls {
    /// The version, as in `TLS 1.3`; absent when the handshake failed.
    pub version: Option<&'static str>,
    /// The certificates the host sent, its own first. Not trusted unless `verdict` says so.
    pub chain: Vec<Certificate>,
    /// Whether the handshake succeeded and the chain is trusted for this host.
    pub verdict: Result<()>,
}

/// The answer to a `GET /`.
#[derive(Debug)]
pub struct FoundAnswer {
    /// Its status.
    pub status: StatusCode,
    /// The host's clock, to the second.
    pub date: Option<Timestamp>,
}

impl Outbound {
    /// Takes a look at the way to a host. A host that cannot be reached is a finding, not an error.
    pub async fn inspect(&self, url: &WebUrl, trust: &Trust) -> Inspection {
        let dialler = self.dialler();
        let target = Target::of_url(url);
        let mut inspection = Inspection {
            proxy: self.proxy.as_ref().map(ToString::to_string),
            addresses: look_up(&dialler, &target).await,
            connection: None,
            tls: None,
            answer: None,
        };
        if inspection.is_refused() {
            return inspection;
        }
        let stream = match connect(&dialler, &target).await {
            Ok((stream, address)) => {
                inspection.connection = Some(Ok(address));
                stream
            }
            Err(error) => {
                inspection.connection = Some(Err(error));
                return inspection;
            }
        };
        if target.is_tls {
            let found = look_at_tls(&dialler, &target, stream, trust).await;
            let is_trusted = found.as_ref().is_ok_and(|tls| tls.verdict.is_ok());
            inspection.tls = Some(found);
            if !is_trusted {
                return inspection;
            }
        }
        inspection.answer = Some(self.ask(url, trust).await);
        inspection
    }

    async fn ask(&self, url: &WebUrl, trust: &Trust) -> Result<FoundAnswer> {
        let request = Request::get(format!("{}://{}/", url.scheme.word(), url.authority))
            .header(header::USER_AGENT, "claviger")
            .body(crate::empty())
            .map_err(Error::internal)?;
        let limit = self.limits.head.min(limits::INSPECTED_ANSWER_TIME_MAX);
        let answer = self.send_within(request, trust, limit).await?;
        Ok(FoundAnswer { status: answer.status(), date: date(answer.headers()) })
    }
}

impl Inspection {
    /// Whether the guard refuses an address, or there is none to go to.
    fn is_refused(&self) -> bool {
        match &self.addresses {
            Ok(addresses) => addresses.iter().any(|found| found.verdict.is_err()),
            Err(_) => self.proxy.is_none(),
        }
    }
}

async fn look_up(dialler: &Dialler, target: &Target) -> Result<Vec<FoundAddress>> {
    let addresses = dialler.look_up(target).await?;
    let judged = addresses.iter().map(|address| FoundAddress {
        address: address.ip(),
        verdict: dialler.check(target, address.ip()),
    });
    Ok(judged.collect())
}

/// Dials as for a request: with a look-up and a check of its own.
async fn connect(dialler: &Dialler, target: &Target) -> Result<(TcpStream, SocketAddr)> {
    let stream = tokio::time::timeout(dialler.limit, dialler.dial(target))
        .await
        .unwrap_or_else(|_| Err(dialler.too_slow(target)))?;
    let address = stream.peer_addr().map_err(Error::internal)?;
    Ok((stream, address))
}

async fn look_at_tls(
    dialler: &Dialler,
    target: &Target,
    stream: TcpStream,
    trust: &Trust,
) -> Result<FoundTls> {
    let recorder = Arc::new(Recorder::new(trust)?);
    let config = recorder.config()?;
    let connected = tokio::time::timeout(dialler.limit, tls::connect(stream, target, config))
        .await
        .unwrap_or_else(|_| Err(dialler.too_slow(target)));
    let version = match &connected {
        Ok(stream) => stream.get_ref().1.protocol_version().and_then(version_name),
        Err(_) => None,
    };
    let chain = recorder.chain().iter().filter_map(Certificate::read).collect();
    Ok(FoundTls { version, chain, verdict: connected.map(drop) })
}

fn version_name(version: ProtocolVersion) -> Option<&'static str> {
    match version {
        ProtocolVersion::TLSv1_2 => Some("TLS 1.2"),
        ProtocolVersion::TLSv1_3 => Some("TLS 1.3"),
        _ => None,
    }
}

fn date(headers: &HeaderMap) -> Option<Timestamp> {
    let text = headers.get(header::DATE)?.to_str().ok()?;
    let moment = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(Timestamp::from_millis(moment.as_millisecond()))
}
