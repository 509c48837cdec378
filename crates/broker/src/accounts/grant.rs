//! A grant as it is sealed: both tokens and what the provider said about them, as one JSON text.

use domain::Error;
use domain::Result;
use domain::Secret;
use domain::Timestamp;
use providers::Granted;
use serde_json::Value;
use serde_json::json;

/// A grant, opened.
#[derive(Debug)]
pub(crate) struct Grant {
    pub access_token: Secret,
    pub refresh_token: Option<Secret>,
    pub scope: Option<String>,
    pub expires_at: Option<Timestamp>,
}

impl Grant {
    /// What the provider gave; what it left out of a renewal stays as it was.
    pub fn of(granted: Granted, before: Option<Grant>) -> Grant {
        let (old_refresh, old_scope) = match before {
            Some(before) => (before.refresh_token, before.scope),
            None => (None, None),
        };
        Grant {
            access_token: granted.access_token,
            refresh_token: granted.refresh_token.or(old_refresh),
            scope: granted.scope.or(old_scope),
            expires_at: granted.expires_at,
        }
    }

    /// The text that is sealed.
    pub fn to_secret(&self) -> Secret {
        let text = |secret: &Secret| secret.expose_text().map(ToOwned::to_owned);
        let value = json!({
            "access_token": text(&self.access_token),
            "refresh_token": self.refresh_token.as_ref().and_then(text),
            "token_type": "bearer",
            "scope": self.scope,
            "expires_at": self.expires_at.map(Timestamp::millis),
        });
        Secret::from(value.to_string())
    }

    /// The same once more, for what is to be done should it not be kept.
    pub fn copy(&self) -> Result<Grant> {
        Grant::read(&self.to_secret())
    }

    /// Whether it is the same grant.
    pub fn is_same(&self, other: &Grant) -> bool {
        self.access_token.expose() == other.access_token.expose()
    }

    /// Reads the text that was sealed.
    pub fn read(sealed: &Secret) -> Result<Grant> {
        let wrong = || Error::internal("a sealed grant is not what Claviger writes");
        let value: Value = serde_json::from_slice(sealed.expose()).map_err(|_| wrong())?;
        let text = |name: &str| value.get(name)?.as_str().map(str::to_owned);
        Ok(Grant {
            access_token: text("access_token").map(Secret::from).ok_or_else(wrong)?,
            refresh_token: text("refresh_token").map(Secret::from),
            scope: text("scope"),
            expires_at: value.get("expires_at").and_then(Value::as_i64).map(Timestamp::from_millis),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(refresh: Option<&str>) -> Granted {
        Granted {
            access_token: Secret::from("a".to_owned()),
            refresh_token: refresh.map(|text| Secret::from(text.to_owned())),
            scope: None,
            expires_at: Some(Timestamp::from_millis(5)),
        }
    }

    #[test]
    fn a_grant_comes_back_as_it_was_sealed() {
        let first = Grant::of(granted(Some("r")), None);
        let read = Grant::read(&first.to_secret()).unwrap();
        assert_eq!(read.access_token.expose(), b"a");
        assert_eq!(read.refresh_token.as_ref().unwrap().expose(), b"r");
        assert_eq!(read.expires_at, Some(Timestamp::from_millis(5)));
        assert!(Grant::read(&Secret::from("a token".to_owned())).is_err());
    }

    #[test]
    fn a_refresh_token_that_is_not_replaced_stays() {
        let first = Grant::of(granted(Some("r")), None);
        let second = Grant::of(granted(None), Some(first));
        assert_eq!(second.refresh_token.as_ref().unwrap().expose(), b"r");
        let third = Grant::of(granted(Some("s")), Some(second));
        assert_eq!(third.refresh_token.unwrap().expose(), b"s");
    }
}
