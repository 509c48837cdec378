//! Whom TLS trusts: the machine's authorities, bundled ones where it has none, or a host's own.
//!
//! `SSL_CERT_FILE` is honoured by the loader of the machine's authorities.

use std::sync::Arc;
use std::sync::OnceLock;

use domain::Error;
use domain::Result;
use rustls::ClientConfig;
use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::Trust;

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

/// The TLS settings for a trust. The machine's authorities are read once, on first use.
pub(crate) fn config(trust: &Trust) -> Result<Arc<ClientConfig>> {
    static MACHINE: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    match trust {
        Trust::Roots => match MACHINE.get() {
            Some(config) => Ok(Arc::clone(config)),
            None => {
                let config = build(machine_roots())?;
                Ok(Arc::clone(MACHINE.get_or_init(|| config)))
            }
        },
        Trust::Pem(pem) => {
            let mut roots = RootCertStore::empty();
            for certificate in parse_certificates(pem)? {
                roots.add(certificate).map_err(|error| {
                    Error::invalid("The certificate authority cannot be used.".to_owned())
                        .because(error)
                })?;
            }
            build(roots)
        }
    }
}

fn machine_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        tracing::info!("this machine has no certificate authorities; using the bundled ones");
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    roots
}

fn build(roots: RootCertStore) -> Result<Arc<ClientConfig>> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
