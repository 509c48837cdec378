//! Which server a command talks to, and with which token.
//!
//! `CLAVIGER_URL`, `CLAVIGER_TOKEN` and `CLAVIGER_CA` override what login stored. The stored token
//! and certificate authority belong to the stored server: they are never used with another one.

use std::path::Path;

use client::Client;
use client::Connection;
use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::limits::CA_BYTES_MAX;
use domain::url::WebUrl;

use crate::files;
use crate::login_file;
use crate::login_file::Login;
use crate::surroundings::Surroundings;

/// The server and what is known for it; nothing when no server is known.
pub(crate) fn find(surroundings: &Surroundings) -> Result<Option<Connection>> {
    let stated = stated_url(surroundings)?;
    let token = surroundings.text("CLAVIGER_TOKEN")?.map(|text| Secret::from(text.to_owned()));
    let ca_pem = stated_ca(surroundings)?;
    let is_all_stated = stated.is_some() && token.is_some() && ca_pem.is_some();
    let stored = if is_all_stated { None } else { login_file::read(surroundings)? };
    let stored = stored.filter(|login| stated.as_ref().is_none_or(|url| *url == login.url));
    Ok(match (stated, stored) {
        (None, None) => None,
        (Some(url), None) => Some(Connection { url, token, ca_pem }),
        (_, Some(Login { url, token: stored_token, ca_pem: stored_ca })) => Some(Connection {
            url,
            token: token.or(Some(stored_token)),
            ca_pem: ca_pem.or(stored_ca),
        }),
    })
}

/// The server named by `CLAVIGER_URL`.
pub(crate) fn stated_url(surroundings: &Surroundings) -> Result<Option<WebUrl>> {
    surroundings.text("CLAVIGER_URL")?.map(WebUrl::parse).transpose()
}

/// The certificate authority in the file named by `CLAVIGER_CA`.
pub(crate) fn stated_ca(surroundings: &Surroundings) -> Result<Option<String>> {
    surroundings.path("CLAVIGER_CA").map(|path| read_ca(&path)).transpose()
}

/// Reads a PEM file.
pub(crate) fn read_ca(path: &Path) -> Result<String> {
    let pem = files::read_text(path, CA_BYTES_MAX)?;
    if pem.contains("-----BEGIN CERTIFICATE-----") {
        return Ok(pem);
    }
    Err(Error::invalid(format!("{} holds no certificate.", path.display()))
        .hint("give a PEM file, with -----BEGIN CERTIFICATE----- in it"))
}

/// A connection with a token, or the error that says how to get one.
pub(crate) fn require(connection: Option<Connection>) -> Result<Connection> {
    let Some(connection) = connection else {
        return Err(Error::new(ErrorKind::Unauthenticated, "No server is known.")
            .hint("run `claviger login URL`, or set CLAVIGER_URL and CLAVIGER_TOKEN"));
    };
    if connection.token.is_none() {
        let message = format!("There is no token for {}.", connection.url);
        return Err(Error::new(ErrorKind::Unauthenticated, message)
            .hint("run `claviger login` for this server, or set CLAVIGER_TOKEN"));
    }
    Ok(connection)
}

/// A client that may ask.
pub(crate) fn client(surroundings: &Surroundings) -> Result<Client> {
    Client::new(require(find(surroundings)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surroundings::tests::with;

    fn found(home: &Path, url: &str, token: &str) -> Option<(String, bool, bool)> {
        let variables =
            [("HOME", home.to_str().unwrap()), ("CLAVIGER_URL", url), ("CLAVIGER_TOKEN", token)];
        let connection = find(&with(&variables)).unwrap()?;
        Some((connection.url.to_string(), connection.token.is_some(), connection.ca_pem.is_some()))
    }

    #[test]
    fn the_environment_wins_and_the_stored_token_stays_with_its_server() {
        let home = tempfile::tempdir().unwrap();
        let home = home.path();
        assert_eq!(found(home, "", ""), None);
        let stated = |url: &str, token, ca| Some((url.to_owned(), token, ca));
        assert_eq!(found(home, "https://a.lan", "t"), stated("https://a.lan", true, false));
        let login = Login {
            url: WebUrl::parse("https://stored.lan").unwrap(),
            token: Secret::from("x".to_owned()),
            ca_pem: Some("PEM".to_owned()),
        };
        login_file::write(&with(&[("HOME", home.to_str().unwrap())]), &login).unwrap();
        assert_eq!(found(home, "", ""), stated("https://stored.lan", true, true));
        assert_eq!(found(home, "https://STORED.lan:443/", ""), found(home, "", ""));
        assert_eq!(found(home, "https://a.lan", ""), stated("https://a.lan", false, false));
        assert_eq!(found(home, "http://stored.lan", ""), stated("http://stored.lan", false, false));
    }

    #[test]
    fn without_a_token_the_hint_says_what_to_do() {
        let error = require(None).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthenticated);
        assert!(error.hint_text().unwrap().contains("claviger login"));
    }
}
