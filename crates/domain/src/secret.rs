//! The type of a secret's plaintext.
//!
//! No `Display`, `Serialize`, `Clone` or `PartialEq`; `Debug` shows neither content nor length.
//! [`Secret::expose`] is the only way out and tidy allows it in a closed list of files.

use std::fmt;

use zeroize::Zeroizing;

/// Plaintext of something secret, wiped from memory when dropped.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes ownership of plaintext bytes.
    pub fn new(bytes: Vec<u8>) -> Secret {
        Secret(Zeroizing::new(bytes))
    }

    /// The plaintext. Every caller is on tidy's list, with the reason.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The plaintext as text, if it is UTF-8.
    pub fn expose_text(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// Whether there is nothing in it; tells nothing else.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How long it is in bytes, for limits; never shown.
    pub fn byte_count(&self) -> usize {
        self.0.len()
    }

    /// Whether it can travel in a header and through git's credential protocol, which end
    /// lines at LF: no control characters at all.
    pub fn is_single_line(&self) -> bool {
        !self.0.iter().any(|byte| byte.is_ascii_control())
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Secret {
        Secret::new(text.into_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<'de> serde::Deserialize<'de> for Secret {
    /// Reading a secret from a request is fine; there is no way to write one back.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
        String::deserialize(deserializer).map(Secret::from)
    }
}
