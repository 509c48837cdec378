//! Starting other programs, and finding the root of the repository.

use crate::failure::Failure;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

/// The root of the repository.
pub fn root() -> Result<PathBuf, Failure> {
    // Asked at run time, so that a checkout which was moved or copied finds itself.
    let folder = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    match folder.as_deref().and_then(Path::parent) {
        Some(root) => Ok(root.to_path_buf()),
        None => Err(Failure::new(
            "The root of the repository is unknown.",
            "Start this program as `cargo xtask`.",
        )),
    }
}

/// Runs a program with the terminal's own input and output; `false` when it says it failed.
pub fn run(program: &str, arguments: &[&str], folder: &Path) -> Result<bool, Failure> {
    let status = command(program, arguments).current_dir(folder).status();
    status.map(|status| status.success()).map_err(|error| not_started(program, &error))
}

/// What a program prints, or nothing when it is missing or fails.
pub fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = command(program, arguments).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The cargo that runs us, so that a chosen toolchain stays chosen.
pub fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    // What cargo tells us about our own package must not reach the cargo we start: build scripts
    // that look at it would run again each time one changes between `cargo xtask` and `cargo`.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

fn not_started(program: &str, error: &std::io::Error) -> Failure {
    Failure::new(
        format!("{program} could not be started: {error}."),
        format!("Is {program} installed and on the PATH?"),
    )
}
