//! Real git, cut off from this machine's configuration and credentials.

mod shim;

use std::ffi::OsStr;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

pub use shim::Shim;

/// One run of git may take this long.
const RUN_TIME_MAX: Duration = Duration::from_secs(120);

/// What every test's git is configured with. No helper: a test that wants one says which.
const CONFIGURATION: &str = "\
[user]
\tname = Claviger Tests
\temail = tests@claviger.invalid
[init]
\tdefaultBranch = main
[commit]
\tgpgSign = false
[gc]
\tauto = 0
[maintenance]
\tauto = false
[advice]
\tdetachedHead = false
";

/// Git with a HOME of its own.
#[derive(Clone)]
pub struct Git {
    program: PathBuf,
    home: PathBuf,
    directory: PathBuf,
    environment: Vec<(OsString, OsString)>,
}

/// What came of one run.
#[derive(Clone, Debug)]
pub struct Output {
    /// How git ended.
    pub status: ExitStatus,
    /// What it printed.
    pub stdout: String,
    /// What it complained about, and its progress.
    pub stderr: String,
}

impl Output {
    /// Whether git says that it worked.
    pub fn ok(&self) -> bool {
        self.status.success()
    }

    /// Its output without the last line's end, if it worked; panics with its complaint otherwise.
    #[track_caller]
    pub fn text(&self) -> &str {
        assert!(self.ok(), "git failed ({}): {}", self.status, self.stderr);
        self.stdout.trim_end()
    }
}

impl Git {
    /// Runs in `directory`, which is made if need be; HOME is `directory/.home`.
    pub fn new(directory: &Path) -> Git {
        let home = directory.join(".home");
        let written = fs::create_dir_all(&home)
            .and_then(|()| fs::write(home.join(".gitconfig"), CONFIGURATION));
        if let Err(error) = written {
            panic!("git's HOME {} could not be made: {error}", home.display());
        }
        Git {
            program: PathBuf::from("git"),
            home,
            directory: directory.to_owned(),
            environment: Vec::new(),
        }
    }

    /// The same git, run elsewhere.
    #[must_use]
    pub fn at(&self, directory: impl AsRef<Path>) -> Git {
        Git { directory: self.directory.join(directory), ..self.clone() }
    }

    /// The same git with one more variable in its environment.
    #[must_use]
    pub fn env(&self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Git {
        let mut git = self.clone();
        git.environment.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        git
    }

    /// The same, but run through another program, such as a [`Shim`]'s.
    #[must_use]
    pub fn program(&self, program: impl Into<PathBuf>) -> Git {
        Git { program: program.into(), ..self.clone() }
    }

    /// Its HOME, where `.gitconfig` lies.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Where it runs.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Adds to the configuration in HOME.
    pub async fn configure(&self, key: &str, value: &str) {
        self.at(&self.home).run(&["config", "--global", "--add", key, value]).await.text();
    }

    /// Runs git and waits for its end; panics if that takes over two minutes.
    pub async fn run(&self, arguments: &[&str]) -> Output {
        let finished = tokio::time::timeout(RUN_TIME_MAX, self.command(arguments).output()).await;
        match finished {
            Ok(Ok(output)) => Output {
                status: output.status,
                stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
                stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            },
            Ok(Err(error)) => panic!("git could not be run: {error}"),
            Err(_) => panic!("git {arguments:?} took longer than {RUN_TIME_MAX:?}"),
        }
    }

    /// The same for a test without a runtime.
    pub fn run_blocking(&self, arguments: &[&str]) -> Output {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        match runtime {
            Ok(runtime) => runtime.block_on(self.run(arguments)),
            Err(error) => panic!("no runtime to run git on: {error}"),
        }
    }

    /// The command itself, for a test that wants to end it half-way or speak with it. It ends
    /// when it is dropped.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let path =
            std::env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into());
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .current_dir(&self.directory)
            .env_clear()
            .env("PATH", path)
            .env("HOME", &self.home)
            .env("LC_ALL", "C")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Makes a repository in `directory/<name>` with one commit that holds these files.
    pub async fn sample(&self, name: &str, files: &[(&str, &[u8])]) -> Git {
        self.run(&["init", "--quiet", name]).await.text();
        let git = self.at(name);
        git.commit(files, "The beginning").await;
        git
    }

    /// Writes files where it runs, and commits them.
    pub async fn commit(&self, files: &[(&str, &[u8])], message: &str) {
        for (file, content) in files {
            let path = self.directory.join(file);
            let made = path.parent().map_or(Ok(()), fs::create_dir_all);
            if let Err(error) = made.and_then(|()| fs::write(&path, content)) {
                panic!("{} could not be written: {error}", path.display());
            }
        }
        self.run(&["add", "--all"]).await.text();
        self.run(&["commit", "--quiet", "--message", message]).await.text();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn knows_nothing_of_this_machine() {
        let root = tempfile::tempdir().unwrap();
        let git = Git::new(root.path());
        let work = git.sample("work", &[("folder/file", b"text")]).await;
        let author = work.run(&["log", "-1", "--format=%an <%ae>"]).await;
        assert_eq!(author.text(), "Claviger Tests <tests@claviger.invalid>");
        let origins = work.run(&["config", "--list", "--show-origin", "--name-only"]).await;
        let own = root.path().to_str().unwrap();
        let ours = |line: &str| line.contains(own) || line.starts_with("file:.git/config");
        assert!(origins.text().lines().all(ours), "{}", origins.text());
        assert!(!git.run(&["no-such-command"]).await.ok());
    }

    #[test]
    fn runs_without_a_runtime() {
        let root = tempfile::tempdir().unwrap();
        let git = Git::new(root.path()).env("GIT_AUTHOR_NAME", "Somebody");
        assert!(git.run_blocking(&["var", "GIT_AUTHOR_IDENT"]).text().starts_with("Somebody <"));
    }
}
