//! What a browser calls itself, in words. It is a guess, for people to know their own browsers by.

/// Browsers, by what only they write; those that others pretend to be come last.
const BROWSERS: [(&str, &str); 8] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// Systems, likewise.
const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// Characters of one that is not known.
const SHOWN_CHARACTERS_MAX: usize = 60;

/// A browser in words.
pub fn in_words(user_agent: &str) -> String {
    let find = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        _ if user_agent.is_empty() => "A browser that does not say".to_owned(),
        _ => domain::text::printable(user_agent, SHOWN_CHARACTERS_MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn browsers_are_known_by_what_they_say() {
        let like = "Mozilla/5.0 (KHTML, like Gecko)";
        for (said, words) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                "Firefox on Linux",
            ),
            (&format!("{like} (Windows NT 10.0) Chrome/130.0 Safari/537.36"), "Chrome on Windows"),
            (
                &format!("{like} (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0"),
                "Edge on Windows",
            ),
            (
                &format!("{like} (Macintosh; Intel Mac OS X 14) Version/17 Safari/605"),
                "Safari on macOS",
            ),
            (
                &format!("{like} (iPhone; CPU like Mac OS X) Version/17 Safari/605"),
                "Safari on iPhone",
            ),
            (
                &format!("{like} (Linux; Android 14) Chrome/130.0 Mobile Safari/537"),
                "Chrome on Android",
            ),
            ("Firefox/1", "Firefox"),
            ("curl/8.5.0", "curl/8.5.0"),
            ("", "A browser that does not say"),
        ] {
            assert_eq!(in_words(said), words);
        }
        assert!(in_words(&"x".repeat(500)).chars().count() <= 61);
    }
}
