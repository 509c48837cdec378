//! Processes of ours, their ends, and what they leave behind.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::Path;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use it::Ran;
use it::World;
use tokio::process::Command;
use tokio::time::Instant;

/// Whatever is waited for is there by then, or never.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// Looks again and again until there is something; fails loudly when patience ends.
pub async fn until<T, F>(what: &str, mut look: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < end, "waited {PATIENCE:?} for {what}");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Ends the world's server at once, as a power cut would, and waits until it is gone. The world
/// stays whole and can be restarted.
pub async fn kill(world: &World) {
    end(world.server.id(), "-KILL").await;
}

/// Stops the world's server in good order and waits until it is gone.
pub async fn stop(world: &World) {
    end(world.server.id(), "-TERM").await;
}

async fn end(id: u32, signal: &str) {
    let told = Command::new("kill").args([signal, &id.to_string()]).status().await.unwrap();
    assert!(told.success(), "process {id} was gone before it was ended");
    until("the end of a process", || async { has_ended(id).then_some(()) }).await;
}

/// Whether a process is gone, or only waits to be taken note of. As long as one of its threads is
/// there, its locks are.
fn has_ended(id: u32) -> bool {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{id}/stat")) else { return true };
    let is_over = stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'));
    let threads = std::fs::read_dir(format!("/proc/{id}/task")).map_or(0, Iterator::count);
    is_over && threads <= 1
}

/// A command of the binary on this data, not yet started; it ends when it is dropped.
pub fn on_data(world: &World, arguments: &[&str]) -> Command {
    let mut command = on_directory(&world.data(), arguments);
    if let Some(url) = &world.options.database_url {
        command.env("CLAVIGER_DATABASE_URL", url);
    }
    command
}

/// The same for a data directory without a world.
pub fn on_directory(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(it::binary());
    command
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("CLAVIGER_DATA", data)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// `claviger serve` on a free port.
pub fn serve(data: &Path, more: &[&str]) -> Command {
    let mut arguments = vec!["serve", "--listen", "127.0.0.1:0"];
    arguments.extend(more);
    on_directory(data, &arguments)
}

/// Runs a command that is to end by itself; one that does not fails the test.
pub async fn finish(mut command: Command) -> Ran {
    let done = tokio::time::timeout(PATIENCE, command.output()).await;
    let done = done.unwrap_or_else(|_| panic!("{command:?} did not end in {PATIENCE:?}")).unwrap();
    Ran {
        code: done.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&done.stdout).into_owned(),
        err: String::from_utf8_lossy(&done.stderr).into_owned(),
    }
}

/// Fails loudly unless a command was refused with this exit code and one clear sentence, perhaps a
/// hint, and with `--json` the same as an object – nothing else. Gives it.
#[track_caller]
pub fn must_refuse(ran: &Ran, code: i32) -> String {
    assert_eq!(ran.code, code, "{}\n{}", ran.out, ran.err);
    assert_eq!(ran.out, "", "a refusal has nothing to answer");
    let mut lines = ran.err.lines();
    let sentence = lines.next().unwrap_or_default();
    let is_sentence = sentence.starts_with("error: ") && sentence.ends_with('.');
    assert!(is_sentence, "not one clear sentence: {}", ran.err);
    let is_known = |line: &str| line.starts_with("hint: ") || line.starts_with("{\"error\":");
    assert!(lines.all(is_known), "more than was asked: {}", ran.err);
    ran.err.clone()
}

/// The name of the world's PostgreSQL database.
pub fn database(world: &World) -> String {
    let url = world.options.database_url.as_deref().expect("a world on PostgreSQL");
    let path = url.split('?').next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Every file below a directory with its content, but for those that SQLite and the lock come and
/// go with.
pub fn files(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    visit(directory, &mut found);
    found
}

fn visit(path: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            visit(&path, found);
        } else if !name.ends_with("-wal") && !name.ends_with("-shm") && name != "lock" {
            let content = std::fs::read(&path).unwrap();
            found.insert(path, content);
        }
    }
}

/// The names of those files, for a message that does not print a database.
pub fn changed(
    before: &BTreeMap<PathBuf, Vec<u8>>,
    after: &BTreeMap<PathBuf, Vec<u8>>,
) -> Vec<PathBuf> {
    let names = before.keys().chain(after.keys());
    names.filter(|name| before.get(*name) != after.get(*name)).cloned().collect()
}
