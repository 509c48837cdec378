//! Sealing: secrets under data keys, data keys under organization keys, those under a root key.
//!
//! AES-256-GCM through aws-lc-rs, nothing else. Every sealed thing is bound to the place it belongs
//! to ([`Place`]): organization, record kind, record id, version and purpose are authenticated, so a
//! row moved to another place does not open (threat 25). There is no mode without encryption.
//!
//! Deliberately not here: where envelopes and keys are stored.

mod aead;
mod digest;
mod envelope;
mod keys;
mod place;
mod root_file;

pub use aead::SystemEntropy;
pub use digest::AuditKey;
pub use digest::FingerprintKey;
pub use digest::digest;
pub use digest::digest_text;
pub use digest::is_signature;
pub use digest::sign;
pub use digest::token_hash;
pub use envelope::Envelope;
pub use envelope::open;
pub use envelope::rewrap;
pub use envelope::seal;
pub use keys::OrganizationKey;
pub use keys::RootKey;
pub use keys::SystemKey;
pub use keys::WrappedKey;
pub use place::Place;
pub use root_file::RootKeyFile;
pub use root_file::RootKeyLock;
