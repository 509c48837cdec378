//! One token and one key: what the issuer says with it, if it says anything.

use domain::Secret;
use domain::Timestamp;
use domain::token;
use jsonwebtoken::Header;
use jsonwebtoken::Validation;
use serde_json::Value;

use super::EMAIL;
use super::OidcSettings;
use super::keys;
use super::keys::Key;
use super::limits;
use crate::members::check_email;

/// Whether a text has the form of a JWT: three parts, and not one of our own tokens.
pub(crate) fn looks_like_one(presented: &Secret) -> bool {
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    token::kind_of(presented).is_none()
        && presented.byte_count() <= limits::TOKEN_BYTES_MAX
        && presented
            .expose_text()
            .is_some_and(|text| text.split('.').count() == 3 && text.split('.').all(is_part))
}

/// The header, of tokens that are looked at.
pub(super) fn header(presented: &Secret) -> Option<Header> {
    let header = jsonwebtoken::decode_header(presented.expose()).ok()?;
    // What must be understood and is not ends it. Keys that a token brings along are never used.
    (keys::is_allowed(header.alg) && header.crit.is_none()).then_some(header)
}

/// What a token is to say beside whose it is.
pub(super) struct Wanted<'a> {
    /// Whom it is meant for.
    pub audience: &'a str,
    /// The one sign-in it belongs to, and the one client it was given to.
    pub nonce: Option<&'a str>,
}

/// The address that a token proves with a key, folded as members' addresses are.
pub(super) fn address(
    presented: &Secret,
    key: &Key,
    settings: &OidcSettings,
    wanted: &Wanted<'_>,
    now: Timestamp,
) -> Option<String> {
    let header = header(presented)?;
    let mut rules = Validation::new(header.alg);
    rules.set_issuer(&[&settings.issuer]);
    rules.set_audience(&[wanted.audience]);
    rules.set_required_spec_claims(&["iss", "aud", "exp"]);
    // The library asks the machine for the time; ours is a parameter.
    rules.validate_exp = false;
    let read = jsonwebtoken::decode::<Value>(presented.expose(), &key.key, &rules);
    let claims = read.ok()?.claims;
    let is_its_own = claims.get("iss").and_then(Value::as_str) == Some(settings.issuer.as_str());
    let is_right = is_its_own && is_of_sign_in(&claims, wanted) && is_in_time(&claims, now);
    is_right.then(|| member(&claims, settings)).flatten()
}

/// An ID token names the sign-in it is for, and if it says whom it was given to, then us.
fn is_of_sign_in(claims: &Value, wanted: &Wanted<'_>) -> bool {
    let Some(nonce) = wanted.nonce else { return true };
    let is_given_to_us = claims.get("azp").is_none_or(|it| it.as_str() == Some(wanted.audience));
    is_given_to_us && claims.get("nonce").and_then(Value::as_str) == Some(nonce)
}

fn is_in_time(claims: &Value, now: Timestamp) -> bool {
    let seconds = |name: &str| claims.get(name).map(Value::as_i64);
    let now = now.seconds();
    let has_begun = match seconds("nbf") {
        None => true,
        Some(from) => from.is_some_and(|it| it <= now.saturating_add(limits::LEEWAY_SECONDS)),
    };
    let end = seconds("exp").flatten();
    has_begun && end.is_some_and(|it| now < it.saturating_add(limits::LEEWAY_SECONDS))
}

fn member(claims: &Value, settings: &OidcSettings) -> Option<String> {
    let said = claims.get(&settings.member_claim)?.as_str()?;
    let is_verified = claims.get("email_verified") == Some(&Value::Bool(true));
    if settings.member_claim == EMAIL && !is_verified {
        return None;
    }
    let folded = check_email(said).ok()?;
    // Some letters fold to ASCII ones: such an address would become somebody else's.
    (said.is_ascii() || said == folded).then_some(folded)
}
