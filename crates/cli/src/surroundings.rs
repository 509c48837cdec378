//! What a command may know of the process it runs in: a closed list, read once.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;

use domain::Clock;
use domain::Error;
use domain::Result;
use domain::Timestamp;

/// The environment variables that are read.
const VARIABLES: [&str; 8] = [
    "CLAVIGER_URL",
    "CLAVIGER_TOKEN",
    "CLAVIGER_CA",
    "XDG_CONFIG_HOME",
    "HOME",
    "PATH",
    "GIT_CONFIG_GLOBAL",
    "NO_COLOR",
];

/// The process around a command.
pub struct Surroundings {
    clock: Arc<dyn Clock>,
    variables: HashMap<&'static str, OsString>,
    executable: Option<PathBuf>,
    /// Whether a person can be asked.
    pub(crate) is_stdin_terminal: bool,
    /// Whether a person reads along.
    pub(crate) is_stdout_terminal: bool,
}

impl Surroundings {
    /// Those of this process, with the binary's clock.
    pub fn of_process(clock: Arc<dyn Clock>) -> Surroundings {
        let variables = VARIABLES
            .into_iter()
            .filter_map(|name| Some((name, std::env::var_os(name)?)))
            .collect();
        Surroundings {
            clock,
            variables,
            executable: std::env::current_exe().ok(),
            is_stdin_terminal: std::io::stdin().is_terminal(),
            is_stdout_terminal: std::io::stdout().is_terminal(),
        }
    }

    /// The present moment.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A variable as a path; an empty one counts as absent.
    pub(crate) fn path(&self, name: &str) -> Option<PathBuf> {
        self.variables.get(name).filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    /// A variable as text; an empty one counts as absent.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>> {
        let Some(value) = self.variables.get(name).filter(|value| !value.is_empty()) else {
            return Ok(None);
        };
        match value.to_str() {
            Some(text) => Ok(Some(text)),
            None => Err(Error::invalid(format!("The variable {name} is not UTF-8 text."))),
        }
    }

    /// Whether colours are wanted.
    pub(crate) fn wants_colour(&self) -> bool {
        self.is_stdout_terminal && self.path("NO_COLOR").is_none()
    }

    /// The directory of Claviger's own files in the user's configuration.
    pub(crate) fn configuration_directory(&self) -> Result<PathBuf> {
        let stated = self.path("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
        let base = match (stated, self.path("HOME")) {
            (Some(path), _) => path,
            (None, Some(home)) => home.join(".config"),
            (None, None) => {
                return Err(Error::invalid("There is no directory for configuration.")
                    .hint("set HOME or XDG_CONFIG_HOME"));
            }
        };
        Ok(base.join("claviger"))
    }

    /// The absolute path of this program, as text.
    pub(crate) fn executable(&self) -> Result<&str> {
        let path = self.executable.as_ref().and_then(|path| path.to_str());
        path.ok_or_else(|| Error::invalid("The path of this program is not known or not UTF-8."))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A clock that stands still.
    struct Stopped;

    impl Clock for Stopped {
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(1_800_000_000_000)
        }
    }

    /// Surroundings without a terminal and with these variables only.
    pub(crate) fn with(variables: &[(&'static str, &str)]) -> Surroundings {
        Surroundings {
            clock: Arc::new(Stopped),
            variables: variables
                .iter()
                .map(|(name, value)| (*name, OsString::from(value)))
                .collect(),
            executable: Some(PathBuf::from("/opt/clav iger/claviger")),
            is_stdin_terminal: false,
            is_stdout_terminal: false,
        }
    }

    #[test]
    fn the_directory_follows_the_standard() {
        let directory = |variables: &[_]| with(variables).configuration_directory();
        let both = [("HOME", "/home/a"), ("XDG_CONFIG_HOME", "/x")];
        assert_eq!(directory(&both).unwrap(), PathBuf::from("/x/claviger"));
        for relative in ["", "x"] {
            let found = directory(&[("HOME", "/home/a"), ("XDG_CONFIG_HOME", relative)]).unwrap();
            assert_eq!(found, PathBuf::from("/home/a/.config/claviger"));
        }
        assert!(directory(&[]).is_err());
    }
}
