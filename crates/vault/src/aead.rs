//! The cipher: AES-256-GCM with a fresh random nonce in front of the ciphertext.

use aws_lc_rs::aead::AES_256_GCM;
use aws_lc_rs::aead::Aad;
use aws_lc_rs::aead::LessSafeKey;
use aws_lc_rs::aead::NONCE_LEN;
use aws_lc_rs::aead::Nonce;
use aws_lc_rs::aead::UnboundKey;
use domain::Entropy;
use domain::Error;
use domain::Result;
use zeroize::Zeroizing;

pub(crate) const KEY_BYTES: usize = 32;
pub(crate) const NONCE_BYTES: usize = NONCE_LEN;
pub(crate) const TAG_BYTES: usize = 16;

/// The system's random source, through aws-lc-rs.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        #[expect(clippy::panic, reason = "without randomness nothing we do would be safe")]
        if aws_lc_rs::rand::fill(bytes).is_err() {
            panic!("the system's random source failed");
        }
    }
}

/// A cipher key of any level of the hierarchy.
pub(crate) struct Key(LessSafeKey);

impl Key {
    pub(crate) fn new(bytes: &[u8; KEY_BYTES]) -> Result<Key> {
        UnboundKey::new(&AES_256_GCM, bytes)
            .map(|key| Key(LessSafeKey::new(key)))
            .map_err(|_| Error::internal("the cipher refused a key"))
    }

    /// Nonce, ciphertext and tag.
    pub(crate) fn encrypt(
        &self,
        entropy: &dyn Entropy,
        authenticated: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>> {
        let mut nonce = [0u8; NONCE_BYTES];
        entropy.fill(&mut nonce);
        let mut buffer = Vec::with_capacity(NONCE_BYTES + plaintext.len() + TAG_BYTES);
        buffer.extend_from_slice(plaintext);
        let sealed = self.0.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(authenticated),
            &mut buffer,
        );
        sealed.map_err(|_| Error::internal("sealing failed"))?;
        buffer.splice(0..0, nonce);
        Ok(buffer)
    }

    /// The plaintext, if nonce, ciphertext, tag and authenticated bytes all belong together.
    pub(crate) fn decrypt(
        &self,
        authenticated: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>> {
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or_else(damaged)?;
        let mut buffer = Zeroizing::new(ciphertext.to_vec());
        let plaintext_bytes = self
            .0
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(authenticated),
                buffer.as_mut_slice(),
            )
            .map_err(|_| damaged())?
            .len();
        buffer.truncate(plaintext_bytes);
        Ok(buffer)
    }
}

/// The one answer to everything that does not open; it does not say why.
pub(crate) fn damaged() -> Error {
    Error::internal(
        "a sealed value does not open: it was changed, moved, or belongs to another key",
    )
}
