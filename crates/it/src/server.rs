//! A running server process.

use std::path::Path;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncBufReadExt;
use tokio::io::BufReader;
use tokio::process::Child;
use tokio::process::Command;

/// How a server is started.
#[derive(Clone, Debug, Default)]
pub struct ServerOptions {
    /// A PostgreSQL database instead of the embedded one.
    pub database_url: Option<String>,
    /// Whether HTTPS with a certificate of its own is wanted beside HTTP.
    pub tls: bool,
    /// Whether the address rules hold as they do for everybody: no loopback host, and TLS only.
    pub strict: bool,
    /// Further arguments.
    pub arguments: Vec<String>,
    /// Further environment.
    pub environment: Vec<(String, String)>,
}

/// A server; it ends with this value.
pub struct Server {
    child: Option<Child>,
    /// Where it listens for HTTP.
    pub url: String,
    /// Where it listens for HTTPS.
    pub https_url: Option<String>,
    /// What it printed while it started.
    pub said: Vec<String>,
    log: PathBuf,
}

impl Server {
    /// Starts a server on a data directory and waits until it listens. Loopback hosts without TLS
    /// are allowed, as the tests need, unless the options are strict.
    pub async fn start(data: &Path, options: &ServerOptions) -> Server {
        Server::try_start(data, options)
            .await
            .unwrap_or_else(|log| panic!("the server did not start:\n{log}"))
    }

    /// Starts a server, or gives what it said before it ended.
    pub async fn try_start(data: &Path, options: &ServerOptions) -> Result<Server, String> {
        let log = data.with_extension("log");
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        let mut command = Command::new(crate::binary());
        command.args(["serve", "--data"]).arg(data);
        command.args(["--listen", "127.0.0.1:0"]);
        if !options.strict {
            command.args(["--allow-network", "127.0.0.0/8", "--allow-plain-http"]);
        }
        if options.tls {
            command.args(["--listen-tls", "127.0.0.1:0", "--tls-self-signed"]);
        }
        if let Some(url) = &options.database_url {
            command.args(["--database-url", url]);
        }
        command.args(&options.arguments);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.envs(options.environment.iter().cloned());
        command.stdout(Stdio::piped()).stderr(file).stdin(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = Vec::new();
        let read = async {
            while let Some(line) = lines.next_line().await.unwrap() {
                let is_last = line.starts_with("public URL");
                said.push(line);
                if is_last {
                    return true;
                }
            }
            false
        };
        if !tokio::time::timeout(Duration::from_secs(60), read).await.unwrap_or(false) {
            let _ = child.kill().await;
            return Err(std::fs::read_to_string(&log).unwrap_or_default());
        }
        let address = |scheme: &str| {
            let start = format!("listening on {scheme}://");
            said.iter().find_map(|line| {
                line.strip_prefix("listening on ").filter(|_| line.starts_with(&start))
            })
        };
        let url = address("http").unwrap().to_owned();
        let https_url = address("https").map(str::to_owned);
        // Whatever it prints later goes nowhere, but must not block it.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Server { child: Some(child), url, https_url, said, log })
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.as_ref().and_then(Child::id).unwrap()
    }

    /// Its log so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Asks it to stop and waits.
    pub async fn stop(mut self) {
        let mut child = self.child.take().unwrap();
        let id = child.id().unwrap().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().await.unwrap();
        assert!(told.success());
        let ended = tokio::time::timeout(Duration::from_secs(60), child.wait()).await;
        assert!(ended.expect("it stops in time").unwrap().success(), "{}", self.log());
    }

    /// Ends it at once, as a power cut would.
    pub async fn kill(mut self) {
        self.child.take().unwrap().kill().await.unwrap();
    }
}
