//! A certificate of our own, kept in `DIR/tls` and made again when its names no longer fit.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use domain::Error;
use domain::Result;
use domain::url::WebUrl;
use rcgen::CertificateParams;
use rcgen::DnType;
use rcgen::KeyPair;

use crate::data::shown;

/// Certificate and key, PEM.
pub struct Material {
    /// The certificate.
    pub certificate: Vec<u8>,
    /// Its key.
    pub key: Vec<u8>,
}

/// Reads the certificate of a data directory, or makes one for these addresses.
pub fn material(
    directory: &Path,
    listen: SocketAddr,
    public_url: Option<&WebUrl>,
) -> Result<Material> {
    let directory = directory.join("tls");
    let names = names(listen, public_url);
    let wanted = names.join("\n");
    let (cert, key, list) =
        (directory.join("cert.pem"), directory.join("key.pem"), directory.join("names"));
    let known = std::fs::read_to_string(&list).unwrap_or_default();
    if known == wanted
        && let (Ok(certificate), Ok(key)) = (std::fs::read(&cert), std::fs::read(&key))
    {
        return Ok(Material { certificate, key });
    }
    let made = make(names)?;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&directory)
        .and_then(|()| write(&key, &made.key, 0o600))
        .and_then(|()| write(&cert, &made.certificate, 0o644))
        // The list is written last: a crash before it makes the certificate again.
        .and_then(|()| write(&list, wanted.as_bytes(), 0o644))
        .map_err(|error| {
            Error::unavailable(format!("{} could not be written: {error}.", shown(&directory)))
        })?;
    Ok(made)
}

fn names(listen: SocketAddr, public_url: Option<&WebUrl>) -> Vec<String> {
    let mut names =
        BTreeSet::from(["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()]);
    if !listen.ip().is_unspecified() {
        names.insert(listen.ip().to_string());
    }
    if let Some(url) = public_url {
        names.insert(url.authority.host().trim_matches(['[', ']']).to_owned());
    }
    names.into_iter().collect()
}

fn make(names: Vec<String>) -> Result<Material> {
    let mut params = CertificateParams::default();
    for name in names {
        let name = match name.parse::<IpAddr>() {
            Ok(address) => rcgen::SanType::IpAddress(address),
            Err(_) => rcgen::SanType::DnsName(name.try_into().map_err(Error::internal)?),
        };
        params.subject_alt_names.push(name);
    }
    params.distinguished_name.push(DnType::CommonName, "Claviger, self-signed");
    let key = KeyPair::generate().map_err(Error::internal)?;
    let certificate = params.self_signed(&key).map_err(Error::internal)?;
    Ok(Material {
        certificate: certificate.pem().into_bytes(),
        key: key.serialize_pem().into_bytes(),
    })
}

fn write(path: &Path, bytes: &[u8], mode: u32) -> std::io::Result<()> {
    use std::io::Write;
    // A file that is there keeps its mode, so it is made anew.
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
