//! A secret's plaintext comes out of its type only in the files of [`ALLOWED`], each with a reason.
//! Tests and the dev-only crates are left alone: their secrets are made up.

use super::tree::Finding;
use super::tree::Tree;
use std::collections::BTreeSet;

/// One path and one reason a line; `#` starts a comment.
const ALLOWED: &str = "xtask/expose-allowed.txt";
/// Also `.expose_text(`, and whatever a crate would build on top of it under a similar name.
const TEXTS: &[&str] = &[".expose(", ".expose_", "Secret::expose"];
const DEV_ONLY: &[&str] = &["testkit", "it"];

/// Finds plaintext taken out elsewhere, and entries of the list that are not needed any more.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut allowed = BTreeSet::new();
    let list = tree.file(ALLOWED);
    for (number, path, reason) in list.map(|file| entries(&file.text)).unwrap_or_default() {
        if reason.is_empty() {
            let sentence = format!("{path} has no reason.");
            findings.extend(list.map(|file| {
                file.finding(number, sentence, "say why this file needs the plaintext")
            }));
        }
        if !tree.file(path).is_some_and(|file| file.shipped().iter().any(|(_, code)| exposes(code)))
        {
            let sentence = format!("{path} takes no plaintext out.");
            findings.extend(list.map(|file| {
                file.finding(number, sentence, "remove the line; the list stays short")
            }));
        }
        allowed.insert(path);
    }
    for (file, room) in tree.rust_of_rooms() {
        if DEV_ONLY.contains(&room) || allowed.contains(file.path.as_str()) {
            continue;
        }
        for (line, _) in file.shipped().into_iter().filter(|(_, code)| exposes(code)) {
            let sentence = "A secret's plaintext is taken out here.".to_owned();
            let hint =
                "pass the Secret on, or add the file and the reason to xtask/expose-allowed.txt";
            findings.push(file.finding(line, sentence, hint));
        }
    }
    findings
}

fn exposes(code: &str) -> bool {
    TEXTS.iter().any(|text| code.contains(text))
}

fn entries(text: &str) -> Vec<(usize, &str, &str)> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|(number, line)| {
            let (path, reason) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            (number, path, reason.trim())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::ALLOWED;
    use super::check;
    use crate::tidy::tree::Tree;
    use crate::tidy::tree::shown;

    const USE: &str = "//! x\nfn f(secret: &Secret) {\n    send(secret.expose());\n}\n";

    #[test]
    fn plaintext_is_taken_out_only_where_the_list_says_so() {
        let tree = Tree::of(&[
            ("crates/gateway/src/inject.rs", USE),
            ("crates/gateway/src/inject_tests.rs", USE),
            ("crates/it/tests/it/main.rs", USE),
            ("crates/vault/src/seal.rs", USE),
            ("crates/web/src/a.rs", "//! x\nfn g() { s.map(Secret::expose_text) }\n"),
            (ALLOWED, "# path reason\ncrates/vault/src/seal.rs  seals it\n"),
        ]);
        let found = shown(&check(&tree));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("crates/gateway/src/inject.rs:3:"));
        assert!(found[1].starts_with("crates/web/src/a.rs:2:"));
    }

    #[test]
    fn the_list_is_neither_stale_nor_silent() {
        let list = "crates/vault/src/seal.rs\ncrates/vault/src/gone.rs was here once\n";
        let found = shown(&check(&Tree::of(&[("crates/vault/src/seal.rs", USE), (ALLOWED, list)])));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains(":1: crates/vault/src/seal.rs has no reason."));
        assert!(found[1].contains(":2: crates/vault/src/gone.rs takes no plaintext out."));
    }
}
