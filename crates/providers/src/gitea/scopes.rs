//! Scopes of tokens: what implies what, and what is needed.

use domain::advice::Advice;

/// What is needed, and what goes with it without being too much.
const EXPECTED: [&str; 6] = [
    "write:repository",
    "read:repository",
    "read:user",
    "read:organization",
    "read:misc",
    "public-only",
];

/// Whether a scope is granted, by itself or by a wider one: `all`, or writing for reading.
pub(super) fn has(granted: &[String], scope: &str) -> bool {
    let wider = scope.strip_prefix("read:").map(|what| format!("write:{what}"));
    granted.iter().any(|it| it == scope || it == "all" || Some(it) == wider.as_ref())
}

/// What people should know about the scopes.
pub(super) fn remarks(granted: &[String]) -> Vec<Advice> {
    let mut remarks = Vec::new();
    let more: Vec<&str> =
        granted.iter().map(String::as_str).filter(|it| !EXPECTED.contains(it)).collect();
    if !more.is_empty() {
        let more = domain::text::printable(&more.join(", "), 200);
        remarks.push(Advice::new("more_rights", format!("It may do more than is needed: {more}.")));
    }
    if granted.iter().any(|it| it == "public-only") {
        remarks.push(Advice::new(
            "public_only",
            "It sees public repositories only; private ones are absent to it.",
        ));
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(scopes: &[&str]) -> Vec<String> {
        scopes.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn writing_includes_reading_and_all_is_all() {
        assert!(has(&granted(&["write:repository"]), "read:repository"));
        assert!(!has(&granted(&["read:repository"]), "write:repository"));
        assert!(!has(&granted(&["write:user"]), "read:repository"));
        assert!(has(&granted(&["all"]), "write:repository"));
    }

    #[test]
    fn too_much_is_said() {
        assert_eq!(remarks(&granted(&["write:repository", "read:user"])), []);
        let said = remarks(&granted(&["all", "public-only"]));
        let codes: Vec<&str> = said.iter().map(|it| it.code.as_str()).collect();
        assert_eq!(codes, ["more_rights", "public_only"]);
        assert!(said[0].sentence.contains("all"));
    }
}
