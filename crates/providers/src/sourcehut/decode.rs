//! What a SourceHut token says about itself (contract §7): its end, its grants, its owner.
//!
//! Nobody but SourceHut can tell whether it is genuine; what is read here counts once it accepted it.

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::GeneralPurpose;
use base64::engine::GeneralPurposeConfig;
use domain::Secret;
use domain::Timestamp;
use domain::text::printable;

use crate::limits;

/// The MAC at its end.
const MAC_BYTES: usize = 32;
const VERSION: u8 = 0;
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What it says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Claims {
    pub expires_at: Timestamp,
    /// None means all there are.
    pub grants: Vec<String>,
    /// The owner's name, without `~`.
    pub owner: String,
    /// Whether an OAuth client got it.
    pub is_of_client: bool,
}

/// Reads it; none if it is of another form.
pub(super) fn claims(secret: &Secret) -> Option<Claims> {
    let bytes = ENGINE.decode(secret.expose_text()?).ok()?;
    let mut rest = bytes.get(..bytes.len().checked_sub(MAC_BYTES)?)?;
    if take(&mut rest, 1)? != [VERSION] {
        return None;
    }
    let seconds = i64::from_le_bytes(take(&mut rest, 8)?.try_into().ok()?);
    let grants = take_text(&mut rest)?;
    let client = take_text(&mut rest)?;
    let owner = take_text(&mut rest)?;
    let grants = grants.split_whitespace().take(limits::SCOPES_MAX);
    (rest.is_empty() && !owner.is_empty()).then(|| Claims {
        expires_at: Timestamp::from_millis(seconds.saturating_mul(1000)),
        grants: grants.map(|it| printable(it, limits::TEXT_CHARACTERS_MAX)).collect(),
        owner: printable(owner, limits::TEXT_CHARACTERS_MAX),
        is_of_client: !client.is_empty(),
    })
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(count)?;
    *rest = left;
    Some(taken)
}

/// A text after its length, seven bits a byte, the lowest first.
fn take_text<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let mut length = 0_usize;
    for shift in [0, 7, 14] {
        let byte = *take(rest, 1)?.first()?;
        length |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return std::str::from_utf8(take(rest, length)?).ok();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(version: u8, texts: [&str; 3], mac_bytes: usize) -> Secret {
        let mut bytes = vec![version];
        bytes.extend(1_790_000_000_i64.to_le_bytes());
        for text in texts {
            let (low, high) = (text.len() & 0x7f, text.len() >> 7);
            match high {
                0 => bytes.push(u8::try_from(low).unwrap()),
                _ => bytes.extend([u8::try_from(low | 0x80).unwrap(), u8::try_from(high).unwrap()]),
            }
            bytes.extend(text.as_bytes());
        }
        bytes.extend(vec![7; mac_bytes]);
        Secret::from(ENGINE.encode(bytes))
    }

    #[test]
    fn all_is_read() {
        let grants = "git.sr.ht/REPOSITORIES:RO meta.sr.ht/PROFILE:RO";
        let read = claims(&token(0, [grants, "", "octocat"], MAC_BYTES)).unwrap();
        assert_eq!(read.expires_at.seconds(), 1_790_000_000);
        assert_eq!(read.grants, ["git.sr.ht/REPOSITORIES:RO", "meta.sr.ht/PROFILE:RO"]);
        assert_eq!((read.owner.as_str(), read.is_of_client), ("octocat", false));
        let long = format!("{grants} ").repeat(4);
        assert_eq!(claims(&token(0, [&long, "id", "octocat"], MAC_BYTES)).unwrap().grants.len(), 8);
    }

    #[test]
    fn other_forms_are_not_guessed_at() {
        let texts = ["", "", "octocat"];
        assert!(claims(&token(0, texts, MAC_BYTES)).is_some());
        assert_eq!(claims(&token(1, texts, MAC_BYTES)), None);
        assert_eq!(claims(&token(0, texts, MAC_BYTES - 1)), None);
        assert_eq!(claims(&token(0, texts, MAC_BYTES + 1)), None);
        for text in ["", "0123456789abcdef", "not base64!"] {
            assert_eq!(claims(&Secret::from(text.to_owned())), None, "{text}");
        }
    }
}
