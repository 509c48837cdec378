//! The table of hostile URL forms: what is read, how, and what is refused.

use super::*;

fn read(text: &str) -> Option<String> {
    parse_repository(text).ok().map(|url| url.to_string())
}

#[test]
fn plain_forms_become_canonical() {
    for (text, canonical) in [
        ("https://github.com/acme/app", "https://github.com/acme/app"),
        ("https://github.com/acme/app.git", "https://github.com/acme/app"),
        ("https://github.com/acme/app/", "https://github.com/acme/app"),
        ("HTTPS://GitHub.COM:443/acme/App", "https://github.com/acme/App"),
        ("http://git.lan:80/x", "http://git.lan/x"),
        ("http://git.lan:443/x", "http://git.lan:443/x"),
        ("https://git.lan:8443/g/s/p.git", "https://git.lan:8443/g/s/p"),
        ("https://xn--bcher-kva.example/a", "https://xn--bcher-kva.example/a"),
        ("https://127.0.0.1:3000/a/b", "https://127.0.0.1:3000/a/b"),
        ("https://[::1]:3000/a", "https://[::1]:3000/a"),
        ("https://[0:0::1]/a", "https://[::1]/a"),
        ("https://git.sr.ht/~user/repo", "https://git.sr.ht/~user/repo"),
        ("https://github.com/acme/app.wiki.git", "https://github.com/acme/app.wiki"),
        ("https://github.com/acme/app.git.git", "https://github.com/acme/app.git"),
    ] {
        assert_eq!(read(text).as_deref(), Some(canonical), "{text}");
    }
}

#[test]
fn hostile_forms_are_refused() {
    for text in [
        // threats 1 and 3: line ends and control characters, raw and encoded
        "https://github.com/a\n/b",
        "https://github.com/a%0ahost=evil",
        "https://github.com/a\r",
        "https://github.com/\0a",
        "https://github.com/a b",
        "https://github.com/a%0d%0ab",
        // threat 2: blank parts
        "",
        "https://",
        "https:///acme/app",
        "//github.com/acme",
        "github.com/acme/app",
        "://x/y",
        "https://:443/a",
        "https:/github.com/a",
        // threat 4: deceptive characters
        "https://github.com/\u{202e}a",
        "https://gіthub.com/a",
        "https://bücher.example/a",
        // threat 7: authority confusion
        "https://user@github.com/a",
        "https://user:pass@github.com/a",
        "https://github.com@evil/a",
        "https://github.com\\@evil.tld/a",
        "https://evil.tld\\.github.com/a",
        "https://github.com#@evil.tld/a",
        "https://github.com;evil.tld/a",
        "https://github.com./a",
        "https://github.com:0443/a",
        "https://github.com:/a",
        "https://github.com:99999/a",
        "https://github.com:4+3/a",
        "https://0x7f000001/a",
        "https://2130706433/a",
        "https://0177.0.0.1/a",
        "https://127.1/a",
        "https://127.0.0.0x1/a",
        "https://1.2.3.4.5/a",
        "https://[fe80::1%25eth0]/a",
        "https://[fe80::1%eth0]/a",
        "https://[::1/a",
        "https://[]/a",
        "https://[::1]evil/a",
        "https://-a.example/b",
        "https://a..b/c",
        "https://a_b.example/c",
        "https://%67ithub.com/a",
        // threat 12: path tricks
        "https://github.com/a/../b",
        "https://github.com/./a",
        "https://github.com/a//b",
        "https://github.com//a",
        "https://github.com/a%2fb",
        "https://github.com/%2e%2e/b",
        "https://github.com/a;b",
        "https://github.com/a?b=c",
        "https://github.com/a#b",
        "https://github.com/a\\b",
        "https://github.com/a/b//",
        "https://github.com/..",
        // not a repository, not our protocol
        "https://github.com",
        "https://github.com/",
        "ssh://git@github.com/a/b",
        "git@github.com:a/b",
        "file:///etc/passwd",
        "ext::sh -c id",
        "javascript:alert(1)//x/y",
    ] {
        assert_eq!(read(text), None, "{text:?} must be refused");
    }
    let deep = format!("https://h.example/{}", ["a"; 40].join("/"));
    assert_eq!(read(&deep), None);
    assert_eq!(read(&format!("https://h.example/{}", "a".repeat(4000))), None);
}

#[test]
fn prefixes_match_whole_segments_only() {
    let path = |text| Segments::parse(text).unwrap();
    assert!(path("acme/app").starts_with(&path("acme")));
    assert!(path("acme/app").starts_with(&path("acme/app")));
    assert!(path("acme/app").starts_with(&path("")));
    assert!(!path("acme-evil/app").starts_with(&path("acme")));
    assert!(!path("acme/app.wiki").starts_with(&path("acme/app")));
    assert!(!path("acme").starts_with(&path("acme/app")));
    assert_eq!(path("g/s/p").after(&path("g")), Some(path("s/p")));
    assert_eq!(path("gx/s").after(&path("g")), None);
    let prefixes: Vec<String> = path("a/b/c").prefixes().iter().map(Segments::to_string).collect();
    assert_eq!(prefixes, ["a/b/c", "a/b", "a", ""]);
}

#[test]
fn git_paths_are_read_from_the_end() {
    let read = |raw: &str| {
        GitPath::parse(raw).ok().map(|path| (path.repository.to_string(), path.endpoint))
    };
    let info = GitEndpoint::InfoRefs;
    assert_eq!(read("acme/app/info/refs"), Some(("acme/app".into(), info)));
    assert_eq!(read("acme/app.git/info/refs"), Some(("acme/app".into(), info)));
    assert_eq!(read("acme/info/refs/info/refs"), Some(("acme/info/refs".into(), info)));
    assert_eq!(
        read("a/b.git/git-receive-pack"),
        Some(("a/b".into(), GitEndpoint::Rpc(GitService::ReceivePack)))
    );
    assert_eq!(read("a/b.git/info/lfs/objects/batch"), Some(("a/b".into(), GitEndpoint::Lfs)));
    for hostile in [
        "",
        "info/refs",
        "/info/refs",
        "a/../b/info/refs",
        "a/%2e%2e/b/info/refs",
        "a%2fb/info/refs",
        "a//b/info/refs",
        "a;b/info/refs",
        "a/b/info/refs/",
        "a/b/INFO/refs",
        "a/b/objects/info/packs",
        "a/b/HEAD",
        "a\\b/info/refs",
        "a/b/info/refs%00",
        ".git/info/lfs/../x",
        "./info/refs",
    ] {
        assert!(
            read(hostile).is_none_or(|(path, _)| path == ".git"),
            "{hostile:?} must be refused"
        );
    }
}

proptest::proptest! {
    #[test]
    fn canonical_is_a_fixed_point(text in "https?://[a-z0-9.:-]{1,20}/[A-Za-z0-9._~/-]{0,30}") {
        if let Ok(url) = WebUrl::parse(&text) {
            proptest::prop_assert_eq!(WebUrl::parse(&url.to_string()).unwrap(), url);
        }
    }

    #[test]
    fn nothing_panics(text in ".{0,200}") {
        let _ = parse_repository(&text);
        let _ = GitPath::parse(&text);
        let _ = Authority::parse(&text);
    }
}
