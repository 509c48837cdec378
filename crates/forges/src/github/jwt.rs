//! The signed word of a GitHub App: RS256, its own number or client id as the issuer, ten minutes.

use aws_lc_rs::signature;
use aws_lc_rs::signature::UnparsedPublicKey;
use serde_json::Value;

use super::errors;
use crate::call::Call;
use crate::call::Caller;
use crate::call::Reply;
use crate::codes;

/// The longest life of such a word, in seconds.
const LIFE_SECONDS_MAX: i64 = 600;
/// How far its clock may be ahead of ours, in seconds.
const AHEAD_SECONDS_MAX: i64 = 60;

const UNREADABLE: &str = "A JSON web token could not be decoded";

/// Whether a token is one of these, and not a new installation token that ends in one.
pub(super) fn looks_like_one(value: &str) -> bool {
    value.matches('.').count() == 2 && !value.starts_with("ghs_")
}

/// The application that signed.
pub(super) fn verify(call: &Call<'_>, value: &str) -> Result<Caller, Reply> {
    let refuse = |message: &str| errors::error(401, message);
    let unreadable = || refuse(UNREADABLE);
    let (signed, signature) = value.rsplit_once('.').ok_or_else(unreadable)?;
    let (header, claims) = signed.split_once('.').ok_or_else(unreadable)?;
    let header = part(header).ok_or_else(unreadable)?;
    let claims = part(claims).ok_or_else(unreadable)?;
    let signature = codes::from_base64_url(signature).ok_or_else(unreadable)?;
    if header.get("alg").and_then(Value::as_str) != Some("RS256") {
        return Err(unreadable());
    }
    let issuer = match claims.get("iss") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => return Err(refuse("'Issuer' claim ('iss') must be an Integer")),
    };
    let state = call.state();
    let is_issuer = |it: &&crate::Application| {
        it.public_key.is_some() && (it.client_id == issuer || it.id.to_string() == issuer)
    };
    let application = state.applications.iter().find(is_issuer);
    let application = application.ok_or_else(|| errors::error(404, "Integration not found"))?;
    let key = application.public_key.as_deref().and_then(der).ok_or_else(unreadable)?;
    UnparsedPublicKey::new(&signature::RSA_PKCS1_2048_8192_SHA256, key)
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| unreadable())?;
    let now = call.now.seconds();
    let number = |name: &str| claims.get(name).and_then(Value::as_i64);
    match (number("iat"), number("exp")) {
        (None, _) => Err(refuse(
            "'Issued at' claim ('iat') must be an Integer representing the time that the \
             assertion was issued",
        )),
        (Some(begin), _) if begin > now + AHEAD_SECONDS_MAX => Err(refuse(
            "'Issued at' claim ('iat') must be an Integer representing the time that the \
             assertion was issued",
        )),
        (_, Some(end)) if end > now + LIFE_SECONDS_MAX + AHEAD_SECONDS_MAX => {
            Err(refuse("'Expiration time' claim ('exp') is too far in the future"))
        }
        (_, Some(end)) if end > now => {
            Ok(Caller::Application { client_id: application.client_id.clone() })
        }
        _ => Err(refuse(
            "'Expiration time' claim ('exp') must be a numeric value representing the future \
             time at which the assertion expires",
        )),
    }
}

fn part(text: &str) -> Option<Value> {
    serde_json::from_slice(&codes::from_base64_url(text)?).ok()
}

/// The key between the lines of a PEM text.
fn der(pem: &str) -> Option<Vec<u8>> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    codes::from_base64(body.trim())
}
