//! A second way into a bare repository, for reading only: a push comes as far as the hook before
//! it, which refuses it. Some providers let readers come so far.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::fs::symlink;
use std::path::Path;

/// The folder of these below the root; no repository of a provider is called so.
const FOLDER: &str = "_closed";
/// What is the repository's own. Its `HEAD` is copied: git takes a link there for a branch.
const SHARED: [&str; 4] = ["config", "objects", "refs", "packed-refs"];

/// The view on a repository (`acme/app.git`) that refuses a push with these words: a path below
/// the root again. One that is there already stays as it is.
pub(crate) fn view(root: &Path, served: &str, message: &str) -> io::Result<String> {
    let path = format!("{FOLDER}/{served}");
    let directory = root.join(&path);
    let hooks = directory.join("hooks");
    if hooks.is_dir() {
        return Ok(path);
    }
    fs::create_dir_all(&directory)?;
    let real = fs::canonicalize(root.join(served))?;
    for name in SHARED {
        match symlink(real.join(name), directory.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    fs::copy(real.join("HEAD"), directory.join("HEAD"))?;
    let making = directory.join("hooks.new");
    fs::create_dir_all(&making)?;
    let hook = making.join("pre-receive");
    fs::write(&hook, format!("#!/bin/sh\necho '{message}' >&2\nexit 1\n"))?;
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755))?;
    fs::rename(making, hooks)?;
    Ok(path)
}
