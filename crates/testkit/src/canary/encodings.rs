//! The forms in which a secret may lie about.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Needle;

/// Every form of a secret, the plainest first, none twice.
pub(super) fn of_secret(secret: &str) -> Vec<Needle> {
    let bytes = secret.as_bytes();
    let mut forms: Vec<(&'static str, Vec<u8>)> = vec![
        ("raw", bytes.to_vec()),
        ("URL-encoded", percent(secret, "-._~").into_bytes()),
        ("URL-encoded, lower case", percent(secret, "-._~").to_lowercase_escapes().into_bytes()),
        ("form-encoded", percent(secret, "-._* ").replace(' ', "+").into_bytes()),
        ("JSON", json(secret).into_bytes()),
        ("JSON, slashes escaped", json(secret).replace('/', "\\/").into_bytes()),
        ("JSON, ASCII only", json_ascii(secret).into_bytes()),
        ("HTML", html(secret, "&#39;").into_bytes()),
        ("HTML, hexadecimal", html(secret, "&#x27;").into_bytes()),
        ("hex", hex(bytes).into_bytes()),
        ("hex, upper case", hex(bytes).to_uppercase().into_bytes()),
        ("UTF-16", secret.encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ];
    for (offset, encoding) in ["base64", "base64 at 1", "base64 at 2"].into_iter().enumerate() {
        forms.push((encoding, inner_base64(bytes, offset, &STANDARD_NO_PAD)));
    }
    for (offset, encoding) in
        ["base64url", "base64url at 1", "base64url at 2"].into_iter().enumerate()
    {
        forms.push((encoding, inner_base64(bytes, offset, &URL_SAFE_NO_PAD)));
    }
    distinct(forms)
}

/// The forms of a `user:secret` pair.
pub(super) fn of_pair(user: &str, secret: &str) -> Vec<Needle> {
    let pair = format!("{user}:{secret}");
    let whole = |engine: &dyn Fn(&str) -> String| engine(&pair).into_bytes();
    distinct(vec![
        ("user:secret", pair.clone().into_bytes()),
        ("base64 of user:secret", whole(&|pair| STANDARD_NO_PAD.encode(pair))),
        ("base64url of user:secret", whole(&|pair| URL_SAFE_NO_PAD.encode(pair))),
        ("hex of user:secret", whole(&|pair| hex(pair.as_bytes()))),
    ])
}

fn distinct(forms: Vec<(&'static str, Vec<u8>)>) -> Vec<Needle> {
    let mut needles: Vec<Needle> = Vec::new();
    for (encoding, bytes) in forms {
        if !bytes.is_empty() && needles.iter().all(|known| known.bytes != bytes) {
            needles.push(Needle { encoding, bytes });
        }
    }
    needles
}

/// The base64 characters that depend on nothing but the secret when it stands `offset` bytes
/// into a group of three, whatever stands before and behind it.
fn inner_base64(secret: &[u8], offset: usize, engine: &impl Engine) -> Vec<u8> {
    let mut padded = vec![0; offset];
    padded.extend_from_slice(secret);
    let encoded = engine.encode(&padded).into_bytes();
    let first = (offset * 8).div_ceil(6);
    let end = padded.len() * 8 / 6;
    encoded.get(first..end).unwrap_or_default().to_vec()
}

/// Escapes all but letters, digits and the characters in `plain`.
fn percent(text: &str, plain: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        let character = char::from(byte);
        if byte.is_ascii_alphanumeric() || plain.contains(character) {
            escaped.push(character);
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

trait Escapes {
    fn to_lowercase_escapes(&self) -> String;
}

impl Escapes for String {
    /// `%2F` → `%2f`; in an escaped text every `%` begins an escape.
    fn to_lowercase_escapes(&self) -> String {
        let mut left = 0;
        self.chars()
            .map(|character| {
                left = if character == '%' { 3 } else { left };
                let in_escape = left > 0;
                left = left.max(1) - 1;
                if in_escape { character.to_ascii_lowercase() } else { character }
            })
            .collect()
    }
}

fn json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.trim_start_matches('"').strip_suffix('"').unwrap_or_default().to_owned()
}

fn json_ascii(text: &str) -> String {
    let mut escaped = String::new();
    for character in json(text).chars() {
        if character.is_ascii() {
            escaped.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    escaped
}

fn html(text: &str, apostrophe: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', apostrophe)
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
