//! What people want to know of a certificate. It is only shown; nothing is decided by it.

use std::fmt::Write;

use aws_lc_rs::digest;
use domain::Timestamp;
use domain::text::printable;
use rustls_pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;
use x509_parser::time::ASN1Time;

use crate::limits;

/// One certificate of a chain, in words. The texts are the host's own, made harmless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whose it is, as in `CN=git.example`.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The names and addresses it is for, the first few.
    pub names: Vec<String>,
    /// When it begins.
    pub not_before: Timestamp,
    /// When it ends.
    pub not_after: Timestamp,
    /// The SHA-256 of the certificate, in lower-case hexadecimal.
    pub sha256: String,
}

impl Certificate {
    /// Reads one; none if it is no certificate.
    pub(super) fn read(der: &CertificateDer<'_>) -> Option<Certificate> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let validity = certificate.validity();
        Some(Certificate {
            subject: shown(&certificate.subject()),
            issuer: shown(&certificate.issuer()),
            names: names(&certificate),
            not_before: moment(validity.not_before),
            not_after: moment(validity.not_after),
            sha256: fingerprint(der),
        })
    }
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let names = extension.value.general_names.iter().map(|name| match name {
        GeneralName::DNSName(name) => shown(name),
        GeneralName::IPAddress(bytes) => address(bytes),
        other => shown(other),
    });
    names.take(limits::NAMES_SHOWN_MAX).collect()
}

fn address(bytes: &[u8]) -> String {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return std::net::Ipv4Addr::from(four).to_string();
    }
    match <[u8; 16]>::try_from(bytes) {
        Ok(six) => std::net::Ipv6Addr::from(six).to_string(),
        Err(_) => "an address of an odd length".to_owned(),
    }
}

fn shown(text: &impl ToString) -> String {
    printable(&text.to_string(), limits::CERTIFICATE_TEXT_CHARACTERS_MAX)
}

fn moment(time: ASN1Time) -> Timestamp {
    Timestamp::from_millis(time.timestamp().saturating_mul(1000))
}

fn fingerprint(der: &[u8]) -> String {
    let mut text = String::new();
    for byte in digest::digest(&digest::SHA256, der).as_ref() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
