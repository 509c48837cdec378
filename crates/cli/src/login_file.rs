//! What `claviger login` stored: the server, the token, and perhaps a certificate authority.
//!
//! The only file of this crate that exposes a secret: it writes the token into a file of mode 0600.

use std::path::PathBuf;

use client::Connection;
use domain::Error;
use domain::Result;
use domain::Secret;
use domain::token;
use domain::url::WebUrl;
use serde::Deserialize;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::files;
use crate::limits;
use crate::surroundings::Surroundings;

/// A stored login.
#[derive(Debug)]
pub(crate) struct Login {
    /// The server.
    pub(crate) url: WebUrl,
    /// The API token.
    pub(crate) token: Secret,
    /// The server's own certificate authority, PEM.
    pub(crate) ca_pem: Option<String>,
}

impl Login {
    /// The connection of this login.
    pub(crate) fn connection(&self) -> Connection {
        Connection {
            url: self.url.clone(),
            token: Some(Secret::new(self.token.expose().to_vec())),
            ca_pem: self.ca_pem.clone(),
        }
    }
}

#[derive(Serialize)]
struct Written<'a> {
    url: String,
    token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ca_pem: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    url: String,
    token: Secret,
    ca_pem: Option<String>,
}

/// Where the login is stored.
pub(crate) fn path(surroundings: &Surroundings) -> Result<PathBuf> {
    Ok(surroundings.configuration_directory()?.join("login.json"))
}

/// Reads the stored login, if there is one.
pub(crate) fn read(surroundings: &Surroundings) -> Result<Option<Login>> {
    let path = path(surroundings)?;
    let bytes = match files::read_file_or_stdin(&path, limits::LOGIN_BYTES_MAX) {
        Err(error) if error.kind() == domain::ErrorKind::NotFound => return Ok(None),
        bytes => bytes?,
    };
    let damaged = || {
        Error::invalid(format!("{} is damaged.", path.display())).hint("run `claviger login` again")
    };
    let read: Read = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
    let url = WebUrl::parse(&read.url).map_err(|_| damaged())?;
    Ok(Some(Login { url, token: read.token, ca_pem: read.ca_pem }))
}

/// Stores a login in place of the one before; says where.
pub(crate) fn write(surroundings: &Surroundings, login: &Login) -> Result<PathBuf> {
    let token =
        login.token.expose_text().ok_or_else(|| Error::invalid("The token is not UTF-8 text."))?;
    let written = Written { url: login.url.to_string(), token, ca_pem: login.ca_pem.as_deref() };
    let mut bytes = Zeroizing::new(Vec::with_capacity(limits::LOGIN_BYTES_MAX));
    serde_json::to_writer_pretty(&mut *bytes, &written).map_err(Error::internal)?;
    let path = path(surroundings)?;
    files::write_private(&path, &bytes)?;
    Ok(path)
}

/// Forgets the login; says whether there was one.
pub(crate) fn remove(surroundings: &Surroundings) -> Result<bool> {
    files::remove(&path(surroundings)?)
}

/// Tells a bad paste before it travels: a token of ours whose checksum is wrong.
pub(crate) fn check_whole(token: &Secret) -> Result<()> {
    let text = token.expose_text().unwrap_or_default();
    if text.starts_with("clv_") && token::recognise(text).is_none() {
        return Err(Error::invalid("The token is damaged: its checksum is wrong.")
            .hint("copy it again, from its first character to its last"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surroundings::tests::with;

    #[test]
    fn a_login_round_trips_and_is_private() {
        let home = tempfile::tempdir().unwrap();
        let surroundings = with(&[("HOME", home.path().to_str().unwrap())]);
        assert!(read(&surroundings).unwrap().is_none());
        let login = Login {
            url: WebUrl::parse("https://c.lan:8471/").unwrap(),
            token: Secret::from("clv_api_x".to_owned()),
            ca_pem: Some("PEM\n".to_owned()),
        };
        let path = write(&surroundings, &login).unwrap();
        assert_eq!(path, home.path().join(".config/claviger/login.json"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        let found = read(&surroundings).unwrap().unwrap();
        assert_eq!(found.url, login.url);
        assert_eq!(found.token.expose_text(), Some("clv_api_x"));
        assert_eq!(found.ca_pem, login.ca_pem);
        assert!(!format!("{found:?}").contains("clv_api_x"));
        assert!(remove(&surroundings).unwrap());
        assert!(!remove(&surroundings).unwrap());
    }

    #[test]
    fn damage_is_told() {
        let home = tempfile::tempdir().unwrap();
        let surroundings = with(&[("XDG_CONFIG_HOME", home.path().to_str().unwrap())]);
        files::write_private(&path(&surroundings).unwrap(), b"{}").unwrap();
        assert!(read(&surroundings).unwrap_err().message().contains("damaged"));
        assert!(check_whole(&Secret::from("clv_api_short".to_owned())).is_err());
        assert!(check_whole(&Secret::from("another.kind.of.token".to_owned())).is_ok());
    }
}
