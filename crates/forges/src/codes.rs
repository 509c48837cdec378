//! Encodings and sums: percent signs, queries, base64, hex, digests, and random texts.

use aws_lc_rs::digest;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Entropy;
use percent_encoding::AsciiSet;
use percent_encoding::NON_ALPHANUMERIC;
use serde_json::Value;

/// What stays as it is in a part of a URL.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The letters of random texts and of GitHub's checksum.
pub(crate) const BASE62: &[u8; 62] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Encodes a part of a URL; a slash too.
pub(crate) fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, UNRESERVED).to_string()
}

/// Encodes a path; slashes stay.
pub(crate) fn encode_path(path: &str) -> String {
    path.split('/').map(encode).collect::<Vec<_>>().join("/")
}

/// Decodes a part of a URL; none if it is not text.
pub(crate) fn decode(text: &str) -> Option<String> {
    percent_encoding::percent_decode_str(text).decode_utf8().ok().map(|text| text.into_owned())
}

/// Reads `a=b&c=d`, as in a query or a form.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    let read = |text: &str| decode(&text.replace('+', " ")).unwrap_or_default();
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (read(name), read(value)))
        .collect()
}

/// Writes `a=b&c=d`.
pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    let write = |(name, value): &(&str, &str)| format!("{}={}", encode(name), encode(value));
    pairs.iter().map(write).collect::<Vec<_>>().join("&")
}

/// Base64 with padding.
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads base64 with padding; the line ends that some clients write do no harm.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text.replace(['\n', '\r'], "")).ok()
}

/// Base64 for URLs, without padding.
pub(crate) fn to_base64_url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads base64 for URLs.
pub(crate) fn from_base64_url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Adds the fields of one object to another.
pub(crate) fn join(mut first: Value, second: Value) -> Value {
    if let (Some(fields), Value::Object(more)) = (first.as_object_mut(), second) {
        fields.extend(more);
    }
    first
}

/// Whether a text says yes: `true`, `True`, `1`, …
pub(crate) fn is_yes(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "true" | "t" | "1" | "yes" | "on")
}

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

/// HMAC with SHA-256.
pub(crate) fn hmac_sha256(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), bytes).as_ref().to_vec()
}

/// HMAC with SHA-1, which providers still send beside the better one.
pub(crate) fn hmac_sha1(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    hmac::sign(&key, bytes).as_ref().to_vec()
}

/// That many random letters and digits.
pub(crate) fn letters(entropy: &dyn Entropy, count: usize) -> String {
    let mut bytes = vec![0; count];
    entropy.fill(&mut bytes);
    let letter = |byte: &u8| BASE62.get(usize::from(*byte) % BASE62.len()).map(|it| *it as char);
    bytes.iter().filter_map(letter).collect()
}

/// That many random bytes in hex.
pub(crate) fn hex_letters(entropy: &dyn Entropy, byte_count: usize) -> String {
    let mut bytes = vec![0; byte_count];
    entropy.fill(&mut bytes);
    hex(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        assert_eq!(encode("a/b c~"), "a%2Fb%20c~");
        assert_eq!(encode_path("a/b c"), "a/b%20c");
        assert_eq!(decode("a%2Fb").as_deref(), Some("a/b"));
        assert_eq!(decode("%ff"), None);
        let read = pairs("a=b%20c&d=e+f&g");
        let expected = [("a", "b c"), ("d", "e f"), ("g", "")];
        assert!(read.iter().map(|(a, b)| (a.as_str(), b.as_str())).eq(expected));
        assert_eq!(query(&[("a", "b c"), ("d", "&")]), "a=b%20c&d=%26");
    }

    #[test]
    fn the_published_vector_of_a_signature() {
        let signature = hmac_sha256(b"It's a Secret to Everybody", b"Hello, World!");
        let expected = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        assert_eq!(hex(&signature), expected);
    }
}
