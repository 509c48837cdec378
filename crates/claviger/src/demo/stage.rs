//! What the demo plays on: a private Git host, a server, and machines that use them.

use std::collections::HashMap;
use std::fs;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::path::Path;
use std::path::PathBuf;

use domain::Entropy;
use domain::Error;
use domain::Result;
use domain::watch::Rhythm;
use githost::Auth;
use githost::GitHost;
use githost::Options;
use ipnet::IpNet;
use ipnet::Ipv4Net;

use super::machine::Machine;
use super::machine::unwritten;
use super::repository;
use super::repository::Repository;
use super::show::Show;
use crate::data::DataArgs;
use crate::serve;
use crate::serve::Running;
use crate::settings::ServeSettings;

/// The organization of the demo.
const ORGANIZATION: &str = "demo";
/// Random characters of the provider's token.
const TOKEN_CHARACTERS: usize = 36;

/// Everything that runs and lies there while the scenes are played.
pub struct Stage {
    /// The private Git host.
    pub host: GitHost,
    /// The repository on it.
    pub repository: Repository,
    /// What the private host asks for; what Claviger is to keep from everybody.
    pub provider_token: String,
    /// Where the server listens.
    pub server_url: String,
    /// The Owner token of the organization.
    pub owner_token: String,
    root: PathBuf,
    server: Running,
}

impl Stage {
    /// Builds it below `root`, which has to be empty.
    pub async fn set(
        root: &Path,
        executable: &Path,
        from: &Path,
        show: &mut Show,
    ) -> Result<Stage> {
        let tools = root.join("tools");
        fs::create_dir(&tools).map_err(unwritten)?;
        for name in ["claviger", "git-credential-claviger"] {
            std::os::unix::fs::symlink(executable, tools.join(name)).map_err(unwritten)?;
        }
        let provider_token = made_up_token();
        show.hide(&provider_token);
        show.preparing("a private Git host with a real repository …");
        let hosted = root.join("host");
        fs::create_dir(&hosted).map_err(unwritten)?;
        let maker = Machine::new(&root.join("maker"), &tools)?;
        let repository = repository::make(&maker, &hosted, from).await?;
        let auth = Auth::Basic { username: None, token: provider_token.clone() };
        let host = GitHost::start(&hosted, Options::new(auth)).await.map_err(|error| {
            Error::unavailable(format!("The private Git host cannot be started: {error}."))
        })?;
        show.preparing(&format!("it is {} and holds {}", host.url(), repository.told));
        show.preparing("a Claviger server with an organization …");
        let server = start_server(&root.join("data")).await?;
        let server_url = format!("http://{}", server.http_address);
        let mut stage = Stage {
            host,
            repository,
            provider_token,
            server_url,
            owner_token: String::new(),
            root: root.to_owned(),
            server,
        };
        stage.owner_token = stage.bootstrap().await?;
        show.hide(&stage.owner_token);
        show.preparing(&format!("it listens on {}", stage.server_url));
        Ok(stage)
    }

    /// A new machine; one of the same name is the same.
    pub fn machine(&self, name: &str) -> Result<Machine> {
        Machine::new(&self.root.join("machines").join(name), &self.root.join("tools"))
    }

    /// The machine of whoever runs the server, with the Owner token.
    pub fn operator(&self) -> Result<Machine> {
        Ok(self.machine("operator")?.logged_in(&self.server_url, &self.owner_token))
    }

    /// The data directory of the server.
    pub fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// A folder for whatever else a scene needs.
    pub fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.root.join("folders").join(name);
        fs::create_dir_all(&folder).map_err(unwritten)?;
        Ok(folder)
    }

    /// The address of the repository at its provider: what people know it by.
    pub fn url(&self) -> String {
        self.host.repository_url(repository::PATH)
    }

    /// Its address at the gateway.
    pub fn gateway_url(&self) -> String {
        format!("{}/git/{}/{}.git", self.server_url, self.host.address(), repository::PATH)
    }

    /// The commit that a branch of the repository is on at the host.
    pub async fn commit_at_host(&self, branch: &str) -> Result<String> {
        let reference = format!("refs/heads/{branch}");
        let machine = self.machine("host")?;
        let bare = self.repository.bare.as_os_str();
        machine
            .ask_git(&["--git-dir".as_ref(), bare, "rev-parse".as_ref(), reference.as_ref()])
            .await
    }

    /// Takes it down again: no new requests, open ones end.
    pub async fn strike(self) {
        self.host.stop().await;
        self.server.stop().await;
    }

    async fn bootstrap(&self) -> Result<String> {
        let data = self.data();
        let arguments: [&std::ffi::OsStr; 6] = [
            "bootstrap".as_ref(),
            "--data".as_ref(),
            data.as_ref(),
            "--org".as_ref(),
            ORGANIZATION.as_ref(),
            "--json".as_ref(),
        ];
        let ran = self.machine("operator")?.run("claviger", &arguments, "").await?;
        text_of(&ran.json("claviger bootstrap")?, "api_token")
    }
}

/// A server on this data, on a free port, that may reach hosts on this machine without TLS.
pub async fn start_server(data: &Path) -> Result<Running> {
    let loopback = Ipv4Net::new(Ipv4Addr::new(127, 0, 0, 0), 8).map_err(Error::internal)?;
    let settings = ServeSettings {
        data: DataArgs { data: data.to_owned(), database_url: None, root_key: None },
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        listen_metrics: None,
        tls: None,
        public_url: None,
        cors_origins: Vec::new(),
        allow_network: vec![IpNet::V4(loopback)],
        allow_plain_http: true,
        behind_proxy: None,
        outbound_proxy: None,
        cloud_overrides: HashMap::new(),
        oauth_applications: HashMap::new(),
        oidc: None,
        rhythm: Rhythm::default(),
        mailer: None,
        log_json: false,
    };
    serve::start(&settings).await
}

/// A field of an answer that has to be text.
pub fn text_of(answer: &serde_json::Value, field: &str) -> Result<String> {
    answer.get(field).and_then(serde_json::Value::as_str).map(str::to_owned).ok_or_else(|| {
        Error::new(
            domain::ErrorKind::Upstream,
            format!("An answer of the server has no text in its field {field}."),
        )
    })
}

/// A token as GitHub's look, made up on the spot.
fn made_up_token() -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789AZ";
    let mut bytes = [0_u8; TOKEN_CHARACTERS];
    vault::SystemEntropy.fill(&mut bytes);
    let letters = bytes.iter().filter_map(|byte| LETTERS.get(usize::from(byte % 64)));
    ["ghp", "_"].concat().chars().chain(letters.map(|letter| char::from(*letter))).collect()
}
