//! The files the rules look at, and the findings they return.

use crate::failure::Failure;
use crate::process;
use std::fmt;
use std::path::Path;

/// Something that breaks a rule. Shown as `path:line: sentence (hint)`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    path: String,
    line: usize,
    sentence: String,
    hint: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} ({})", self.path, self.line, self.sentence, self.hint)
    }
}

/// One text file.
#[derive(Debug)]
pub struct File {
    /// Its path below the root, with `/`.
    pub path: String,
    /// All of it.
    pub text: String,
}

impl File {
    /// A finding in this file.
    pub fn finding(&self, line: usize, sentence: String, hint: &'static str) -> Finding {
        Finding { path: self.path.clone(), line, sentence, hint }
    }

    /// The crate it belongs to: the folder below `crates/`. `xtask` and `fuzz` have none.
    pub fn room(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split_once('/').map(|(room, _)| room)
    }

    /// The last part of its path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Whether it is Rust.
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether it holds nothing but tests.
    pub fn is_test(&self) -> bool {
        let name = self.name();
        name == "tests.rs" || name.ends_with("_tests.rs") || self.path.contains("/tests/")
    }

    /// Its lines that are shipped, numbered from 1: no comments, no inline test module, nothing of
    /// a file of tests. Leans on rustfmt: a module's closing brace stands in the first column.
    pub fn shipped(&self) -> Vec<(usize, &str)> {
        let mut shipped = Vec::new();
        let mut in_tests = self.is_test();
        let mut before = "";
        for (index, line) in self.text.lines().enumerate() {
            if before.trim() == "#[cfg(test)]" && line.starts_with("mod ") && line.ends_with('{') {
                in_tests = true;
            }
            if !in_tests && !line.trim_start().starts_with("//") {
                shipped.push((index + 1, line.split(" // ").next().unwrap_or(line)));
            }
            if line == "}" {
                in_tests = self.is_test();
            }
            before = line;
        }
        shipped
    }
}

/// All files of the project: what git tracks, and what it would if asked to add everything.
#[derive(Debug)]
pub struct Tree {
    /// The files, in the order of their paths.
    pub files: Vec<File>,
}

impl Tree {
    /// Reads the checkout at this root.
    pub fn read(root: &Path) -> Result<Tree, Failure> {
        let root_text = root.to_string_lossy();
        // The checkout may belong to another user than the one who tests it.
        let line = ["-c", "safe.directory=*", "-C", &root_text, "ls-files", "-z", "--cached"];
        let line = [line.as_slice(), &["--others", "--exclude-standard"]].concat();
        let Some(list) = process::output("git", &line) else {
            return Err(Failure::new(
                "git cannot list the files of this checkout.",
                "tidy needs a git checkout: is this a bare archive of the sources?",
            ));
        };
        let mut paths: Vec<&str> = list.split_terminator('\0').collect();
        paths.sort_unstable();
        paths.dedup();
        // Deleted and not yet committed, links to folders, and binary files: nothing to read.
        let files = paths.into_iter().filter_map(|path| {
            let text = String::from_utf8(std::fs::read(root.join(path)).ok()?).ok()?;
            Some(File { path: path.to_owned(), text })
        });
        Ok(Tree { files: files.collect() })
    }

    /// The file at this path.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The Rust files of the crates.
    pub fn rust_of_rooms(&self) -> impl Iterator<Item = (&File, &str)> {
        self.files
            .iter()
            .filter(|file| file.is_rust())
            .filter_map(|file| Some((file, file.room()?)))
    }

    /// A tree for the tests of the rules.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Tree {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
        };
        Tree { files: files.iter().map(file).collect() }
    }
}

/// Findings as text, for the tests of the rules.
#[cfg(test)]
pub fn shown(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::Tree;

    #[test]
    fn comments_and_inline_tests_are_not_shipped_and_what_follows_is() {
        let text = "//! a\nlet a = 1; // why\n#[cfg(test)]\nmod tests {\n    b();\n}\nfn c() {}\n";
        let tree = Tree::of(&[("crates/web/src/a.rs", text), ("crates/web/src/a/tests.rs", text)]);
        let lines: Vec<&str> = tree.files[0].shipped().into_iter().map(|(_, line)| line).collect();
        assert_eq!(lines, ["let a = 1;", "#[cfg(test)]", "fn c() {}"]);
        assert_eq!(tree.files[0].room(), Some("web"));
        assert!(tree.files[1].shipped().is_empty());
    }
}
