//! Whom TLS trusts: the machine's authorities, bundled ones where it has none, or a host's own.
//!
//! `SSL_CERT_FILE` and `SSL_CERT_DIR` replace the machine's authorities; the loader reads them.

use std::io;
use std::sync::Arc;
use std::sync::OnceLock;

use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::text::printable;
use rustls::CertificateError;
use rustls::ClientConfig;
use rustls::ConfigBuilder;
use rustls::RootCertStore;
use rustls::WantsVerifier;
use rustls::crypto::CryptoProvider;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::ServerName;
use rustls_pki_types::UnixTime;
use rustls_pki_types::pem::PemObject;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::Trust;
use crate::dial::Target;
use crate::dial::upstream;
use crate::limits;

/// Reads the certificates of a PEM text; one at least.
pub fn parse_certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>> {
    let wrong = || {
        Error::invalid("The certificate authority is not PEM.".to_owned())
            .hint("give the file that begins with -----BEGIN CERTIFICATE-----")
    };
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| wrong().because(error))?;
    if certificates.is_empty() { Err(wrong()) } else { Ok(certificates) }
}

/// Speaks TLS over a connection and checks whom it is with.
pub(crate) async fn connect(
    stream: TcpStream,
    target: &Target,
    config: Arc<ClientConfig>,
) -> Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from(target.host.clone()).map_err(|_| {
        Error::invalid(format!("{} has no name a certificate could carry.", target.shown))
    })?;
    TlsConnector::from(config)
        .connect(name, stream)
        .await
        .map_err(|error| explain(&target.shown, error))
}

/// The TLS settings for a trust. The machine's authorities are read once, on first use.
pub(crate) fn config(trust: &Trust) -> Result<Arc<ClientConfig>> {
    static MACHINE: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let (Trust::Roots, Some(config)) = (trust, MACHINE.get()) {
        return Ok(Arc::clone(config));
    }
    let config = builder()?.with_root_certificates(roots(trust)?).with_no_client_auth();
    let config = Arc::new(config);
    Ok(match trust {
        Trust::Roots => Arc::clone(MACHINE.get_or_init(|| config)),
        Trust::Pem(_) => config,
    })
}

/// The one library that does all cryptography.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

pub(crate) fn builder() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>> {
    ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)
}

pub(crate) fn roots(trust: &Trust) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    match certificates(trust)? {
        Some(certificates) => {
            roots.add_parsable_certificates(certificates);
        }
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    Ok(roots)
}

/// The certificates that are trusted, each of them usable; `None` means the bundled ones.
pub(crate) fn certificates(trust: &Trust) -> Result<Option<Vec<CertificateDer<'static>>>> {
    let Trust::Pem(pem) = trust else { return machine_certificates() };
    let certificates = parse_certificates(pem)?;
    for certificate in &certificates {
        usable(certificate).map_err(|error| {
            Error::invalid("The certificate authority cannot be used.".to_owned()).because(error)
        })?;
    }
    Ok(Some(certificates))
}

fn usable(certificate: &CertificateDer<'static>) -> std::result::Result<(), rustls::Error> {
    RootCertStore::empty().add(certificate.clone())
}

fn machine_certificates() -> Result<Option<Vec<CertificateDer<'static>>>> {
    let mut found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a certificate authority of this machine could not be read");
    }
    found.certs.retain(|certificate| usable(certificate).is_ok());
    if !found.certs.is_empty() {
        return Ok(Some(found.certs));
    }
    if ["SSL_CERT_FILE", "SSL_CERT_DIR"].iter().any(|name| std::env::var_os(name).is_some()) {
        // Somebody chose whom to trust: nobody else is trusted instead.
        return Err(Error::unavailable(
            "SSL_CERT_FILE or SSL_CERT_DIR is set, and no certificate authority is found there.",
        )
        .hint("correct the variable, or unset it to trust the machine's own authorities"));
    }
    tracing::info!("this machine has no certificate authorities; using the bundled ones");
    Ok(None)
}

/// Turns a failed handshake into a sentence.
pub(crate) fn explain(shown: &str, error: io::Error) -> Error {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let sentence = match tls {
        Some(tls) => explain_tls(shown, tls),
        None => upstream(format!("TLS with {shown} failed: {}.", shortly(&error))),
    };
    sentence.because(error)
}

/// The same for an error of TLS itself.
pub(crate) fn explain_tls(shown: &str, error: &rustls::Error) -> Error {
    match error {
        rustls::Error::InvalidCertificate(reason) => distrust(shown, reason),
        other => upstream(format!("TLS with {shown} failed: {}.", shortly(other))),
    }
}

/// Why a certificate is not trusted.
fn distrust(shown: &str, reason: &CertificateError) -> Error {
    match reason {
        CertificateError::UnknownIssuer => upstream(format!(
            "The certificate of {shown} is not signed by an authority that is trusted for it."
        ))
        .hint("give the host's certificate authority with --ca FILE.pem if it has one of its own"),
        CertificateError::NotValidForNameContext { presented, .. } => upstream(format!(
            "The certificate of {shown} is not for this name but for {}.",
            names(presented)
        ))
        .hint("use a name that the certificate has, or give the host a certificate for this one"),
        CertificateError::ExpiredContext { not_after, .. } => {
            upstream(format!("The certificate of {shown} expired at {}.", moment(*not_after)))
                .hint("renew it on the host, and check this machine's clock")
        }
        CertificateError::NotValidYetContext { not_before, .. } => {
            upstream(format!("The certificate of {shown} begins at {}.", moment(*not_before)))
                .hint("check the clocks of this machine and of the host")
        }
        other => upstream(format!("The certificate of {shown} is not good: {}.", shortly(other)))
            .hint(
                "the host needs a server certificate and the certificates between it and its \
                   authority, in order",
            ),
    }
}

/// `DnsName("a.example")` and its like without the wrapping.
fn names(presented: &[String]) -> String {
    if presented.is_empty() {
        return "none".to_owned();
    }
    let plain = |name: &String| {
        let inner = name.split_once('(').map_or(name.as_str(), |(_, inner)| inner);
        shortly(&inner.trim_end_matches(')').trim_matches('"'))
    };
    let shown: Vec<_> = presented.iter().take(limits::NAMES_SHOWN_MAX).map(plain).collect();
    shown.join(", ")
}

fn moment(time: UnixTime) -> Timestamp {
    Timestamp::default().plus(std::time::Duration::from_secs(time.as_secs()))
}

/// Text that comes partly from the other side.
fn shortly(text: &impl ToString) -> String {
    printable(&text.to_string(), limits::CERTIFICATE_TEXT_CHARACTERS_MAX)
}
