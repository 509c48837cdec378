//! Hashes: of our own tokens, of the audit chain, and fingerprints of stored secrets.

use aws_lc_rs::digest;
use aws_lc_rs::hmac;
use domain::Secret;
use domain::audit::ChainMac;
use domain::audit::MAC_BYTES;

use crate::keys::SystemKey;

/// The hash a token of ours is stored and found by: SHA-256, since it has over 250 random bits.
pub fn token_hash(token: &Secret) -> [u8; 32] {
    sha256(token.expose())
}

/// A public digest of a public text, such as a certificate; hexadecimal.
pub fn digest_text(text: &str) -> String {
    sha256(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A digest of bytes that are no secret.
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    sha256(bytes)
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0u8; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    hash
}

fn hmac_sha256(key: &hmac::Key, message: &[u8]) -> [u8; MAC_BYTES] {
    let mut mac = [0u8; MAC_BYTES];
    mac.copy_from_slice(hmac::sign(key, message).as_ref());
    mac
}

/// The HMAC-SHA256 of a message under a secret key, for receivers that hold the same key.
pub fn sign(key: &Secret, message: &[u8]) -> [u8; MAC_BYTES] {
    hmac_sha256(&hmac::Key::new(hmac::HMAC_SHA256, key.expose()), message)
}

/// Whether this is the signature of a message under a key, lower-case hexadecimal; compared in constant
/// time.
pub fn is_signature(key: &Secret, message: &[u8], hexadecimal: &str) -> bool {
    let wanted: String = sign(key, message).iter().map(|byte| format!("{byte:02x}")).collect();
    aws_lc_rs::constant_time::verify_slices_are_equal(wanted.as_bytes(), hexadecimal.as_bytes())
        .is_ok()
}

/// The key of the audit chain.
pub struct AuditKey(hmac::Key);

impl AuditKey {
    /// From the instance's sealed audit key.
    pub fn new(key: &SystemKey) -> AuditKey {
        AuditKey(hmac::Key::new(hmac::HMAC_SHA256, key.bytes()))
    }
}

impl ChainMac for AuditKey {
    fn mac(&self, message: &[u8]) -> [u8; MAC_BYTES] {
        hmac_sha256(&self.0, message)
    }
}

/// The key of fingerprints: tells that the same secret is stored twice, and nothing else.
pub struct FingerprintKey(hmac::Key);

impl FingerprintKey {
    /// From the instance's sealed fingerprint key.
    pub fn new(key: &SystemKey) -> FingerprintKey {
        FingerprintKey(hmac::Key::new(hmac::HMAC_SHA256, key.bytes()))
    }

    /// The fingerprint of a secret within one organization.
    pub fn of(&self, organization: &domain::id::OrganizationId, secret: &Secret) -> [u8; 32] {
        let mut message = organization.bytes().to_vec();
        message.extend_from_slice(secret.expose());
        let mac = hmac_sha256(&self.0, &message);
        zeroize::Zeroize::zeroize(&mut message);
        mac
    }
}
