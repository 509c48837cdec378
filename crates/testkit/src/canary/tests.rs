//! What is found, and what is not.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use base64::engine::general_purpose::URL_SAFE;

use super::*;

fn encodings(canary: &Canary, bytes: impl AsRef<[u8]>) -> Vec<&'static str> {
    canary.find_in_bytes(bytes.as_ref()).iter().map(|finding| finding.encoding).collect()
}

#[test]
fn every_canary_is_its_own() {
    let (one, other) = (Canary::fresh("ghp_"), Canary::fresh("ghp_"));
    assert_ne!(one.text(), other.text());
    assert!(one.text().starts_with("ghp_"));
    assert_eq!(one.text().len(), 44);
    assert!(encodings(&one, other.text()).is_empty());
    assert!(!format!("{one:?}").contains(one.text()));
}

#[test]
fn base64_is_found_behind_and_before_anything() {
    for canary in [Canary::fresh("glpat-"), Canary::fresh_awkward()] {
        for before in ["", "a", "ab", "abc", "x-access-token:", "oauth2:", "git:"] {
            for behind in ["", "1", "12", "123"] {
                let text = format!("{before}{}{behind}", canary.text());
                assert!(encodings(&canary, STANDARD.encode(&text)).len() == 1, "{text}");
                assert!(!encodings(&canary, URL_SAFE.encode(&text)).is_empty(), "{text}");
            }
        }
    }
}

#[test]
fn a_known_user_names_the_finding() {
    let canary = Canary::fresh("ghp_").with_users(&["x-access-token"]);
    let header = STANDARD.encode(format!("x-access-token:{}", canary.text()));
    let found = canary.find_in_bytes(format!("Authorization: Basic {header}").as_bytes());
    assert_eq!(found[0].encoding, "base64 of user:secret");
    assert_eq!(found[0].offset, 21);
}

#[test]
fn text_encodings() {
    let canary = Canary::of("abcdefgh\"\\/ é'&");
    let check = |bytes: &str, encoding: &str| {
        assert!(encodings(&canary, bytes).contains(&encoding), "{encoding}");
    };
    check("abcdefgh\"\\/ é'&", "raw");
    check("abcdefgh%22%5C%2F%20%C3%A9%27%26", "URL-encoded");
    check("abcdefgh%22%5c%2f%20%c3%a9%27%26", "URL-encoded, lower case");
    check("abcdefgh%22%5C%2F+%C3%A9%27%26", "form-encoded");
    check("abcdefgh\\\"\\\\/ é'&", "JSON");
    check("abcdefgh\\\"\\\\\\/ é'&", "JSON, slashes escaped");
    check("abcdefgh\\\"\\\\/ \\u00e9'&", "JSON, ASCII only");
    check("abcdefgh&quot;\\/ é&#39;&amp;", "HTML");
    check("abcdefgh&quot;\\/ é&#x27;&amp;", "HTML, hexadecimal");
    check("6162636465666768225c2f20c3a92726", "hex");
    check("6162636465666768225C2F20C3A92726", "hex, upper case");
}

#[test]
fn trees_are_searched_in_content_names_and_links() {
    let canary = Canary::fresh("");
    let root = tempfile::tempdir().unwrap();
    let inner = root.path().join("a/b");
    fs::create_dir_all(&inner).unwrap();
    assert!(canary.find_in_tree(root.path()).is_empty());

    // Across the border of two pieces.
    let mut content = vec![b'.'; 1024 * 1024 - 7];
    content.extend_from_slice(canary.text().as_bytes());
    content.resize(3 * 1024 * 1024, b'.');
    fs::write(inner.join("large"), content).unwrap();
    fs::write(inner.join(canary.text()), "").unwrap();
    std::os::unix::fs::symlink(canary.text(), inner.join("link")).unwrap();

    let mut found = canary.find_in_tree(root.path());
    found.sort_by_key(|finding| finding.offset);
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(found[2].offset, 1024 * 1024 - 7);
    assert_eq!(found[2].file, Some(inner.join("large")));
}
