//! The six lines of the README, run as they stand: only the port and the cloud's address differ, and
//! what people type at a prompt comes from standard input.

use std::process::Stdio;
use std::time::Duration;

use githost::Auth;
use githost::GitHost;
use githost::Options;
use testkit::canary::Canary;
use testkit::git::Git;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// The lines of the marked block.
fn lines() -> Vec<String> {
    let readme = include_str!("../../../../README.md");
    let (_, after) = readme.split_once("readme.rs runs this block. -->").unwrap();
    let (_, block) = after.split_once("```sh\n").unwrap();
    block.split_once("```").unwrap().0.lines().map(str::to_owned).collect()
}

struct Shell {
    directory: tempfile::TempDir,
    environment: Vec<(String, String)>,
    port: u16,
}

impl Shell {
    fn command(&self, line: &str) -> Command {
        let line = line.replace("8470", &self.port.to_string());
        let mut command = Command::new("sh");
        command.args(["-c", &line]).current_dir(self.directory.path()).env_clear();
        command.envs(self.environment.iter().cloned()).kill_on_drop(true);
        command
    }

    /// Runs a line with this typed into it; gives what it printed.
    async fn run(&self, line: &str, typed: &str) -> String {
        let mut child = self
            .command(line)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let _ = stdin.write_all(typed.as_bytes()).await;
        drop(stdin);
        let done = tokio::time::timeout(Duration::from_secs(60), child.wait_with_output()).await;
        let done = done.expect("in time").unwrap();
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(done.status.success(), "{line}\n{said}\n{}", String::from_utf8_lossy(&done.stderr));
        said
    }
}

fn free_port() -> u16 {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap().port()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_six_lines_work() {
    let directory = tempfile::tempdir().unwrap();
    let secret = Canary::fresh("ghp_");
    let repositories = directory.path().join("repositories");
    std::fs::create_dir_all(&repositories).unwrap();
    let auth = Auth::Basic {
        username: Some("x-access-token".to_owned()),
        token: secret.text().to_owned(),
    };
    let host = GitHost::start(&repositories, Options::new(auth)).await.unwrap();
    let bare =
        githost::create_repository(std::path::Path::new("git"), &repositories, "acme/app").unwrap();
    let git = Git::new(&directory.path().join("filler"));
    let sample = git.sample("work", &[("README.md", b"hello\n")]).await;
    sample.run(&["push", bare.to_str().unwrap(), "HEAD:refs/heads/main"]).await.ok();

    let port = free_port();
    let bin = it::binary();
    let path = format!("{}:{}", bin.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let home = directory.path().join("home");
    std::fs::create_dir_all(&home).unwrap();
    let environment = [
        ("PATH", path),
        ("HOME", home.display().to_string()),
        ("GIT_CONFIG_NOSYSTEM", "1".to_owned()),
        ("GIT_TERMINAL_PROMPT", "0".to_owned()),
        ("CLAVIGER_LISTEN", format!("127.0.0.1:{port}")),
        ("CLAVIGER_CLOUD_GITHUB_URL", host.url()),
        // The host has no API; without one nothing is checked.
        ("CLAVIGER_CLOUD_GITHUB_API_URL", "http://127.0.0.1:9".to_owned()),
        ("CLAVIGER_ALLOW_NETWORK", "127.0.0.0/8".to_owned()),
        ("CLAVIGER_ALLOW_PLAIN_HTTP", "true".to_owned()),
    ];
    let environment = environment.map(|(name, value)| (name.to_owned(), value)).to_vec();
    let shell = Shell { directory, environment, port };
    let lines = lines();
    let [serve, bootstrap, login, add, setup, clone] = lines.as_slice() else {
        panic!("the README has {} lines there", lines.len())
    };
    // `exec`, so that the server itself ends with the test and not only its shell.
    let serve = format!("exec {}", serve.trim_end_matches('&'));
    let _server =
        shell.command(&serve).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    shell.run("for i in $(seq 100); do claviger healthcheck --url http://127.0.0.1:8470 && exit 0; sleep 0.1; done; exit 1", "").await;
    let said = shell.run(bootstrap, "").await;
    let token = said.split_whitespace().find(|word| word.starts_with("clv_api_")).unwrap();
    shell.run(&format!("{login} --token-file -"), &format!("{token}\n")).await;
    shell.run(&format!("{add} --secret-file -"), &format!("{}\n", secret.text())).await;
    shell.run(setup, "").await;
    shell.run(clone, "").await;
    let cloned = std::fs::read_to_string(shell.directory.path().join("app/README.md")).unwrap();
    assert_eq!(cloned, "hello\n");
    // Nothing of the provider's secret is on the client's side.
    for place in ["app", "home"] {
        let found = secret.find_in_tree(&shell.directory.path().join(place));
        assert!(found.is_empty(), "{found:?}");
    }
    shell.run("claviger git setup --undo", "").await;
}
