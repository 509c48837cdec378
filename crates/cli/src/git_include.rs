//! The one line in the user's global git configuration that includes ours.
//!
//! Runs `git config --global` and nothing else of git, from our own directory and with an explicit
//! environment: no token, and nothing that points to a repository.

use std::path::Path;
use std::process::Command;
use std::process::Output;

use domain::Error;
use domain::ErrorKind;
use domain::Result;

use crate::surroundings::Surroundings;

/// What git may know of the environment.
const PASSED_ON: [&str; 4] = ["PATH", "HOME", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL"];

/// Includes `file`; says whether that was new.
pub(crate) fn add(surroundings: &Surroundings, file: &Path) -> Result<bool> {
    if is_there(surroundings, file)? {
        return Ok(false);
    }
    let output = git(surroundings, file, &["--add", "include.path", shown(file)?])?;
    succeeded(&output).map(|()| true)
}

/// No longer includes `file`; says whether it did before.
pub(crate) fn remove(surroundings: &Surroundings, file: &Path) -> Result<bool> {
    if !is_there(surroundings, file)? {
        return Ok(false);
    }
    let arguments = ["--fixed-value", "--unset-all", "include.path", shown(file)?];
    succeeded(&git(surroundings, file, &arguments)?).map(|()| true)
}

fn is_there(surroundings: &Surroundings, file: &Path) -> Result<bool> {
    let output = git(surroundings, file, &["-z", "--get-all", "include.path"])?;
    // 1 means that there is no such key.
    if output.status.code() != Some(1) {
        succeeded(&output)?;
    }
    let wanted = shown(file)?.as_bytes();
    Ok(output.stdout.split(|byte| *byte == 0).any(|value| value == wanted))
}

fn git(surroundings: &Surroundings, file: &Path, arguments: &[&str]) -> Result<Output> {
    let mut command = Command::new("git");
    command.arg("config").arg("--global").args(arguments).env_clear();
    for name in PASSED_ON {
        if let Some(value) = surroundings.path(name) {
            command.env(name, value);
        }
    }
    if let Some(directory) = file.parent().filter(|directory| directory.is_dir()) {
        command.current_dir(directory);
    }
    command.output().map_err(|error| {
        Error::new(ErrorKind::Unsupported, format!("git cannot be run: {error}."))
            .hint("install git, or include the file yourself: include.path in ~/.gitconfig")
    })
}

fn succeeded(output: &Output) -> Result<()> {
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Error::invalid(format!("git refused to change its configuration: {}", said.trim()))
        .hint("look at the global git configuration, ~/.gitconfig"))
}

fn shown(file: &Path) -> Result<&str> {
    file.to_str().ok_or_else(|| {
        Error::invalid("The directory for configuration is not UTF-8.")
            .hint("set XDG_CONFIG_HOME to another one")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surroundings::tests::with;

    #[test]
    fn the_line_comes_once_and_goes_without_a_trace() {
        let home = tempfile::tempdir().unwrap();
        let path = std::env::var("PATH").unwrap();
        let surroundings = with(&[("HOME", home.path().to_str().unwrap()), ("PATH", &path)]);
        let global = home.path().join(".gitconfig");
        std::fs::write(&global, "[include]\n\tpath = /their/own\n").unwrap();
        let file = home.path().join("a b/git+config");
        assert!(add(&surroundings, &file).unwrap());
        assert!(!add(&surroundings, &file).unwrap());
        let text = std::fs::read_to_string(&global).unwrap();
        assert_eq!(text.matches("a b/git+config").count(), 1, "{text}");
        assert!(remove(&surroundings, &file).unwrap());
        assert!(!remove(&surroundings, &file).unwrap());
        let text = std::fs::read_to_string(&global).unwrap();
        assert_eq!(text, "[include]\n\tpath = /their/own\n");
    }

    #[test]
    fn nobody_needs_a_configuration_before() {
        let home = tempfile::tempdir().unwrap();
        let path = std::env::var("PATH").unwrap();
        let surroundings = with(&[("HOME", home.path().to_str().unwrap()), ("PATH", &path)]);
        let file = home.path().join("gitconfig");
        assert!(!remove(&surroundings, &file).unwrap());
        assert!(add(&surroundings, &file).unwrap());
    }
}
