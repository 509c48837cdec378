//! The arrows between crates point one way: only the edges of [`ARROWS`] exist.

use super::manifest;
use super::manifest::Manifest;
use super::tree::Finding;
use super::tree::Tree;
use Reach::AllBut;
use Reach::Only;

/// Which crates of ours a crate may depend on.
enum Reach {
    /// These.
    Only(&'static [&'static str]),
    /// Every one but these.
    AllBut(&'static [&'static str]),
}

/// The house. A new crate gets a line here, and ARCHITECTURE.md says why its arrows are these.
#[rustfmt::skip]
const ARROWS: &[(&str, Reach)] = &[
    ("domain",     Only(&[])),
    ("outbound",   Only(&["domain"])),
    ("vault",      Only(&["domain"])),
    ("store",      Only(&["domain"])),
    ("providers",  Only(&["domain", "outbound"])),
    ("wire",       Only(&["domain"])),
    ("broker",     Only(&["domain", "outbound", "vault", "store", "providers"])),
    ("web",        Only(&["domain", "broker", "wire", "outbound"])),
    ("api-native", Only(&["domain", "broker", "wire", "web"])),
    ("console", Only(&["domain", "broker", "web"])),
    ("api-qovery", Only(&["domain", "broker", "web"])),
    ("api-servicestage", Only(&["domain", "broker", "web"])),
    ("gateway",    Only(&["domain", "broker", "web", "outbound", "providers"])),
    ("client",     Only(&["domain", "wire", "outbound"])),
    ("cli",        Only(&["domain", "wire", "client"])),
    ("githost",    Only(&[])),
    ("forges",     Only(&["domain", "githost"])),
    ("testkit",    Only(&["domain", "githost"])),
    ("claviger",   AllBut(&["testkit", "it"])),
    ("it",         AllBut(&[])),
    ("xtask",      Only(&[])),
];

/// What tests may have beyond their crate's arrows.
const FOR_TESTS: &[&str] = &["testkit", "githost", "forges", "it"];
/// What a broker is put together from: the tests of a surface above it use a real one.
const PARTS_OF_A_BROKER: &[&str] = &["store", "vault", "providers", "outbound"];

/// Finds crates that are not in the table, and edges that it does not have.
pub fn check(tree: &Tree) -> Vec<Finding> {
    manifest::members(tree).flat_map(|manifest| check_crate(&manifest)).collect()
}

fn check_crate(manifest: &Manifest<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let name = manifest.folder();
    if manifest.name() != Some(name) {
        let sentence = format!("The package in the folder {name} has another name.");
        findings.push(manifest.file.finding(
            manifest.line_of("name"),
            sentence,
            "folder and crate are called the same",
        ));
    }
    let Some((_, reach)) = ARROWS.iter().find(|(known, _)| *known == name) else {
        let sentence = format!("The crate {name} is unknown.");
        findings.push(manifest.file.finding(
            1,
            sentence,
            "add it to the table in xtask/src/tidy/edges.rs",
        ));
        return findings;
    };
    for dependency in manifest.dependencies() {
        let package = dependency.package.as_str();
        let ours = ARROWS.iter().any(|(known, _)| *known == package);
        let is_part = PARTS_OF_A_BROKER.contains(&package) && reach.allows("broker");
        let for_tests =
            dependency.dev && (FOR_TESTS.contains(&package) || package == name || is_part);
        if ours && !for_tests && !reach.allows(package) {
            let sentence = format!("{name} must not depend on {package}.");
            findings.push(manifest.file.finding(
                dependency.line,
                sentence,
                "the arrows between crates point one way; see the table in xtask/src/tidy/edges.rs",
            ));
        }
    }
    findings
}

impl Reach {
    fn allows(&self, package: &str) -> bool {
        match self {
            Only(crates) => crates.contains(&package),
            AllBut(crates) => !crates.contains(&package),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::tree::Tree;
    use crate::tidy::tree::shown;

    fn findings(name: &str, rest: &str) -> Vec<String> {
        let text = format!("[package]\nname = \"{name}\"\n{rest}");
        shown(&check(&Tree::of(&[(&format!("crates/{name}/Cargo.toml"), &text)])))
    }

    #[test]
    fn an_arrow_the_wrong_way_is_found_wherever_it_hides() {
        let plain = findings("domain", "[dependencies]\nserde = \"1\"\nstore.workspace = true\n");
        assert_eq!(plain.len(), 1);
        assert!(
            plain[0].starts_with("crates/domain/Cargo.toml:5: domain must not depend on store.")
        );
        let renamed =
            "[target.'cfg(unix)'.dependencies]\nrows = { package = \"store\", path = \"x\" }\n";
        assert_eq!(findings("wire", renamed).len(), 1);
        assert_eq!(findings("web", "[build-dependencies.store]\nworkspace = true\n").len(), 1);
        let vault_in_tests = "[dev-dependencies]\nvault.workspace = true\n";
        assert_eq!(findings("store", vault_in_tests).len(), 1);
        assert!(findings("api-native", vault_in_tests).is_empty());
    }

    #[test]
    fn the_dev_only_crates_stay_out_of_what_is_shipped() {
        let normal = "[dependencies]\ntestkit.workspace = true\n";
        let dev = "[dev-dependencies]\ntestkit.workspace = true\ngithost.workspace = true\n";
        assert_eq!(findings("claviger", normal).len(), 1);
        assert_eq!(findings("store", normal).len(), 1);
        assert!(findings("it", normal).is_empty());
        assert!(findings("store", dev).is_empty());
    }

    #[test]
    fn an_unknown_crate_and_a_wrong_name_are_found() {
        assert!(findings("attic", "")[0].contains("add it to the table"));
        let tree = Tree::of(&[("crates/web/Cargo.toml", "[package]\nname = \"website\"\n")]);
        assert_eq!(check(&tree).len(), 1);
    }
}
