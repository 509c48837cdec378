//! A bootstrapped server with a private Git host beside it, and the command line pointed at it.

use std::path::Path;
use std::path::PathBuf;
use std::process::Stdio;

use githost::Auth;
use githost::GitHost;
use githost::Options;
use tempfile::TempDir;
use testkit::canary::Canary;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::server::Server;
use crate::server::ServerOptions;

/// Which database the server works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// The embedded one.
    Sqlite,
    /// A real PostgreSQL.
    Postgres,
}

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code.
    pub code: i32,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
}

impl Ran {
    /// Its output as JSON; fails loudly if it was refused.
    pub fn json(&self) -> serde_json::Value {
        assert_eq!(self.code, 0, "{}\n{}", self.out, self.err);
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// A server, its Git host, and a place for everything.
pub struct World {
    /// Everything lies below here.
    pub root: TempDir,
    /// The server.
    pub server: Server,
    /// How it was started.
    pub options: ServerOptions,
    /// The Git host; its token is [`World::secret`].
    pub host: GitHost,
    /// The provider's secret, synthetic and searchable.
    pub secret: Canary,
    /// The Owner token of the organization `acme`.
    pub owner: String,
}

impl World {
    /// Starts everything.
    pub async fn new(on: On) -> World {
        World::with(on, ServerOptions::default()).await
    }

    /// Starts everything with further options.
    pub async fn with(on: On, mut options: ServerOptions) -> World {
        let root = tempfile::tempdir().unwrap();
        if on == On::Postgres {
            options.database_url = Some(testkit::postgres::Cluster::shared().fresh_database());
        }
        let secret = Canary::fresh("ghp_");
        let repositories = root.path().join("repositories");
        std::fs::create_dir_all(&repositories).unwrap();
        let auth = Auth::Basic { username: None, token: secret.text().to_owned() };
        let host = GitHost::start(&repositories, Options::new(auth)).await.unwrap();
        let data = root.path().join("data");
        let server = Server::start(&data, &options).await;
        let mut world = World { root, server, options, host, secret, owner: String::new() };
        let made = world.offline(&["bootstrap", "--org", "acme", "--json"]).await.json();
        world.owner = made["api_token"].as_str().unwrap().to_owned();
        world
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.root.path().join("data")
    }

    /// Starts the server again on the same data.
    pub async fn restart(&mut self) {
        self.server = Server::start(&self.data(), &self.options).await;
    }

    /// Creates a bare repository at the Git host.
    pub fn repository(&self, path: &str) -> PathBuf {
        githost::create_repository(Path::new("git"), &self.root.path().join("repositories"), path)
            .unwrap()
    }

    /// Runs the command line as the Owner.
    pub async fn run(&self, arguments: &[&str]) -> Ran {
        self.run_as(&self.owner, arguments, "").await
    }

    /// Runs the command line with this token and this standard input.
    pub async fn run_as(&self, token: &str, arguments: &[&str], input: &str) -> Ran {
        let environment = [("CLAVIGER_URL", self.server.url.as_str()), ("CLAVIGER_TOKEN", token)];
        self.spawn(arguments, &environment, input).await
    }

    /// Runs a command that works on the data itself.
    pub async fn offline(&self, arguments: &[&str]) -> Ran {
        let data = self.data();
        let mut environment = vec![("CLAVIGER_DATA", data.to_str().unwrap())];
        if let Some(url) = &self.options.database_url {
            environment.push(("CLAVIGER_DATABASE_URL", url));
        }
        self.spawn(arguments, &environment, "").await
    }

    async fn spawn(&self, arguments: &[&str], environment: &[(&str, &str)], input: &str) -> Ran {
        let home = self.root.path().join("home");
        std::fs::create_dir_all(&home).unwrap();
        let mut child = Command::new(crate::binary())
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &home)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that does not read its input closes it first; that is no failure.
        let _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        let done = child.wait_with_output().await.unwrap();
        Ran {
            code: done.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&done.stdout).into_owned(),
            err: String::from_utf8_lossy(&done.stderr).into_owned(),
        }
    }

    /// Stores the Git host's secret as a credential for the whole host; gives the credential.
    pub async fn add_credential(&self, name: &str, more: &[&str]) -> serde_json::Value {
        let url = self.host.url();
        let mut arguments = vec!["credential", "add", "--name", name, "--provider", "generic"];
        arguments.extend(["--host", &url, "--secret-file", "-", "--json"]);
        arguments.extend(more);
        self.run_as(&self.owner, &arguments, self.secret.text()).await.json()
    }

    /// Makes an API token of a role.
    pub async fn token(&self, role: &str) -> String {
        let arguments = ["api-token", "create", "--name", role, "--role", role, "--json"];
        self.run(&arguments).await.json()["token"].as_str().unwrap().to_owned()
    }

    /// A repository's address at the gateway, over HTTP.
    pub fn gateway(&self, path: &str) -> String {
        format!("{}/git/{}/{path}", self.server.url, self.host.address())
    }
}
