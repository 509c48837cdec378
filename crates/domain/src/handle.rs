//! Handles: short names for scripts, derived once from a credential's name by a stated rule.
//!
//! The rule: lower-case the ASCII letters, keep `a-z`, `0-9`, turn every other run of characters
//! into one `-`, trim `-` at both ends, put `c-` in front if it does not start with a letter, cut
//! to [`HANDLE_BYTES_MAX`], and pad a name shorter than [`HANDLE_BYTES_MIN`] with `-key`. A handle that is taken gets
//! `-2`, `-3`, …. It never changes when the credential is renamed.

/// The longest handle, in bytes; the ServiceStage surface allows 63.
pub const HANDLE_BYTES_MAX: usize = 63;
/// The shortest handle, in bytes; the ServiceStage surface asks for 4.
pub const HANDLE_BYTES_MIN: usize = 4;
/// Room kept free for the `-2`, `-3`, … of a handle that is taken.
const SUFFIX_BYTES_MAX: usize = 8;

/// Derives the handle of a name, before looking whether it is taken.
pub fn derive(name: &str) -> String {
    let mut handle = String::new();
    for character in name.chars() {
        if character.is_ascii_alphanumeric() {
            handle.push(character.to_ascii_lowercase());
        } else if !handle.ends_with('-') && !handle.is_empty() {
            handle.push('-');
        }
        if handle.len() >= HANDLE_BYTES_MAX - SUFFIX_BYTES_MAX {
            break;
        }
    }
    let trimmed = handle.trim_matches('-');
    let mut handle = match trimmed.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => trimmed.to_owned(),
        Some(_) => format!("c-{trimmed}"),
        None => "credential".to_owned(),
    };
    if handle.len() < HANDLE_BYTES_MIN {
        handle.push_str("-key");
    }
    handle
}

/// The `attempt`-th form of a handle: the handle itself, then `-2`, `-3`, ….
pub fn numbered(handle: &str, attempt: u32) -> String {
    match attempt {
        0 | 1 => handle.to_owned(),
        _ => format!("{handle}-{attempt}"),
    }
}

/// Whether a text has the form of a handle.
pub fn is_handle(text: &str) -> bool {
    (HANDLE_BYTES_MIN..=HANDLE_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule() {
        for (name, handle) in [
            ("GitHub prod", "github-prod"),
            ("  Acme / CI (write)  ", "acme-ci-write"),
            ("42", "c-42"),
            ("ab", "ab-key"),
            ("日本", "credential"),
            ("été", "t-key"),
            ("", "credential"),
            ("a\u{202e}b", "a-b-key"),
        ] {
            assert_eq!(derive(name), handle, "{name:?}");
            assert!(is_handle(&derive(name)), "{name:?}");
        }
        assert!(is_handle(&numbered(&derive(&"x".repeat(300)), 999_999)));
    }

    proptest::proptest! {
        #[test]
        fn every_name_has_a_handle(name in ".{0,300}") {
            proptest::prop_assert!(is_handle(&derive(&name)), "{}", derive(&name));
        }
    }
}
