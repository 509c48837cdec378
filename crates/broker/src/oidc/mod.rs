//! The configured OIDC issuer: its tokens prove an e-mail address, and nothing else.
//!
//! Whose address it is, and what they may do, our own store says. Deliberately not here: sessions,
//! and anything that a token says about roles.

mod code;
mod fetch;
mod issuer;
mod keys;
mod limits;
mod verify;

use std::sync::Arc;

use domain::Error;
use domain::Result;
use domain::Secret;
use domain::text::printable;
use domain::url::Scheme;
use domain::url::WebUrl;

pub(crate) use code::Back;
pub(crate) use code::Begun;
pub(crate) use issuer::Issuer;
pub(crate) use verify::looks_like_one;

/// Characters of a setting in a sentence.
const SHOWN_CHARACTERS_MAX: usize = 120;
/// The claim that counts only when the issuer says that it was verified.
const EMAIL: &str = "email";

/// An issuer whose tokens are believed, for one audience.
#[derive(Clone, Debug)]
pub struct OidcSettings {
    issuer: String,
    audience: String,
    member_claim: String,
    client_id: String,
    client_secret: Option<Arc<Secret>>,
}

impl OidcSettings {
    /// Checks what an operator set. The issuer is kept as it was written: tokens must name it so.
    pub fn new(
        issuer: String,
        audience: String,
        member_claim: Option<String>,
        allows_plain_http: bool,
    ) -> Result<OidcSettings> {
        let url = WebUrl::parse(&issuer).map_err(|error| {
            Error::invalid(format!("The OIDC issuer is wrong: {}", error.message()))
                .hint("give it as the issuer's tokens name it in `iss`")
        })?;
        if url.scheme == Scheme::Http && !allows_plain_http {
            let shown = printable(&issuer, SHOWN_CHARACTERS_MAX);
            return Err(Error::invalid(format!("The OIDC issuer {shown} is without TLS."))
                .hint("use https, or --allow-plain-http for a lab"));
        }
        let member_claim = member_claim.unwrap_or_else(|| EMAIL.to_owned());
        if audience.is_empty() || member_claim.is_empty() {
            return Err(Error::invalid("The OIDC audience and the member claim may not be empty.")
                .hint("give the audience that the issuer puts into tokens for this server"));
        }
        let client_id = audience.clone();
        Ok(OidcSettings { issuer, audience, member_claim, client_id, client_secret: None })
    }

    /// The client that this server is at the issuer, for people who sign in with a browser: by its id
    /// (else the audience), and with a secret unless it is a public one.
    #[must_use]
    pub fn with_client(mut self, id: Option<String>, secret: Option<Secret>) -> OidcSettings {
        self.client_id = id.unwrap_or(self.client_id);
        self.client_secret = secret.map(Arc::new);
        self
    }

    /// The issuer, as its tokens name it.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What its tokens name when they are meant for this server.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// The claim with a member's address.
    pub fn member_claim(&self) -> &str {
        &self.member_claim
    }

    /// The client that this server is there.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Whether that client has a secret.
    pub fn has_client_secret(&self) -> bool {
        self.client_secret.is_some()
    }
}

#[cfg(test)]
mod tests;
