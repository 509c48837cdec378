//! Making hostile text harmless before people or terminals see it (threats 4 and 5).

use std::fmt::Write;

/// Bytes as digits, two each, in lower case.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Escapes everything a terminal or a reader could be fooled by: control characters, bidirectional
/// overrides, zero-width characters and line separators. Cuts after `characters_max` characters.
pub fn printable(text: &str, characters_max: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(characters_max));
    for (count, character) in text.chars().enumerate() {
        if count == characters_max {
            shown.push('…');
            break;
        }
        if is_deceptive(character) {
            // Writing to a String cannot fail.
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Whether a character can move the cursor, hide, or reorder what is around it.
pub fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Replaces every occurrence of each non-empty `needle` by `***`, for text that an upstream sent back.
pub fn scrub(text: &str, needles: &[&str]) -> String {
    needles
        .iter()
        .filter(|needle| !needle.is_empty())
        .fold(text.to_owned(), |scrubbed, needle| scrubbed.replace(needle, "***"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deceptive_characters_are_escaped() {
        assert_eq!(printable("a\u{1b}[31mb", 20), "a\\u{1b}[31mb");
        assert_eq!(printable("evil\u{202e}gpj", 20), "evil\\u{202e}gpj");
        assert_eq!(printable("tab\tnew\nline", 20), "tab\\u{9}new\\u{a}line");
        assert_eq!(printable("grün — fine", 20), "grün — fine");
        assert_eq!(printable("abcdef", 3), "abc…");
    }

    #[test]
    fn needles_are_scrubbed() {
        assert_eq!(scrub("say tok-1 and tok-1", &["tok-1", ""]), "say *** and ***");
    }
}
