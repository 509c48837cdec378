//! One request sent out: how a throw-away provider delivers a webhook.
//!
//! A plain client for loopback and tests. Nothing is followed, kept or retried, and the address
//! is not judged: what is shipped dials through the crate `outbound`.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http::Response;
use http_body_util::BodyExt;
use http_body_util::Full;
use http_body_util::Limited;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::ServerName;
use rustls::pki_types::pem::PemObject;
use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::limits::ANSWER_BYTES_MAX;

/// Sends a request to the whole address it names, `http` or `https`, and answers what comes back.
/// For `https` the authorities of `ca_pem` are trusted and no others.
pub async fn send(
    request: Request<Bytes>,
    ca_pem: &str,
    time_max: Duration,
) -> io::Result<Response<Bytes>> {
    match tokio::time::timeout(time_max, exchange(request, ca_pem)).await {
        Ok(answer) => answer,
        Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "no answer came in time")),
    }
}

async fn exchange(request: Request<Bytes>, ca_pem: &str) -> io::Result<Response<Bytes>> {
    let uri = request.uri().clone();
    let wrong = || io::Error::new(io::ErrorKind::InvalidInput, "that is no whole address");
    let host = uri.host().ok_or_else(wrong)?.trim_matches(['[', ']']).to_owned();
    let is_tls = uri.scheme_str() == Some("https");
    let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
    let stream = TcpStream::connect((host.as_str(), port)).await?;
    if !is_tls {
        return over(stream, request).await;
    }
    let name = ServerName::try_from(host).map_err(io::Error::other)?;
    let connector = TlsConnector::from(Arc::new(trusting(ca_pem)?));
    over(connector.connect(name, stream).await?, request).await
}

fn trusting(ca_pem: &str) -> io::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(ca_pem.as_bytes()) {
        roots.add(certificate.map_err(io::Error::other)?).map_err(io::Error::other)?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

async fn over(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    mut request: Request<Bytes>,
) -> io::Result<Response<Bytes>> {
    let authority = request.uri().authority().map(ToString::to_string).unwrap_or_default();
    let target = request.uri().path_and_query().map_or("/", |it| it.as_str()).to_owned();
    *request.uri_mut() = target.parse().map_err(io::Error::other)?;
    let host = authority.parse().map_err(io::Error::other)?;
    request.headers_mut().insert(http::header::HOST, host);
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    let driving = tokio::spawn(connection);
    let answer = sender.send_request(request.map(Full::new)).await.map_err(io::Error::other)?;
    let (parts, body) = answer.into_parts();
    let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await.map_err(io::Error::other)?;
    driving.abort();
    Ok(Response::from_parts(parts, body.to_bytes()))
}
