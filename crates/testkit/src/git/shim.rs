//! A `git` that writes down how it was called before it becomes the real one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;

/// One record per call, in a file of the process's own, so that calls never mix.
const SCRIPT: &str = r#"#!/bin/sh
record="@RECORDS@/$$"
{
    echo "== call"
    for argument in "$@"; do printf 'argument %s\n' "$argument"; done
    @ENV@
} >> "$record"
exec "@GIT@" "$@"
"#;

/// A directory with a recording `git` in it.
pub struct Shim {
    directory: PathBuf,
}

impl Shim {
    /// Writes the shim into `directory`, which is made if need be.
    pub fn new(directory: &Path) -> Shim {
        let shim = Shim { directory: directory.to_owned() };
        let script = SCRIPT
            .replace("@RECORDS@", &shim.records_directory().to_string_lossy())
            .replace("@ENV@", &in_path("env").to_string_lossy())
            .replace("@GIT@", &in_path("git").to_string_lossy());
        let program = shim.program();
        let written = fs::create_dir_all(shim.records_directory())
            .and_then(|()| shim.program().parent().map_or(Ok(()), fs::create_dir_all))
            .and_then(|()| fs::write(&program, script))
            .and_then(|()| fs::set_permissions(&program, fs::Permissions::from_mode(0o755)));
        if let Err(error) = written {
            panic!("the git shim {} could not be written: {error}", program.display());
        }
        shim
    }

    /// The program itself, for code that is told which git to run.
    pub fn program(&self) -> PathBuf {
        self.directory.join("bin/git")
    }

    /// A value for `PATH` in which the shim comes first, for code that looks git up.
    pub fn path_variable(&self) -> String {
        let path = std::env::var("PATH").unwrap_or_default();
        format!("{}:{path}", self.directory.join("bin").display())
    }

    /// Where the records are, for [`Canary::find_in_tree`](crate::Canary::find_in_tree).
    pub fn records_directory(&self) -> PathBuf {
        self.directory.join("records")
    }

    /// What was called so far: one text per call, `argument …` lines, then the environment. The
    /// order says nothing.
    pub fn records(&self) -> Vec<String> {
        let entries = fs::read_dir(self.records_directory()).into_iter().flatten().flatten();
        let texts: Vec<String> = entries
            .filter_map(|entry| fs::read(entry.path()).ok())
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .collect();
        let calls = texts.iter().flat_map(|text| text.split("== call\n"));
        calls.filter(|call| !call.is_empty()).map(str::to_owned).collect()
    }
}

/// A program's place; the shim must not find itself.
fn in_path(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|it| it.join(name)).find(|it| it.is_file());
    match found {
        Some(program) => program,
        None => panic!("\"{name}\" is not in PATH. Install what is needed with: cargo xtask setup"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Canary;
    use crate::git::Git;

    #[tokio::test]
    async fn every_call_is_recorded() {
        let root = tempfile::tempdir().unwrap();
        let shim = Shim::new(&root.path().join("shim"));
        let canary = Canary::fresh("");
        let git = Git::new(root.path()).program(shim.program());
        assert!(git.run(&["--version"]).await.text().starts_with("git version"));
        assert!(canary.find_in_tree(&shim.records_directory()).is_empty());
        git.env("LEAK", canary.text()).run(&["version", "a b"]).await.text();
        let records = shim.records();
        assert_eq!(records.len(), 2);
        assert!(records.iter().any(|it| it.contains("argument version\nargument a b\n")));
        assert_eq!(canary.find_in_tree(&shim.records_directory()).len(), 1);
    }
}
