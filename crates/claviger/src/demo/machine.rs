//! A make-believe machine: a HOME of its own, a written git configuration, an explicit environment.
//!
//! What runs on it knows nothing of the real user's configuration, credentials, hooks or variables.

use std::ffi::OsStr;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use domain::Error;
use domain::Result;
use tokio::process::Command;

use super::command;
use super::command::Ran;

/// What every machine's git is configured with.
const GIT_CONFIGURATION: &str = "\
[user]
\tname = Claviger demo
\temail = demo@claviger.invalid
[init]
\tdefaultBranch = main
\ttemplateDir =
[core]
\thooksPath = /dev/null
\tfsmonitor = false
[commit]
\tgpgSign = false
[gc]
\tauto = 0
[maintenance]
\tauto = false
[advice]
\tdetachedHead = false
[protocol \"ext\"]
\tallow = never
[safe]
\tdirectory = *
";

/// How much of a token's beginning is shown.
const SHOWN_TOKEN_CHARACTERS: usize = 13;

/// A machine.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Everything on it lies below here.
    pub disk: PathBuf,
    /// Where its commands run.
    pub folder: PathBuf,
    variables: Vec<(OsString, OsString)>,
    /// What a user would type before a command to give it these variables; nothing secret.
    pub before: Option<String>,
}

impl Machine {
    /// Makes a machine in this folder; `tools` is where it finds `claviger`.
    pub fn new(disk: &Path, tools: &Path) -> Result<Machine> {
        let (home, folder) = (disk.join("home"), disk.join("work"));
        fs::create_dir_all(&folder).map_err(unwritten)?;
        fs::create_dir_all(&home).map_err(unwritten)?;
        let configuration = home.join(".gitconfig");
        if !configuration.exists() {
            fs::write(&configuration, GIT_CONFIGURATION).map_err(unwritten)?;
        }
        let inherited =
            std::env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into());
        let mut path = tools.as_os_str().to_owned();
        path.push(":");
        path.push(inherited);
        let machine =
            Machine { disk: disk.to_owned(), folder, variables: Vec::new(), before: None };
        Ok(machine
            .with("PATH", path)
            .with("HOME", home)
            .with("LC_ALL", "C")
            .with("GIT_CONFIG_NOSYSTEM", "1")
            .with("GIT_TERMINAL_PROMPT", "0"))
    }

    /// The same machine with one more variable in its environment.
    #[must_use]
    pub fn with(&self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Machine {
        let mut machine = self.clone();
        machine.variables.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        machine
    }

    /// The same machine, in another folder of it.
    #[must_use]
    pub fn at(&self, folder: &Path) -> Machine {
        Machine { folder: folder.to_owned(), ..self.clone() }
    }

    /// The same machine, on which `claviger` knows the server and has a token.
    #[must_use]
    pub fn logged_in(&self, url: &str, token: &str) -> Machine {
        self.with("CLAVIGER_URL", url).with("CLAVIGER_TOKEN", token)
    }

    /// The same machine with a token in the variable `LEASE`.
    #[must_use]
    pub fn with_lease(&self, token: &str) -> Machine {
        let start: String = token.chars().take(SHOWN_TOKEN_CHARACTERS).collect();
        Machine { before: Some(format!("LEASE={start}…")), ..self.with("LEASE", token) }
    }

    /// Runs a program there; `input` is its standard input.
    pub async fn run<S: AsRef<OsStr>>(
        &self,
        program: &str,
        arguments: &[S],
        input: &str,
    ) -> Result<Ran> {
        command::run(self.command(program, arguments), input).await
    }

    /// Runs git there.
    pub async fn git<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Result<Ran> {
        self.run("git", arguments, "").await
    }

    /// Runs git there and gives what it printed; it has to work.
    pub async fn ask_git<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Result<String> {
        Ok(self.git(arguments).await?.succeeded("git")?.to_owned())
    }

    fn command<S: AsRef<OsStr>>(&self, program: &str, arguments: &[S]) -> Command {
        // The child's PATH decides which program that is, because it is set below.
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.folder).env_clear();
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// The demo's own folder cannot be written to.
pub fn unwritten(error: std::io::Error) -> Error {
    let message = format!("The demo's temporary folder cannot be written to: {error}.");
    Error::unavailable(message)
        .hint("is there room left? TMPDIR chooses another place")
        .because(error)
}
