//! The envelope of a sealed secret, and its strict reader.
//!
//! ```text
//! 1 byte    version, 1
//! 16 bytes  id of the organization key
//! 60 bytes  data key, wrapped: nonce 12, ciphertext 32, tag 16
//! n bytes   content: nonce 12, ciphertext, tag 16
//! ```
//!
//! Each secret version has a data key of its own, so no key ever seals more than one message and
//! a copy of one opens nothing else.

use domain::Entropy;
use domain::Result;
use domain::Secret;
use domain::id::OrganizationKeyId;
use zeroize::Zeroizing;

use crate::aead::KEY_BYTES;
use crate::aead::Key;
use crate::aead::NONCE_BYTES;
use crate::aead::TAG_BYTES;
use crate::aead::damaged;
use crate::keys::OrganizationKey;
use crate::place::Place;

const VERSION: u8 = 1;
const WRAPPED_BYTES: usize = NONCE_BYTES + KEY_BYTES + TAG_BYTES;
const DATA_KEY_LABEL: &str = "claviger/data-key/v1";
const CONTENT_LABEL: &str = "claviger/content/v1";

/// An envelope taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// The organization key it needs.
    pub organization_key: [u8; 16],
    wrapped_data_key: &'a [u8],
    content: &'a [u8],
}

impl<'a> Envelope<'a> {
    /// Reads an envelope; every other version, a short or an empty one is refused.
    pub fn parse(bytes: &'a [u8]) -> Result<Envelope<'a>> {
        let (version, rest) = bytes.split_first().ok_or_else(damaged)?;
        let (organization_key, rest) = rest.split_first_chunk::<16>().ok_or_else(damaged)?;
        let (wrapped_data_key, content) =
            rest.split_at_checked(WRAPPED_BYTES).ok_or_else(damaged)?;
        if *version != VERSION || content.len() < NONCE_BYTES + TAG_BYTES {
            return Err(damaged());
        }
        Ok(Envelope { organization_key: *organization_key, wrapped_data_key, content })
    }

    fn needs(&self, key: &OrganizationKey) -> Result<()> {
        if self.organization_key == *key.id.bytes() { Ok(()) } else { Err(damaged()) }
    }
}

/// Seals a secret for a place under an organization's key.
pub fn seal(
    key: &OrganizationKey,
    entropy: &dyn Entropy,
    place: &Place<'_>,
    secret: &Secret,
) -> Result<Vec<u8>> {
    let mut data_key = Zeroizing::new([0u8; KEY_BYTES]);
    entropy.fill(data_key.as_mut_slice());
    let wrapped =
        key.key.encrypt(entropy, &bound(DATA_KEY_LABEL, place, key.id), data_key.as_slice())?;
    let content = Key::new(&data_key)?.encrypt(
        entropy,
        &bound(CONTENT_LABEL, place, key.id),
        secret.expose(),
    )?;
    let mut envelope = Vec::with_capacity(1 + 16 + wrapped.len() + content.len());
    envelope.push(VERSION);
    envelope.extend_from_slice(key.id.bytes());
    envelope.extend_from_slice(&wrapped);
    envelope.extend_from_slice(&content);
    Ok(envelope)
}

/// Opens an envelope at its place.
pub fn open(key: &OrganizationKey, place: &Place<'_>, envelope: &[u8]) -> Result<Secret> {
    let envelope = Envelope::parse(envelope)?;
    envelope.needs(key)?;
    let data_key = data_key(key, place, &envelope)?;
    let content = data_key.decrypt(&bound(CONTENT_LABEL, place, key.id), envelope.content)?;
    Ok(Secret::new(content.to_vec()))
}

/// Seals the same secret again under a newer organization key.
pub fn rewrap(
    older: &OrganizationKey,
    newer: &OrganizationKey,
    entropy: &dyn Entropy,
    place: &Place<'_>,
    envelope: &[u8],
) -> Result<Vec<u8>> {
    seal(newer, entropy, place, &open(older, place, envelope)?)
}

fn data_key(key: &OrganizationKey, place: &Place<'_>, envelope: &Envelope<'_>) -> Result<Key> {
    let bytes =
        key.key.decrypt(&bound(DATA_KEY_LABEL, place, key.id), envelope.wrapped_data_key)?;
    let bytes: &[u8; KEY_BYTES] = bytes.as_slice().try_into().map_err(|_| damaged())?;
    Key::new(bytes)
}

/// What is authenticated: the label, the place, and the organization key's id.
fn bound(label: &str, place: &Place<'_>, key: OrganizationKeyId) -> Vec<u8> {
    let mut bytes = place.bytes(label);
    bytes.extend_from_slice(key.bytes());
    bytes
}

#[cfg(test)]
#[path = "envelope_tests.rs"]
mod tests;
