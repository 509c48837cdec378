//! What the tests of the gateway, the helper and the roles share: filled repositories, leases, raw
//! HTTP, the audit log, and the command line in a HOME of its own.

use std::path::Path;
use std::path::PathBuf;
use std::process::Stdio;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use githost::Auth;
use githost::GitHost;
use githost::Options;
use it::Ran;
use it::World;
use serde_json::Value;
use testkit::git::Git;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::process::Command;

/// What is read of a raw answer at most, in bytes.
const ANSWER_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// The ref advertisement that a fetch begins with.
pub(crate) const FETCH: &str = "info/refs?service=git-upload-pack";
/// The ref advertisement that a push begins with.
pub(crate) const PUSH: &str = "info/refs?service=git-receive-pack";

/// A lease as the command line printed it.
pub(crate) struct Lease {
    pub id: String,
    pub token: String,
    pub url: String,
}

impl Lease {
    /// The gateway's address with the token in it, as git takes it.
    pub fn remote(&self) -> String {
        with_token(&self.url, &self.token)
    }
}

/// An address with a token as its password.
pub(crate) fn with_token(url: &str, token: &str) -> String {
    url.replace("://", &format!("://x:{token}@"))
}

/// A lease on a repository of the world's own host, made by the Owner.
pub(crate) async fn lease(world: &World, path: &str, access: &str, more: &[&str]) -> Lease {
    let url = format!("{}/{path}.git", world.host.url());
    lease_as(world, &world.owner, &url, access, more).await
}

/// A lease on any repository, made with any token.
pub(crate) async fn lease_as(
    world: &World,
    token: &str,
    url: &str,
    access: &str,
    more: &[&str],
) -> Lease {
    let mut arguments = vec!["lease", "create", "--repository", url, "--access", access, "--json"];
    arguments.extend(more);
    let made = world.run_as(token, &arguments, "").await.json();
    let text = |key: &str| made[key].as_str().unwrap().to_owned();
    Lease { id: text("id"), token: text("token"), url: text("gateway_url") }
}

/// Stores a credential of any provider on any host; gives it.
pub(crate) async fn store(
    world: &World,
    name: &str,
    (provider, host): (&str, &str),
    secret: &str,
    more: &[&str],
) -> Value {
    let mut arguments = vec!["credential", "add", "--name", name, "--provider", provider, "--json"];
    arguments.extend(["--secret-file", "-", "--host", host]);
    // The hosts of these tests have no API: there is nothing to ask.
    if !more.contains(&"--no-check") {
        arguments.push("--no-check");
    }
    arguments.extend(more);
    world.run_as(&world.owner, &arguments, secret).await.json()
}

/// A repository at the Git host with one commit on `main`; gives the bare one.
pub(crate) async fn filled(world: &World, path: &str) -> PathBuf {
    let bare = world.repository(path);
    let git = Git::new(&world.root.path().join("filler").join(path));
    let work = git.sample("work", &[("README.md", b"hello\n")]).await;
    work.run(&["push", "--quiet", bare.to_str().unwrap(), "HEAD:refs/heads/main"]).await.text();
    bare
}

/// A git with a HOME of its own in the world.
pub(crate) fn client(world: &World, name: &str) -> Git {
    Git::new(&world.root.path().join("clients").join(name))
}

/// The refs of a bare repository, one `name id` a line.
pub(crate) async fn refs(bare: &Path) -> String {
    let listed = ["for-each-ref", "--format=%(refname) %(objectname)"];
    Git::new(bare)
        .run(&[&["--git-dir", bare.to_str().unwrap()], &listed[..]].concat())
        .await
        .text()
        .to_owned()
}

/// Another Git host over the same repositories.
pub(crate) async fn another_host(world: &World, auth: Auth) -> GitHost {
    let repositories = world.root.path().join("repositories");
    GitHost::start(&repositories, Options::new(auth)).await.unwrap()
}

/// The Basic authentication that git makes of a token, as a header line.
pub(crate) fn basic(token: &str) -> String {
    format!("Authorization: Basic {}\r\n", STANDARD.encode(format!("x:{token}")))
}

/// An answer of the server, as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    /// The value of a header; its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, it)| it)
    }
}

/// Sends a request as it stands, without any client's opinion of it.
pub(crate) async fn ask(
    url: &str,
    method: &str,
    target: &str,
    headers: &str,
    body: &[u8],
) -> Answer {
    let length = match body.len() {
        0 => String::new(),
        length => format!("Content-Length: {length}\r\n"),
    };
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{length}{headers}\r\n"
    );
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    // A server may refuse before it has read the body.
    let _ = stream.write_all(body).await;
    let mut bytes = Vec::new();
    let _ = stream.take(ANSWER_BYTES_MAX).read_to_end(&mut bytes).await;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// Asks the gateway about a path behind the world's own host, with a token.
pub(crate) async fn get(world: &World, token: &str, path: &str) -> Answer {
    let target = format!("/git/{}/{path}", world.host.address());
    ask(&world.server.url, "GET", &target, &basic(token), b"").await
}

/// The audit log as the Owner sees it.
pub(crate) async fn audit(world: &World) -> Vec<Value> {
    let listed = world.run(&["audit", "list", "--json"]).await.json();
    listed.as_array().unwrap().clone()
}

/// The records of an action and an outcome.
pub(crate) async fn records(world: &World, action: &str, outcome: &str) -> Vec<Value> {
    let all = audit(world).await.into_iter();
    all.filter(|it| it["action"] == action && it["outcome"] == outcome).collect()
}

/// The server's peak of resident memory so far, in kilobytes.
pub(crate) fn peak_kilobytes(world: &World) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", world.server.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Runs the command line somewhere, in a HOME of its own, with nothing else in its environment.
pub(crate) async fn claviger(
    home: &Path,
    directory: &Path,
    environment: &[(&str, &str)],
    arguments: &[&str],
    input: &[u8],
) -> Ran {
    let mut command = Command::new(it::binary());
    command.args(arguments).current_dir(directory).env_clear().env("HOME", home);
    command.env("PATH", std::env::var_os("PATH").unwrap()).envs(environment.iter().copied());
    feed(command, input).await
}

/// Runs a command with this on its standard input.
pub(crate) async fn feed(mut command: Command, input: &[u8]) -> Ran {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that does not read its input closes it first; that is no failure.
    let _ = stdin.write_all(input).await;
    drop(stdin);
    let done = child.wait_with_output().await.unwrap();
    Ran {
        code: done.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&done.stdout).into_owned(),
        err: String::from_utf8_lossy(&done.stderr).into_owned(),
    }
}
