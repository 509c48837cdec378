//! The key hierarchy: a root key wraps organization keys and the instance's own keys.

use domain::Entropy;
use domain::Error;
use domain::Result;
use domain::id::OrganizationId;
use domain::id::OrganizationKeyId;
use zeroize::Zeroizing;

use crate::aead::KEY_BYTES;
use crate::aead::Key;
use crate::aead::damaged;
use crate::digest::sha256;
use crate::place::Place;

/// The key everything hangs on. Lives in a file apart from the data, never in the database.
pub struct RootKey {
    id: String,
    bytes: Zeroizing<[u8; KEY_BYTES]>,
    key: Key,
}

/// A key as stored: wrapped by the root key of this id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey {
    /// Which root key wrapped it.
    pub root_key_id: String,
    /// Nonce, ciphertext, tag.
    pub bytes: Vec<u8>,
}

impl RootKey {
    /// A new one.
    pub fn generate(entropy: &dyn Entropy) -> Result<RootKey> {
        let mut bytes = Zeroizing::new([0u8; KEY_BYTES]);
        entropy.fill(bytes.as_mut_slice());
        RootKey::from_bytes(bytes)
    }

    pub(crate) fn from_bytes(bytes: Zeroizing<[u8; KEY_BYTES]>) -> Result<RootKey> {
        // The id is public; a hash under its own label tells nothing about the key.
        let mut labelled = Zeroizing::new(b"claviger root key id\0".to_vec());
        labelled.extend_from_slice(bytes.as_slice());
        let id = sha256(&labelled).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let key = Key::new(&bytes)?;
        Ok(RootKey { id, bytes, key })
    }

    /// Its public id: sixteen hexadecimal characters.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.bytes
    }

    /// A value that only this key opens, stored beside its id to prove a key before it is used.
    pub fn check_value(&self, entropy: &dyn Entropy) -> Result<Vec<u8>> {
        self.key.encrypt(entropy, &check_place(&self.id), b"claviger")
    }

    /// Whether a stored check value was made by this key.
    pub fn proves(&self, check_value: &[u8]) -> bool {
        self.key.decrypt(&check_place(&self.id), check_value).is_ok()
    }

    /// Makes a new organization key and its wrapped form.
    pub fn new_organization_key(
        &self,
        entropy: &dyn Entropy,
        id: OrganizationKeyId,
        organization: OrganizationId,
    ) -> Result<(OrganizationKey, WrappedKey)> {
        let mut bytes = Zeroizing::new([0u8; KEY_BYTES]);
        entropy.fill(bytes.as_mut_slice());
        let wrapped =
            self.wrap(entropy, &organization_place(organization, &id.to_string()), &bytes)?;
        Ok((OrganizationKey { id, organization, key: Key::new(&bytes)? }, wrapped))
    }

    /// Opens a wrapped organization key.
    pub fn open_organization_key(
        &self,
        id: OrganizationKeyId,
        organization: OrganizationId,
        wrapped: &WrappedKey,
    ) -> Result<OrganizationKey> {
        let bytes = self.unwrap(&organization_place(organization, &id.to_string()), wrapped)?;
        Ok(OrganizationKey { id, organization, key: Key::new(&bytes)? })
    }

    /// Makes a new key of the instance itself and its wrapped form.
    pub fn new_system_key(
        &self,
        entropy: &dyn Entropy,
        purpose: &str,
    ) -> Result<(SystemKey, WrappedKey)> {
        let mut bytes = Zeroizing::new([0u8; KEY_BYTES]);
        entropy.fill(bytes.as_mut_slice());
        let wrapped = self.wrap(entropy, &system_place(purpose), &bytes)?;
        Ok((SystemKey(bytes), wrapped))
    }

    /// Opens a wrapped key of the instance itself.
    pub fn open_system_key(&self, purpose: &str, wrapped: &WrappedKey) -> Result<SystemKey> {
        self.unwrap(&system_place(purpose), wrapped).map(SystemKey)
    }

    /// Wraps an organization key again, by `newer` instead of this key.
    pub fn hand_over_organization_key(
        &self,
        newer: &RootKey,
        entropy: &dyn Entropy,
        id: OrganizationKeyId,
        organization: OrganizationId,
        wrapped: &WrappedKey,
    ) -> Result<WrappedKey> {
        let place = organization_place(organization, &id.to_string());
        newer.wrap(entropy, &place, &*self.unwrap(&place, wrapped)?)
    }

    /// Wraps a key of the instance again, by `newer` instead of this key.
    pub fn hand_over_system_key(
        &self,
        newer: &RootKey,
        entropy: &dyn Entropy,
        purpose: &str,
        wrapped: &WrappedKey,
    ) -> Result<WrappedKey> {
        let place = system_place(purpose);
        newer.wrap(entropy, &place, &*self.unwrap(&place, wrapped)?)
    }

    fn wrap(
        &self,
        entropy: &dyn Entropy,
        place: &[u8],
        key: &[u8; KEY_BYTES],
    ) -> Result<WrappedKey> {
        let bytes = self.key.encrypt(entropy, place, key)?;
        Ok(WrappedKey { root_key_id: self.id.clone(), bytes })
    }

    fn unwrap(&self, place: &[u8], wrapped: &WrappedKey) -> Result<Zeroizing<[u8; KEY_BYTES]>> {
        if wrapped.root_key_id != self.id {
            return Err(Error::unavailable(format!(
                "A key is wrapped by root key {}, but root key {} was given.",
                wrapped.root_key_id, self.id
            ))
            .hint("start with the root key file that belongs to this data"));
        }
        let plain = self.key.decrypt(place, &wrapped.bytes)?;
        let mut bytes = Zeroizing::new([0u8; KEY_BYTES]);
        if plain.len() != KEY_BYTES {
            return Err(damaged());
        }
        bytes.copy_from_slice(&plain);
        Ok(bytes)
    }
}

/// A key that seals one organization's secrets. Deleting its row shreds everything under it.
pub struct OrganizationKey {
    pub(crate) id: OrganizationKeyId,
    pub(crate) organization: OrganizationId,
    pub(crate) key: Key,
}

impl OrganizationKey {
    /// Its id, written into every envelope it seals.
    pub fn id(&self) -> OrganizationKeyId {
        self.id
    }

    /// Whose it is.
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }
}

/// A key of the instance itself, as for the audit chain.
pub struct SystemKey(Zeroizing<[u8; KEY_BYTES]>);

impl SystemKey {
    pub(crate) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

fn check_place(id: &str) -> Vec<u8> {
    let place = Place {
        organization: None,
        record_kind: "root_key",
        record_id: id,
        version: 1,
        purpose: "check",
    };
    place.bytes("claviger/check/v1")
}

fn organization_place(organization: OrganizationId, id: &str) -> Vec<u8> {
    let place = Place {
        organization: Some(organization),
        record_kind: "organization_key",
        record_id: id,
        version: 1,
        purpose: "wrap",
    };
    place.bytes("claviger/wrap/v1")
}

fn system_place(purpose: &str) -> Vec<u8> {
    let place = Place {
        organization: None,
        record_kind: "system_key",
        record_id: purpose,
        version: 1,
        purpose,
    };
    place.bytes("claviger/wrap/v1")
}
