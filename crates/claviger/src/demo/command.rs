//! Running a child to its end: bounded in time and output, and gone with whoever waits for it.

use std::process::Stdio;

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use rustix::process::Pid;
use rustix::process::Signal;
use tokio::io::AsyncRead;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::process::Child;
use tokio::process::Command;

use super::limits;

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code; none if a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
}

impl Ran {
    /// Whether it says that it worked.
    pub fn is_ok(&self) -> bool {
        self.code == Some(0)
    }

    /// Its standard output, if it worked; otherwise what it complained about, as an error.
    pub fn succeeded(&self, what: &str) -> Result<&str> {
        if self.is_ok() {
            return Ok(self.out.trim_end());
        }
        let said = self.err.lines().map(str::trim).filter(|line| !line.is_empty());
        let said = said.collect::<Vec<_>>().join(" / ");
        Err(Error::new(ErrorKind::Upstream, format!("{what} failed: {said}")))
    }

    /// Its standard output as JSON, if it worked.
    pub fn json(&self, what: &str) -> Result<serde_json::Value> {
        serde_json::from_str(self.succeeded(what)?).map_err(|error| {
            Error::new(ErrorKind::Upstream, format!("{what} did not answer with JSON: {error}."))
        })
    }
}

/// Runs a command with this standard input, and waits for its end.
pub async fn run(mut command: Command, input: &str) -> Result<Ran> {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    let child = command.spawn().map_err(|error| {
        Error::new(ErrorKind::Unsupported, format!("{name} cannot be run: {error}."))
            .hint("is it installed, and in PATH?")
    })?;
    let finished = tokio::time::timeout(limits::COMMAND_TIME_MAX, finish(Group::of(child), input));
    match finished.await {
        Ok(ran) => ran.map_err(Error::internal),
        Err(_) => {
            let seconds = limits::COMMAND_TIME_MAX.as_secs();
            let message = format!("{name} did not end within {seconds} seconds, and was ended.");
            Err(Error::unavailable(message))
        }
    }
}

async fn finish(mut group: Group, input: &str) -> std::io::Result<Ran> {
    let stdin = group.child.stdin.take();
    let (stdout, stderr) = (group.child.stdout.take(), group.child.stderr.take());
    let feed = async {
        if let Some(mut stdin) = stdin {
            // A command that does not read its input closes it first; that is no failure.
            let _ = stdin.write_all(input.as_bytes()).await;
        }
    };
    let ((), out, err) = tokio::join!(feed, read(stdout), read(stderr));
    let status = group.child.wait().await?;
    group.is_running = false;
    Ok(Ran { code: status.code(), out: out?, err: err? })
}

async fn read(stream: Option<impl AsyncRead + Unpin>) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    if let Some(stream) = stream {
        stream.take(limits::OUTPUT_BYTES_MAX).read_to_end(&mut bytes).await?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A child and the children it has in turn: git starts several. They end with this value.
struct Group {
    child: Child,
    is_running: bool,
}

impl Group {
    fn of(child: Child) -> Group {
        Group { child, is_running: true }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let id = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let (true, Some(id)) = (self.is_running, id) {
            // It may have ended in this moment; then there is nothing left to do.
            let _ = rustix::process::kill_process_group(id, Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[tokio::test]
    async fn what_it_said_and_how_it_ended() {
        let ran = run(shell("cat; echo no >&2; exit 3"), "hello").await.unwrap();
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(3), "hello", "no\n"));
        assert_eq!(ran.succeeded("The shell").unwrap_err().message(), "The shell failed: no");
        let missing = run(Command::new("no-such-program-here"), "").await.unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::Unsupported);
    }

    #[tokio::test]
    async fn its_own_children_end_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("mark");
        let script = format!("(sleep 1; echo late > '{}') & wait", mark.display());
        let short = std::time::Duration::from_millis(200);
        assert!(tokio::time::timeout(short, run(shell(&script), "")).await.is_err());
        tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
        assert!(!mark.exists());
    }
}
