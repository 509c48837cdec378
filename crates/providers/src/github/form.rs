//! What the form of a GitHub token suggests. Forms change; nothing is ever refused for them.

use domain::Secret;

/// Prefixes of tokens that end in a checksum, and their whole length.
const CHECKED: [&str; 3] = ["ghp_", "gho_", "ghu_"];
const CHECKED_CHARACTERS: usize = 40;
const FINE_GRAINED: &str = "github_pat_";
const FINE_GRAINED_CHARACTERS: usize = 93;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// What it is by its beginning, if that tells, and whether such tokens have scopes.
pub(super) fn kind(secret: &Secret) -> Option<(&'static str, bool)> {
    const KINDS: [(&str, &str, bool); 5] = [
        ("ghp_", "classic token", true),
        ("gho_", "OAuth token", true),
        ("ghu_", "App's user token", false),
        ("ghs_", "installation token", false),
        (FINE_GRAINED, "fine-grained token", false),
    ];
    let text = secret.expose_text()?;
    let found = KINDS.into_iter().find(|(prefix, ..)| text.starts_with(prefix));
    found.map(|(_, kind, has_scopes)| (kind, has_scopes))
}

/// What looks wrong with it, if anything.
pub(super) fn hint(secret: &Secret) -> Option<String> {
    let text = secret.expose_text()?;
    if let Some(prefix) = CHECKED.into_iter().find(|prefix| text.starts_with(prefix)) {
        let body = text.get(prefix.len()..)?;
        return match text.len() {
            CHECKED_CHARACTERS if is_whole(body) => None,
            CHECKED_CHARACTERS => Some(
                "Its checksum does not fit; a character may have been lost or changed.".to_owned(),
            ),
            found => Some(format!(
                "It looks cut: tokens that begin with {prefix} have {CHECKED_CHARACTERS} characters, this one {}.",
                if found < CHECKED_CHARACTERS { "fewer" } else { "more" }
            )),
        };
    }
    if text.starts_with(FINE_GRAINED) && text.len() != FINE_GRAINED_CHARACTERS {
        return Some(format!(
            "It looks cut: fine-grained tokens have {FINE_GRAINED_CHARACTERS} characters."
        ));
    }
    None
}

/// The last six characters are the CRC-32 of the thirty before them, in base 62.
fn is_whole(body: &str) -> bool {
    let Some((random, checksum)) = body.split_at_checked(30) else { return false };
    let mut number = crc32fast::hash(random.as_bytes());
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        let index = usize::try_from(number % 62).unwrap_or_default();
        *digit = ALPHABET.get(index).copied().unwrap_or(b'0');
        number /= 62;
    }
    digits == checksum.as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &str) -> Option<String> {
        hint(&Secret::from(format!("{}{body}", "ghp_")))
    }

    #[test]
    fn a_bad_paste_is_noticed() {
        let random = "A".repeat(30);
        assert_eq!(of(&format!("{random}{}", "0uCPlr")), None);
        assert!(of(&format!("{random}{}", "0uCPls")).unwrap().contains("checksum"));
        assert!(of(&random).unwrap().contains("fewer"));
        assert!(hint(&Secret::from(format!("github_{}", "pat_short"))).is_some());
        assert_eq!(hint(&Secret::from("anything else".to_owned())), None);
        assert_eq!(hint(&Secret::from(format!("{}{}", "ghs_", "x".repeat(520)))), None);
    }
}
