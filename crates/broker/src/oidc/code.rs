//! Signing in with a browser: where people are sent, and what their code is redeemed for.
//!
//! The code alone is worth nothing: the verifier and the nonce come from the browser's own cookie.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::text::printable;
use http::Request;
use http::StatusCode;
use http::header::ACCEPT;
use http::header::AUTHORIZATION;
use http::header::CONTENT_TYPE;
use outbound::Trust;
use percent_encoding::AsciiSet;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::utf8_percent_encode;
use serde_json::Value;

use super::Issuer;
use super::OidcSettings;
use super::fetch::Endpoints;
use super::limits;
use super::verify;
use super::verify::Wanted;

/// Everything but the unreserved characters of a URL.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// Characters of an issuer's word for what is wrong.
const WORD_CHARACTERS_MAX: usize = 60;

/// A sign-in that is begun.
pub(crate) struct Begun<'a> {
    pub redirect_uri: &'a str,
    pub state: &'a str,
    pub nonce: &'a str,
    pub challenge: &'a str,
}

/// A sign-in that comes back.
pub(crate) struct Back<'a> {
    pub redirect_uri: &'a str,
    pub code: &'a Secret,
    pub verifier: &'a Secret,
    pub nonce: &'a str,
    /// Who says that they sent the browser back.
    pub issuer: Option<&'a str>,
}

impl Issuer {
    /// The address that a browser is sent to.
    pub async fn authorize_url(self: &Arc<Self>, begun: Begun<'_>) -> Result<String> {
        let endpoints = self.endpoints().await?;
        let query = form(&[
            ("response_type", "code"),
            ("client_id", &self.settings().client_id),
            ("redirect_uri", begun.redirect_uri),
            ("scope", "openid email"),
            ("state", begun.state),
            ("nonce", begun.nonce),
            ("code_challenge", begun.challenge),
            ("code_challenge_method", "S256"),
        ]);
        let place = &endpoints.authorize;
        let mark = if place.contains('?') { '&' } else { '?' };
        Ok(format!("{place}{mark}{query}"))
    }

    /// The address of whoever came back, folded: what the issuer says for their code.
    pub async fn redeem(self: &Arc<Self>, back: Back<'_>) -> Result<String> {
        let endpoints = self.endpoints().await?;
        let settings = self.settings();
        let is_it = match back.issuer {
            Some(said) => said == settings.issuer,
            None => !endpoints.is_issuer_told,
        };
        if !is_it {
            return Err(Error::forbidden("Another issuer answered than the one that was asked."));
        }
        let work = self.present(&endpoints, &back);
        let late = |_| wrong("took too long to answer");
        let said = tokio::time::timeout(limits::FETCH_TIME_MAX, work).await.map_err(late)??;
        let token = said.get("id_token").and_then(Value::as_str);
        let token = Secret::from(token.ok_or_else(|| wrong("gave no ID token"))?.to_owned());
        let wanted = Wanted { audience: &settings.client_id, nonce: Some(back.nonce) };
        if !verify::looks_like_one(&token) {
            return Err(wrong("gave something that is no ID token"));
        }
        self.proven(&token, &wanted).await.map_err(|error| match error.kind() {
            ErrorKind::Unauthenticated => {
                Error::forbidden("The OIDC issuer's ID token proves no address for this sign-in.")
                    .hint("the address must be verified there, and the token meant for this server")
            }
            _ => error,
        })
    }

    async fn present(&self, endpoints: &Endpoints, back: &Back<'_>) -> Result<Value> {
        let settings = self.settings();
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", text(back.code)?),
            ("redirect_uri", back.redirect_uri),
            ("code_verifier", text(back.verifier)?),
        ];
        let mut request = Request::post(endpoints.token.clone())
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        match (&settings.client_secret, endpoints.takes_basic) {
            (Some(secret), true) => {
                request = request.header(AUTHORIZATION, basic(settings, secret)?);
            }
            (secret, _) => {
                fields.push(("client_id", &settings.client_id));
                if let Some(secret) = secret {
                    fields.push(("client_secret", text(secret)?));
                }
            }
        }
        let request = request.body(outbound::full(form(&fields))).map_err(Error::internal)?;
        let answer = self.outbound().send(request, &Trust::Roots).await?;
        let status = answer.status();
        let body = outbound::read_limited(answer.into_body(), limits::ANSWER_BYTES_MAX).await?;
        let said = serde_json::from_slice::<Value>(&body).unwrap_or_default();
        if status == StatusCode::OK {
            return Ok(said);
        }
        match said.get("error").and_then(Value::as_str) {
            Some("invalid_grant") => Err(Error::forbidden(
                "The OIDC issuer does not know this sign-in, or not any more.",
            )
            .hint("begin again")),
            Some(word) => Err(wrong(&format!("refuses: {}", printable(word, WORD_CHARACTERS_MAX)))),
            None => Err(wrong(&format!("answered {}", status.as_u16()))),
        }
    }
}

fn basic(settings: &OidcSettings, secret: &Secret) -> Result<http::HeaderValue> {
    let pair = format!("{}:{}", encoded(&settings.client_id), encoded(text(secret)?));
    let line = format!("Basic {}", STANDARD.encode(pair));
    let mut value = http::HeaderValue::try_from(line).map_err(Error::internal)?;
    value.set_sensitive(true);
    Ok(value)
}

fn form(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> =
        fields.iter().map(|(name, text)| format!("{name}={}", encoded(text))).collect();
    pairs.join("&")
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

fn text(secret: &Secret) -> Result<&str> {
    secret.expose_text().ok_or_else(|| Error::invalid("What came back is not text."))
}

fn wrong(what: &str) -> Error {
    Error::new(ErrorKind::Upstream, format!("The OIDC issuer {what}."))
}
