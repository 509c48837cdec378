//! What the demo needs of this machine: git, new enough, and git's own HTTP server.

use std::path::Path;

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::text::printable;
use tokio::process::Command;

use super::command;
use super::limits;

/// Looks for it, and says what is missing.
pub async fn check(folder: &Path) -> Result<()> {
    let said = ask(folder, "version").await?;
    let (major, minor) = limits::GIT_VERSION_MIN;
    match version(&said) {
        Some(found) if found >= limits::GIT_VERSION_MIN => {}
        _ => {
            let said = printable(said.trim(), limits::SAID_CHARACTERS_MAX);
            return Err(unsupported(format!(
                "The demo needs git {major}.{minor} or newer; this is {said}."
            ))
            .hint("update git"));
        }
    }
    let place = ask(folder, "--exec-path").await?;
    if Path::new(place.trim_end_matches('\n')).join("git-http-backend").is_file() {
        return Ok(());
    }
    Err(unsupported(
        "This git comes without git-http-backend, which the demo's Git host is made of.",
    )
    .hint("some systems have it in a package of its own, such as git-daemon"))
}

async fn ask(folder: &Path, argument: &str) -> Result<String> {
    let mut command = Command::new("git");
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.arg(argument).env_clear().env("PATH", path).env("HOME", folder).current_dir(folder);
    let (major, minor) = limits::GIT_VERSION_MIN;
    let ran = command::run(command, "").await.map_err(|error| {
        unsupported("There is no git in PATH, and the demo is made of real git.")
            .hint(format!("install git {major}.{minor} or newer"))
            .because(error)
    })?;
    Ok(ran.succeeded("git")?.to_owned())
}

/// `git version 2.47.3` → (2, 47); whatever a system writes behind it does not matter.
fn version(said: &str) -> Option<(u32, u32)> {
    let mut numbers = said.trim().strip_prefix("git version ")?.split(['.', ' ', '-']);
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn unsupported(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Unsupported, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_every_system_writes_them() {
        assert_eq!(version("git version 2.47.3\n"), Some((2, 47)));
        assert_eq!(version("git version 2.39.5 (Apple Git-154)"), Some((2, 39)));
        assert_eq!(version("git version 2.30"), Some((2, 30)));
        assert_eq!(version("git version 2.45.1.windows.1"), Some((2, 45)));
        assert_eq!(version("fit version 2.30"), None);
        assert!(version("git version 2.9.5").unwrap() < limits::GIT_VERSION_MIN);
    }
}
