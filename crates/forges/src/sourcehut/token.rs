//! SourceHut's tokens, which can be read by everybody and made by nobody else: version, end,
//! grants, client and user name in BARE, and a sum over them; base64 without padding.

use domain::Timestamp;

use crate::codes;

/// What the sum is made with; every forge here has the same.
const KEY: &[u8] = b"the key of a throw-away forge";
const SUM_BYTES: usize = 32;

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) expires_at: Timestamp,
    pub(super) grants: String,
    pub(super) client_id: String,
    pub(super) username: String,
}

/// A token that a SourceHut forge takes, whether it was added or not, for a user it knows. The
/// grants are words like `git.sr.ht/REPOSITORIES:RO` with spaces between them; none is all.
pub fn token(grants: &str, username: &str, expires_at: Timestamp) -> String {
    let said = Said {
        expires_at,
        grants: grants.to_owned(),
        client_id: String::new(),
        username: username.to_owned(),
    };
    encode(&said)
}

/// As it is presented.
pub(super) fn encode(said: &Said) -> String {
    let mut bytes = vec![0];
    bytes.extend(said.expires_at.seconds().to_le_bytes());
    for text in [&said.grants, &said.client_id, &said.username] {
        put_length(&mut bytes, text.len());
        bytes.extend(text.as_bytes());
    }
    let sum = codes::hmac_sha256(KEY, &bytes);
    bytes.extend(sum);
    codes::to_base64(&bytes).trim_end_matches('=').to_owned()
}

/// What a token says, if its sum is right.
pub(super) fn decode(value: &str) -> Option<Said> {
    let padding = "=".repeat((4 - value.len() % 4) % 4);
    let bytes = codes::from_base64(&format!("{value}{padding}"))?;
    let (plain, sum) = bytes.split_at_checked(bytes.len().checked_sub(SUM_BYTES)?)?;
    if codes::hmac_sha256(KEY, plain) != sum {
        return None;
    }
    let (&0, rest) = plain.split_first()? else { return None };
    let (seconds, mut rest) = rest.split_first_chunk::<8>()?;
    let mut text = || {
        let length = take_length(&mut rest)?;
        let (text, after) = rest.split_at_checked(length)?;
        rest = after;
        String::from_utf8(text.to_vec()).ok()
    };
    Some(Said {
        expires_at: Timestamp::from_millis(i64::from_le_bytes(*seconds).checked_mul(1000)?),
        grants: text()?,
        client_id: text()?,
        username: text()?,
    })
}

/// Seven bits a byte, the lowest first.
fn put_length(bytes: &mut Vec<u8>, mut length: usize) {
    while length >= 128 {
        let [lowest, ..] = length.to_le_bytes();
        bytes.push(lowest | 128);
        length /= 128;
    }
    let [lowest, ..] = length.to_le_bytes();
    bytes.push(lowest);
}

fn take_length(bytes: &mut &[u8]) -> Option<usize> {
    let mut length = 0;
    for shift in (0..35).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        length |= usize::from(byte & 127) << shift;
        if byte < 128 {
            return Some(length);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let end = Timestamp::from_millis(1_800_000_000_000);
        let value = token(&"x".repeat(200), "octocat", end);
        assert!(!value.contains('='));
        let said = decode(&value).unwrap();
        assert_eq!((said.grants.len(), said.username.as_str()), (200, "octocat"));
        assert_eq!(said.expires_at, end);
        // The first byte is the version, the next eight are the end.
        let bytes = codes::from_base64(&token("", "octocat", end)).unwrap();
        assert_eq!(bytes.len(), 1 + 8 + 1 + 1 + 8 + 32);
        assert_eq!(bytes[1..9], 1_800_000_000_i64.to_le_bytes());
        let mut wrong = value;
        wrong.replace_range(20..21, if &wrong[20..21] == "A" { "B" } else { "A" });
        assert_eq!(decode(&wrong), None);
        assert_eq!(decode("AAAA"), None);
    }
}
