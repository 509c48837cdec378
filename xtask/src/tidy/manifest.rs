//! What a crate's `Cargo.toml` says, as far as the rules ask.

use super::tree::File;
use super::tree::Tree;
use toml::Table;
use toml::Value;

/// The `Cargo.toml` of one member of the workspace.
pub struct Manifest<'a> {
    /// The file.
    pub file: &'a File,
    /// Its content; empty when it cannot be read, which cargo itself will tell.
    pub table: Table,
}

/// One dependency.
pub struct Dependency {
    /// The package, also where it was renamed.
    pub package: String,
    /// Whether only tests and benches have it.
    pub dev: bool,
    /// Where it stands.
    pub line: usize,
}

/// The manifests of all members, `xtask` among them. `fuzz` is a workspace of its own.
pub fn members(tree: &Tree) -> impl Iterator<Item = Manifest<'_>> {
    let is_member = |file: &&File| {
        file.path == "xtask/Cargo.toml"
            || file.room().is_some() && file.path.matches('/').count() == 2
    };
    tree.files
        .iter()
        .filter(|file| file.name() == "Cargo.toml")
        .filter(is_member)
        .map(|file| Manifest { file, table: file.text.parse().unwrap_or_default() })
}

impl Manifest<'_> {
    /// The folder, which is the crate's name.
    pub fn folder(&self) -> &str {
        self.file.room().unwrap_or("xtask")
    }

    /// The package's name.
    pub fn name(&self) -> Option<&str> {
        self.table.get("package")?.get("name")?.as_str()
    }

    /// Every dependency: normal, for the build, for development, and those of one platform only.
    pub fn dependencies(&self) -> Vec<Dependency> {
        let mut found = Vec::new();
        self.collect(&self.table, &mut found);
        if let Some(targets) = self.table.get("target").and_then(Value::as_table) {
            for target in targets.values().filter_map(Value::as_table) {
                self.collect(target, &mut found);
            }
        }
        found
    }

    /// The first line that starts with this word, or 1.
    pub fn line_of(&self, word: &str) -> usize {
        let starts = |line: &str| {
            let rest = line.trim_start_matches(['[', ' ']).strip_prefix(word);
            rest.is_some_and(|rest| rest.starts_with(['.', ' ', '=', ']']))
        };
        self.file.text.lines().position(starts).map_or(1, |index| index + 1)
    }

    fn collect(&self, table: &Table, found: &mut Vec<Dependency>) {
        let kinds =
            [("dependencies", false), ("build-dependencies", false), ("dev-dependencies", true)];
        for (kind, dev) in kinds {
            let Some(entries) = table.get(kind).and_then(Value::as_table) else { continue };
            for (key, value) in entries {
                let package =
                    value.get("package").and_then(Value::as_str).unwrap_or(key).to_owned();
                found.push(Dependency { package, dev, line: self.line_of(key) });
            }
        }
    }
}
