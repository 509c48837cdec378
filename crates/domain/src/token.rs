//! The form of our own tokens: `clv_api_…`, `clv_lease_…`, `clv_ses_…`, `clv_link_…`.
//!
//! A kind prefix so that scanners and people recognise them, 43 random base62 characters (over
//! 250 bits), and six base62 characters of CRC-32 over everything before. The checksum only tells a
//! bad paste from a wrong token; security is in the random part, of which only a hash is stored.

use crate::Entropy;
use crate::Secret;

/// What a token of ours is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// An API token.
    Api,
    /// A lease.
    Lease,
    /// The secret half of an access key; it signs, and is never presented.
    SecretKey,
    /// A browser's session; good in the console only.
    Session,
    /// A link that signs somebody in to the console, once.
    SignInLink,
}

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BODY_CHARACTERS: usize = 43;
const CHECKSUM_CHARACTERS: usize = 6;

impl TokenKind {
    /// Every kind.
    pub const ALL: [TokenKind; 5] = [
        TokenKind::Api,
        TokenKind::Lease,
        TokenKind::SecretKey,
        TokenKind::Session,
        TokenKind::SignInLink,
    ];

    /// The prefix that tells it.
    pub const fn prefix(self) -> &'static str {
        match self {
            TokenKind::Api => "clv_api_",
            TokenKind::Lease => "clv_lease_",
            TokenKind::SecretKey => "clv_sk_",
            TokenKind::Session => "clv_ses_",
            TokenKind::SignInLink => "clv_link_",
        }
    }
}

/// Makes a token of a kind.
pub fn generate(kind: TokenKind, entropy: &dyn Entropy) -> Secret {
    let mut text = kind.prefix().to_owned();
    while text.len() < kind.prefix().len() + BODY_CHARACTERS {
        let mut random = [0u8; 64];
        entropy.fill(&mut random);
        for byte in random {
            // 248 is the largest multiple of 62 in a byte: rejecting the rest keeps it uniform.
            let is_full = text.len() == kind.prefix().len() + BODY_CHARACTERS;
            if byte < 248 && !is_full {
                text.push(letter(u32::from(byte) % 62));
            }
        }
    }
    let checksum = checksum(&text);
    text.push_str(&checksum);
    Secret::from(text)
}

/// What kind a presented token claims to be, and whether it is whole.
pub fn kind_of(presented: &Secret) -> Option<TokenKind> {
    presented.expose_text().and_then(recognise)
}

/// What kind a text claims to be, and whether it is whole. `None`: not one of our tokens, or damaged.
pub fn recognise(text: &str) -> Option<TokenKind> {
    let kind = TokenKind::ALL.into_iter().find(|kind| text.starts_with(kind.prefix()))?;
    if text.len() != kind.prefix().len() + BODY_CHARACTERS + CHECKSUM_CHARACTERS {
        return None;
    }
    let (body, sum) = text.split_at_checked(text.len() - CHECKSUM_CHARACTERS)?;
    (checksum(body) == sum).then_some(kind)
}

fn letter(digit: u32) -> char {
    let index = usize::try_from(digit).unwrap_or(0);
    ALPHABET.get(index).map_or('0', |byte| char::from(*byte))
}

fn checksum(body: &str) -> String {
    let mut rest = crc32fast::hash(body.as_bytes());
    let mut digits = Vec::with_capacity(CHECKSUM_CHARACTERS);
    for _ in 0..CHECKSUM_CHARACTERS {
        digits.push(letter(rest % 62));
        rest /= 62;
    }
    digits.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;
    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            for (index, byte) in bytes.iter_mut().enumerate() {
                *byte = u8::try_from(index * 7 % 256).unwrap();
            }
        }
    }

    #[test]
    fn a_token_is_recognised_and_a_damaged_one_is_not() {
        for kind in TokenKind::ALL {
            let token = generate(kind, &Counting);
            let text = token.expose_text().unwrap();
            assert_eq!(recognise(text), Some(kind));
            assert_eq!(recognise(&text[..text.len() - 1]), None);
            assert_eq!(recognise(&text.to_ascii_uppercase()), None);
            let damaged: String =
                text.chars().enumerate().map(|(i, c)| if i == 12 { 'z' } else { c }).collect();
            assert!(damaged == text || recognise(&damaged).is_none());
        }
        assert_eq!(recognise("clv_api_é"), None);
    }
}
