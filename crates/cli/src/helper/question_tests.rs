//! The table of what git may say, and of what nobody should.

use super::*;

/// `protocol host path authtype`, `-` when it is not about HTTP, `!` when refused.
fn read(input: &str) -> String {
    match parse(input.as_bytes()).and_then(Asked::question) {
        Err(_) => "!".to_owned(),
        Ok(None) => "-".to_owned(),
        Ok(Some((_, asked))) => format!(
            "{} {} {} {}",
            asked.protocol,
            asked.host,
            asked.path.as_deref().unwrap_or("."),
            asked.can_authtype
        ),
    }
}

#[test]
fn what_git_says() {
    for (input, expected) in [
        ("protocol=https\nhost=c.lan\n\n", "https c.lan . false"),
        ("protocol=https\nhost=c.lan", "https c.lan . false"),
        ("host=c.lan:8471\nprotocol=http\npath=git/h/a\n", "http c.lan:8471 git/h/a false"),
        ("protocol=https\nhost=C.LAN:443\n", "https c.lan . false"),
        ("protocol=https\nhost=[::1]:8471\n", "https [::1]:8471 . false"),
        ("protocol=https\nhost=c.lan\npath=a=b\n", "https c.lan a=b false"),
        ("protocol=https\nhost=c.lan\npath=\n", "https c.lan . false"),
        ("protocol=https\nhost=a.lan\nhost=b.lan\n", "https b.lan . false"),
        ("protocol=https\nhost=c.lan\n\nhost=evil.lan\n\u{1}", "https c.lan . false"),
        (
            "protocol=https\nhost=c.lan\nnovelty=x\nwwwauth[]=Basic realm=\"é\"\n",
            "https c.lan . false",
        ),
        (
            "capability[]=authtype\ncapability[]=state\nprotocol=https\nhost=c.lan\n",
            "https c.lan . true",
        ),
        (
            "capability[]=authtype\ncapability[]=\nprotocol=https\nhost=c.lan\n",
            "https c.lan . false",
        ),
        ("url=https://c.lan/git/h/a\n", "https c.lan git/h/a false"),
        ("url=https://c.lan/a\nurl=https://d.lan\n", "https d.lan . false"),
        ("protocol=cert\nhost=\npath=/k.pem\n", "-"),
        ("protocol=smtp\nhost=mail.lan:587\n", "-"),
    ] {
        assert_eq!(read(input), expected, "{input:?}");
    }
}

#[test]
fn what_nobody_should_say() {
    for input in [
        // threat 1: an LF in a value is a line of its own, and never complete
        "protocol=https\nhost=c.lan\nevil\n",
        "url=https://c.lan%0ahost=evil.lan/a\n",
        // threat 2: blank parts
        "",
        "\n",
        "\nprotocol=https\nhost=c.lan\n",
        "protocol=https\n",
        "host=c.lan\n",
        "protocol=\nhost=c.lan\n",
        "protocol=https\nhost=\n",
        "protocol=https\nhost=:443\n",
        "url=//c.lan/a\n",
        "url=https:///a\n",
        // threat 3: CR, NUL and the rest of C0
        "protocol=https\r\nhost=c.lan\r\n\r\n",
        "protocol=https\nhost=c.lan\rhost=evil.lan\n",
        "protocol=https\nhost=c.lan\0\n",
        "protocol=https\nhost=c.lan\npath=a\tb\n",
        "protocol=https\nhost=c.lan\nnovelty=\u{1b}[31m\n",
        "protocol=https\nhost=c.lan\nno\u{8}velty=x\n",
        "protocol=https\nhost=c.lan\npath=\u{7f}\n",
        // lines without a key or a sign
        "=https\nhost=c.lan\n",
        "protocol https\n",
        // hosts with two readings
        "protocol=https\nhost=user@c.lan\n",
        "protocol=https\nhost=c.lan/evil.lan\n",
        "protocol=https\nhost=c.lan#evil\n",
        "protocol=https\nhost=c.lan.\n",
        "protocol=https\nhost=gіthub.com\n",
        "protocol=https\nhost=0x7f.1\n",
        "url=https://user:pass@c.lan/a\n",
        "url=ssh://git@c.lan/a\n",
    ] {
        assert_eq!(read(input), "!", "{input:?}");
    }
    assert!(parse(b"protocol=https\nhost=c.lan\npath=\xff\n").is_err());
    assert!(parse(b"username=\xff\n").is_ok());
}

#[test]
fn sizes_are_limited() {
    let value = "x".repeat(limits::HELPER_VALUE_BYTES_MAX);
    assert!(parse(format!("novelty={value}\n").as_bytes()).is_ok());
    for input in [
        format!("novelty={value}x\n"),
        format!("{}=x\n", "k".repeat(limits::HELPER_KEY_BYTES_MAX + 1)),
        "a=b\n".repeat(limits::HELPER_INPUT_BYTES_MAX / 4 + 1),
    ] {
        assert_eq!(parse(input.as_bytes()).unwrap_err().kind(), ErrorKind::TooLarge);
    }
}

proptest::proptest! {
    #[test]
    fn nothing_makes_it_panic(input in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
        let _ = parse(&input).and_then(Asked::question);
    }

    #[test]
    fn lines_of_any_kind_are_read_or_refused(
        lines in proptest::collection::vec(
            ("(protocol|host|path|url|capability\\[\\]|[a-z]*)", "(https|c\\.lan|.{0,20})"), 0..8,
        ),
    ) {
        let input: String = lines.iter().map(|(key, value)| format!("{key}={value}\n")).collect();
        if let Ok(Some((origin, asked))) = parse(input.as_bytes()).and_then(Asked::question) {
            proptest::prop_assert_eq!(format!("{}://{}", asked.protocol, asked.host), origin.to_string());
            proptest::prop_assert!(!asked.host.is_empty());
            proptest::prop_assert!(!asked.host.chars().any(char::is_control));
        }
    }
}
