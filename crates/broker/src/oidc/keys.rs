//! An issuer's public keys: which of them may have signed a token, by id and by algorithm.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use jsonwebtoken::Algorithm;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::AlgorithmParameters;
use jsonwebtoken::jwk::EllipticCurve;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::jwk::KeyOperations;
use jsonwebtoken::jwk::PublicKeyUse;
use serde_json::Value;

use super::limits;

const RSA: [Algorithm; 6] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
];

/// Whether tokens signed so are looked at: public keys only, so that nobody signs with what all know.
pub(super) fn is_allowed(algorithm: Algorithm) -> bool {
    let others = [Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA];
    RSA.contains(&algorithm) || others.contains(&algorithm)
}

/// A key and what it may be used for.
pub(super) struct Key {
    id: Option<String>,
    algorithms: Vec<Algorithm>,
    /// The key itself.
    pub key: DecodingKey,
}

impl Key {
    /// Whether it may have signed a token with this header.
    pub fn may_have_signed(&self, id: Option<&str>, algorithm: Algorithm) -> bool {
        let is_it = id.is_none() || self.id.as_deref() == id;
        is_it && self.algorithms.contains(&algorithm)
    }
}

/// Reads a set of keys. Those we cannot use are left out; more than there is room for is refused.
pub(super) fn read(body: &[u8]) -> Result<Vec<Key>> {
    let set: Value = serde_json::from_slice(body).map_err(|_| wrong("is not JSON"))?;
    let all = set.get("keys").and_then(Value::as_array).ok_or_else(|| wrong("has no keys"))?;
    if all.len() > limits::KEYS_MAX {
        return Err(wrong("has too many keys"));
    }
    Ok(all.iter().filter_map(usable).collect())
}

fn usable(entry: &Value) -> Option<Key> {
    let jwk: Jwk = serde_json::from_value(entry.clone()).ok()?;
    let common = &jwk.common;
    let is_to_sign = common.public_key_use.as_ref().is_none_or(|it| *it == PublicKeyUse::Signature);
    let verifies = common.key_operations.as_ref();
    if !is_to_sign || verifies.is_some_and(|all| !all.contains(&KeyOperations::Verify)) {
        return None;
    }
    let mut algorithms = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => RSA.to_vec(),
        AlgorithmParameters::EllipticCurve(curve) => match curve.curve {
            EllipticCurve::P256 => vec![Algorithm::ES256],
            EllipticCurve::P384 => vec![Algorithm::ES384],
            _ => return None,
        },
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => {
            vec![Algorithm::EdDSA]
        }
        _ => return None,
    };
    if let Some(only) = common.key_algorithm {
        let only = Algorithm::try_from(only).ok()?;
        algorithms.retain(|algorithm| *algorithm == only);
    }
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    Some(Key { id: jwk.common.key_id, algorithms, key })
}

fn wrong(what: &str) -> Error {
    Error::new(ErrorKind::Upstream, format!("The issuer's set of keys {what}."))
}
