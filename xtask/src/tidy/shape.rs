//! The shape of files and manifests: a module doc first, sources of a readable length, and the
//! workspace's lints (which forbid unsafe code) in every crate.

use super::manifest;
use super::tree::Finding;
use super::tree::Tree;

/// Lines a source file may have; files of tests may be longer.
const SOURCE_LINES_MAX: usize = 600;

/// Finds files without a module doc, files that are too long, and crates without the lints.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.is_rust()) {
        let first = file.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        if !first.starts_with("//!") {
            let sentence = "The file does not start with a module doc.".to_owned();
            findings.push(file.finding(
                1,
                sentence,
                "say in //! lines what is here, and what is not",
            ));
        }
        let lines = file.text.lines().count();
        if lines > SOURCE_LINES_MAX && !file.is_test() {
            let sentence = format!("The file has {lines} lines; {SOURCE_LINES_MAX} is the limit.");
            findings.push(file.finding(
                SOURCE_LINES_MAX + 1,
                sentence,
                "one operation, one provider, one table a file",
            ));
        }
    }
    for manifest in manifest::members(tree) {
        let lints = manifest.table.get("lints").and_then(|lints| lints.get("workspace"));
        if lints.and_then(toml::Value::as_bool) != Some(true) {
            let sentence = "The workspace's lints are not switched on.".to_owned();
            findings.push(manifest.file.finding(1, sentence, "add [lints] workspace = true"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::tree::Tree;
    use crate::tidy::tree::shown;

    #[test]
    fn a_missing_module_doc_is_found() {
        let tree = Tree::of(&[
            ("crates/web/src/a.rs", "use b::c;\n//! too late\n"),
            ("crates/web/src/b.rs", "\n//! Here.\n"),
            ("crates/web/src/empty.rs", ""),
        ]);
        let found = shown(&check(&tree));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("crates/web/src/a.rs:1:"));
    }

    #[test]
    fn a_long_source_is_found_and_a_long_test_is_not() {
        let long = format!("//! Long.\n{}", "fn f() {}\n".repeat(600));
        let tree =
            Tree::of(&[("crates/web/src/a.rs", &long), ("crates/web/src/a_tests.rs", &long)]);
        assert_eq!(shown(&check(&tree)).len(), 1);
    }

    #[test]
    fn a_crate_without_the_lints_is_found() {
        let with = "[package]\nname = \"web\"\n[lints]\nworkspace = true\n";
        let tree =
            Tree::of(&[("crates/web/Cargo.toml", with), ("crates/cli/Cargo.toml", "[lints]\n")]);
        let found = shown(&check(&tree));
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("crates/cli/Cargo.toml:1:"));
    }
}
