//! Making bare repositories that a host will serve.

use std::ffi::OsStr;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

/// What every repository here allows: pushes, partial clones, and asking for a single object.
const SETTINGS: &str = "\
[http]
\treceivepack = true
[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
";

/// The configuration of the git children; it travels with their own HOME.
pub(crate) const CHILD_CONFIGURATION: &str = "\
[safe]
\tdirectory = *
[gc]
\tauto = 0
[receive]
\tautogc = false
";

/// Makes an empty bare repository `<root>/<path>.git` whose first branch is `main`, and answers
/// where it is. `path` is `acme/app` or `acme/app.git`. One that is there already stays as it is.
pub fn create_repository(git: &Path, root: &Path, path: &str) -> io::Result<PathBuf> {
    let path = with_suffix(path);
    let plain = |segment: &str| !segment.is_empty() && !segment.starts_with('.');
    if !path.split('/').all(plain) {
        let text = format!("\"{path}\" is not the path of a repository.");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    let directory = root.join(&path);
    fs::create_dir_all(&directory)?;
    let output = Command::new(git)
        .args(["init", "--quiet", "--bare", "--template=", "--initial-branch=main"])
        .arg(&directory)
        .env_clear()
        .envs(child_environment(root))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(format!("git init failed: {}", complaint.trim())));
    }
    let config = directory.join("config");
    if !fs::read_to_string(&config)?.contains(SETTINGS) {
        fs::OpenOptions::new().append(true).open(&config)?.write_all(SETTINGS.as_bytes())?;
    }
    Ok(directory)
}

/// The environment every git child starts from; nothing is inherited but `PATH`.
pub(crate) fn child_environment(home: &Path) -> Vec<(&'static OsStr, OsString)> {
    let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into());
    vec![
        (OsStr::new("PATH"), path),
        (OsStr::new("HOME"), home.into()),
        (OsStr::new("LC_ALL"), "C".into()),
        (OsStr::new("GIT_CONFIG_NOSYSTEM"), "1".into()),
        (OsStr::new("GIT_TERMINAL_PROMPT"), "0".into()),
    ]
}

/// The path of a repository without slashes around it and with one `.git` at its end.
pub(crate) fn with_suffix(path: &str) -> String {
    let path = path.trim_matches('/');
    format!("{}.git", path.strip_suffix(".git").unwrap_or(path))
}
