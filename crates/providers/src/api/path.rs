//! Writing paths: everything that comes from outside is one segment, whatever is in it.

use percent_encoding::AsciiSet;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::utf8_percent_encode;

/// Everything but the unreserved characters of a URL.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One segment of a path, or one value of a query. A segment of dots only would be taken for a step
/// through the path, so its dots are encoded too.
pub(crate) fn segment(text: &str) -> String {
    if !text.is_empty() && text.bytes().all(|byte| byte == b'.') {
        return text.replace('.', "%2E");
    }
    utf8_percent_encode(text, RESERVED).to_string()
}

/// A path of several segments, its slashes kept.
pub(crate) fn segments(text: &str) -> String {
    text.split('/').map(segment).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steps_out_of_its_segment() {
        assert_eq!(segment("a/b?c#d%&e=f é"), "a%2Fb%3Fc%23d%25%26e%3Df%20%C3%A9");
        assert_eq!(segment(".."), "%2E%2E");
        assert_eq!(segments("a b/../c"), "a%20b/%2E%2E/c");
        assert_eq!(segment("v1.2_x-y~z"), "v1.2_x-y~z");
    }
}
