//! Dialling: look up, check every address, dial a checked one, then TLS.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;
use std::time::Duration;

use domain::Error;
use domain::ErrorKind;
use http::Uri;
use hyper_util::client::legacy::connect::Connected;
use hyper_util::client::legacy::connect::Connection;
use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;
use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio::io::ReadBuf;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::Reach;
use crate::Trust;
use crate::limits;
use crate::tls;

/// A domain error that travels through the HTTP client and can be taken out again.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
}

impl Refusal {
    pub(crate) fn to_error(&self) -> Error {
        let error = Error::new(self.kind, self.message.clone());
        match &self.hint {
            Some(hint) => error.hint(hint.clone()),
            None => error,
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        Refusal {
            kind: error.kind(),
            message: error.message().to_owned(),
            hint: error.hint_text().map(str::to_owned),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

/// Dials for the HTTP client.
#[derive(Clone)]
pub(crate) struct Connector {
    reach: Reach,
    trust: Trust,
    limit: Duration,
}

impl Connector {
    pub(crate) fn new(reach: Reach, trust: Trust, limit: Duration) -> Connector {
        Connector { reach, trust, limit }
    }

    async fn dial(self, uri: Uri) -> Result<TokioIo<Stream>, Refusal> {
        let shown = uri.authority().map(ToString::to_string).unwrap_or_default();
        let slow = || {
            Refusal::from(Error::new(
                ErrorKind::Upstream,
                format!(
                    "{shown} did not accept a connection within {} seconds.",
                    self.limit.as_secs()
                ),
            ))
        };
        tokio::time::timeout(self.limit, self.dial_unlimited(&uri, &shown))
            .await
            .map_err(|_| slow())?
    }

    async fn dial_unlimited(&self, uri: &Uri, shown: &str) -> Result<TokioIo<Stream>, Refusal> {
        let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let is_tls = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        if let (Reach::Guarded(guard), false) = (&self.reach, is_tls) {
            guard.check_plain_http(shown)?;
        }
        let addresses = self.look_up(host, port, shown).await?;
        let stream = connect_any(&addresses, shown).await?;
        if !is_tls {
            return Ok(TokioIo::new(Stream::Plain(stream)));
        }
        let name = ServerName::try_from(host.to_owned()).map_err(|_| {
            Error::invalid(format!("{shown} has no name a certificate could carry."))
        })?;
        let connector = TlsConnector::from(tls::config(&self.trust)?);
        let stream = connector.connect(name, stream).await.map_err(|error| {
            Error::new(ErrorKind::Upstream, format!("TLS with {shown} failed: {error}.")).hint(
                "give the host's certificate authority with --ca FILE.pem if it has one of its own",
            )
        })?;
        Ok(TokioIo::new(Stream::Tls(Box::new(stream))))
    }

    /// Looks a name up and checks every answer: one forbidden address refuses them all, so that a
    /// split answer cannot be tried until it slips through.
    async fn look_up(
        &self,
        host: &str,
        port: u16,
        shown: &str,
    ) -> Result<Vec<SocketAddr>, Refusal> {
        let addresses: Vec<SocketAddr> = match host.parse::<IpAddr>() {
            Ok(literal) => vec![SocketAddr::new(literal, port)],
            Err(_) => tokio::net::lookup_host((host, port))
                .await
                .map_err(|error| {
                    Error::new(
                        ErrorKind::Upstream,
                        format!("The name {shown} was not found: {error}."),
                    )
                })?
                .take(limits::ADDRESSES_MAX)
                .collect(),
        };
        if addresses.is_empty() {
            return Err(Error::new(ErrorKind::Upstream, format!("{shown} has no address.")).into());
        }
        if let Reach::Guarded(guard) = &self.reach {
            for address in &addresses {
                guard.check(host, address.ip())?;
            }
        }
        Ok(addresses)
    }
}

async fn connect_any(addresses: &[SocketAddr], shown: &str) -> Result<TcpStream, Refusal> {
    let mut last = io::Error::other("no address");
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                // Git's small requests must not wait for Nagle; failure only costs time.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(Error::new(ErrorKind::Upstream, format!("{shown} could not be reached: {last}.")).into())
}

impl tower::Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<TokioIo<Stream>, Refusal>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Refusal>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(self.clone().dial(uri))
    }
}

/// A connection, with or without TLS.
pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

macro_rules! forward {
    ($self:ident, $method:ident($($argument:expr),*)) => {
        match $self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).$method($($argument),*),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).$method($($argument),*),
        }
    };
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        forward!(self, poll_read(context, buffer))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        forward!(self, poll_write(context, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        forward!(self, poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        forward!(self, poll_shutdown(context))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        forward!(self, poll_write_vectored(context, buffers))
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Stream::Plain(stream) => stream.is_write_vectored(),
            Stream::Tls(stream) => stream.is_write_vectored(),
        }
    }
}
