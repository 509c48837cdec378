//! SQL is known to the crate `store` alone: no other crate has or names sqlx.

use super::manifest;
use super::tree::Finding;
use super::tree::Tree;

const HINT: &str = "ask the crate store; it alone knows SQL";

/// Finds sqlx outside the store.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, room) in tree.rust_of_rooms().filter(|(_, room)| *room != "store") {
        for (line, _) in file.shipped().into_iter().filter(|(_, code)| code.contains("sqlx::")) {
            findings.push(file.finding(line, format!("sqlx has no place in {room}."), HINT));
        }
    }
    for manifest in manifest::members(tree).filter(|manifest| manifest.folder() != "store") {
        for dependency in manifest.dependencies().iter().filter(|d| d.package.starts_with("sqlx")) {
            let sentence = format!("{} must not depend on sqlx.", manifest.folder());
            findings.push(manifest.file.finding(dependency.line, sentence, HINT));
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
    fn sqlx_outside_the_store_is_found_in_code_and_manifest() {
        let code =
            "//! x\n/// Not sqlx::Error.\nuse sqlx::Row;\nconst FILTER: &str = \"sqlx=warn\";\n";
        let manifest = "[package]\nname = \"broker\"\n[dev-dependencies]\nsqlx.workspace = true\n";
        let tree = Tree::of(&[
            ("crates/broker/Cargo.toml", manifest),
            ("crates/broker/src/add.rs", code),
            ("crates/store/src/row.rs", code),
        ]);
        let found = shown(&check(&tree));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("crates/broker/src/add.rs:3:"));
        assert!(found[1].starts_with("crates/broker/Cargo.toml:4:"));
    }
}
