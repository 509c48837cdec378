//! The server's side of TLS: certificate and key from PEM, aws-lc-rs, HTTP/2 and HTTP/1.1.

use std::sync::Arc;

use domain::Error;
use domain::Result;
use rustls::ServerConfig;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use tokio_rustls::TlsAcceptor;

/// An acceptor for this certificate chain and key.
pub fn acceptor(certificate_pem: &[u8], key_pem: &[u8]) -> Result<TlsAcceptor> {
    let wrong = |what: &str| {
        Error::invalid(format!("The TLS {what} cannot be used."))
            .hint("give PEM files with --tls-cert and --tls-key")
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(certificate_pem)
        .collect::<Result<_, _>>()
        .map_err(|error| wrong("certificate").because(error))?;
    let key =
        PrivateKeyDer::from_pem_slice(key_pem).map_err(|error| wrong("key").because(error))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| wrong("certificate and key").because(error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
