//! Puts values into paths and queries.

use std::fmt::Write;

use domain::Error;
use domain::Result;

/// Percent-encodes everything but the unreserved characters.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// One segment of a path. An empty one would name the list, so it is refused; dots alone are
/// encoded, because somebody on the way could take them for a step up.
pub(crate) fn segment(text: &str) -> Result<String> {
    if text.is_empty() {
        return Err(
            Error::invalid("The id is empty.").hint("give an id, a handle or a unique name")
        );
    }
    if text.bytes().all(|byte| byte == b'.') {
        return Ok("%2E".repeat(text.len()));
    }
    Ok(encode(text))
}

/// A query of those values that are there, with its `?`; empty when none is.
pub(crate) fn query(pairs: &[(&str, Option<&str>)]) -> String {
    let mut query = String::new();
    for (name, value) in pairs {
        let Some(value) = value else { continue };
        let mark = if query.is_empty() { '?' } else { '&' };
        query.push(mark);
        query.push_str(name);
        query.push('=');
        query.push_str(&encode(value));
    }
    query
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_in_their_place() {
        assert_eq!(segment("github-prod").unwrap(), "github-prod");
        assert_eq!(segment("Acme / CI?#%").unwrap(), "Acme%20%2F%20CI%3F%23%25");
        assert_eq!(segment("..").unwrap(), "%2E%2E");
        assert_eq!(segment("é\n").unwrap(), "%C3%A9%0A");
        assert!(segment("").is_err());
        assert_eq!(query(&[("a", None)]), "");
        assert_eq!(query(&[("a", Some("x&y=z")), ("b", None), ("c", Some(""))]), "?a=x%26y%3Dz&c=");
    }
}
