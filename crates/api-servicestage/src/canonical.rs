//! What a signature of `SDK-HMAC-SHA256` is made over: the request, written in one agreed way.
//!
//! Everything is taken as it was received. The path is decoded as a whole and then encoded segment by
//! segment, so `a%2Fb` and `a/b` have one signature; telling them apart is for the routes.

use percent_encoding::AsciiSet;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::percent_decode_str;
use percent_encoding::percent_encode;

/// What stays as it is: RFC 3986's unreserved characters.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request as it is signed.
pub(crate) struct Canonical<'a> {
    /// Its method, upper case.
    pub method: &'a str,
    /// Its path, raw.
    pub path: &'a str,
    /// Its query, raw.
    pub query: &'a str,
    /// The signed headers, in the order the signature names them: name, value.
    pub headers: &'a [(String, Vec<u8>)],
    /// The digest of the body, lower-case hexadecimal.
    pub body_digest: &'a str,
}

impl Canonical<'_> {
    /// The canonical request. Bytes, since values of headers need not be text.
    pub fn request(&self) -> Vec<u8> {
        let mut text = Vec::new();
        for part in [self.method, &uri(self.path), &query(self.query)] {
            text.extend_from_slice(part.as_bytes());
            text.push(b'\n');
        }
        let mut names = Vec::with_capacity(self.headers.len());
        for (name, value) in self.headers {
            text.extend_from_slice(name.as_bytes());
            text.push(b':');
            text.extend_from_slice(value.trim_ascii());
            text.push(b'\n');
            names.push(name.as_str());
        }
        text.push(b'\n');
        text.extend_from_slice(names.join(";").as_bytes());
        text.push(b'\n');
        text.extend_from_slice(self.body_digest.as_bytes());
        text
    }
}

/// What is signed: the algorithm, the moment, and the digest of the canonical request.
pub(crate) fn string_to_sign(algorithm: &str, moment: &str, request_digest: &str) -> String {
    format!("{algorithm}\n{moment}\n{request_digest}")
}

/// The canonical path: decoded as a whole, encoded by segment, ending in a slash.
pub(crate) fn uri(path: &str) -> String {
    let decoded: Vec<u8> = percent_decode_str(path).collect();
    let mut written = decoded
        .split(|byte| *byte == b'/')
        .map(|segment| percent_encode(segment, ENCODED).to_string())
        .collect::<Vec<_>>()
        .join("/");
    if !written.ends_with('/') {
        written.push('/');
    }
    written
}

/// The canonical query: decoded, sorted, encoded. A plus is a plus.
fn query(raw: &str) -> String {
    let decode = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
    let mut pairs: Vec<(Vec<u8>, Vec<u8>)> = raw
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => (decode(name), decode(value)),
            None => (decode(pair), Vec::new()),
        })
        .collect();
    pairs.sort();
    let encode = |bytes: &[u8]| percent_encode(bytes, ENCODED).to_string();
    let written: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    written.join("&")
}

#[cfg(test)]
mod tests {
    use domain::Secret;
    use domain::text::hexadecimal;

    use super::*;

    const MOMENT: &str = "20260102T030405Z";
    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// Headers in the order of their names, with those every request of the vectors has.
    fn headers(more: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
        let mut all: Vec<(String, Vec<u8>)> = [
            ("content-type", "application/json"),
            ("host", "127.0.0.1:8080"),
            ("user-agent", "ua/1"),
            ("x-project-id", "p1"),
            ("x-sdk-date", MOMENT),
        ]
        .iter()
        .chain(more)
        .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
        .collect();
        all.sort();
        all
    }

    #[track_caller]
    fn check(canonical: &Canonical<'_>, digest: &str, signature: &str) {
        let request = vault::digest(&canonical.request());
        assert_eq!(hexadecimal(&request), digest);
        let key = Secret::from("skTestExampleSecret".to_owned());
        let text = string_to_sign("SDK-HMAC-SHA256", MOMENT, &hexadecimal(&request));
        assert!(vault::is_signature(&key, text.as_bytes(), signature));
        assert!(!vault::is_signature(&key, text.as_bytes(), &signature.replace('a', "b")));
    }

    #[test]
    fn a_body_is_signed_by_its_digest() {
        let body = br#"{"name": "tok-1", "token": "ghp_x"}"#;
        let canonical = Canonical {
            method: "POST",
            path: "/v1/p1/git/auths/github/personal",
            query: "",
            headers: &headers(&[]),
            body_digest: &hexadecimal(&vault::digest(body)),
        };
        check(
            &canonical,
            "a049c2af72fe7a44c9c95abf9d29754c99435bada98fdbe6afc537d0f060323d",
            "ab9688fc8c3ce1233ed75a8bec79970c9e38dc07b1d219fe17e438a9aae81fb7",
        );
    }

    #[test]
    fn further_headers_are_signed_in_their_place() {
        let canonical = Canonical {
            method: "GET",
            path: "/v1/p1/git/auths",
            query: "",
            headers: &headers(&[("x-security-token", "STS")]),
            body_digest: EMPTY,
        };
        check(
            &canonical,
            "6d7f3d079209ec92353eb431d746dd10bc8c93d725fb1feaaeaf641b6f9ceee2",
            "d2fd98080d5ae2d63b58360d525b6e5a6b636ef2086f7a2945d470204e2b39e0",
        );
    }

    #[test]
    fn paths_and_queries_are_decoded_and_encoded_again() {
        let canonical = Canonical {
            method: "DELETE",
            path: "/v1/p1/git/files/grp%2Fsub/demo/src%3Aa%20b.rs",
            query: "message=rm%20it%20%26%20more&ref=feature%2Fx&sha=~abc",
            headers: &headers(&[("x-repo-auth", "tok-1")]),
            body_digest: EMPTY,
        };
        assert_eq!(uri(canonical.path), "/v1/p1/git/files/grp/sub/demo/src%3Aa%20b.rs/");
        check(
            &canonical,
            "c96902d9791c9118bf94b998cf4c4ba4d2cd91e7a5257a8889b489498f002757",
            "cc02f2b84214462d1f3e05859836e0aea0377cc32808b5afdba1986847181101",
        );
    }
}
