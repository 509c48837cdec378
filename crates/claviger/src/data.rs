//! Opening the data: directory, lock, database, key ring, committer, use cases – in this order.

use std::collections::HashMap;
use std::fs::File;
use std::fs::OpenOptions;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use broker::Broker;
use broker::Keyring;
use broker::Settings;
use domain::Clock;
use domain::Entropy;
use domain::Error;
use domain::Result;
use domain::id::RequestId;
use domain::text::printable;
use domain::url::WebUrl;
use domain::watch::Rhythm;
use outbound::Guard;
use outbound::Outbound;
use outbound::Reach;
use providers::Tools;
use store::Committer;
use store::Store;
use vault::SystemEntropy;

use crate::args::DEFAULT_URL;
use crate::clock::SystemClock;

/// The embedded database's file in the data directory.
pub const DATABASE_FILE: &str = "claviger.db";

/// Where the data is.
#[derive(clap::Args, Debug, Clone)]
pub struct DataArgs {
    /// The data directory
    #[arg(
        long,
        global = true,
        env = "CLAVIGER_DATA",
        value_name = "DIR",
        default_value = "./claviger-data"
    )]
    pub data: PathBuf,
    /// A PostgreSQL database instead of the embedded one
    #[arg(
        long,
        global = true,
        env = "CLAVIGER_DATABASE_URL",
        value_name = "postgres://…",
        hide_env_values = true
    )]
    pub database_url: Option<String>,
    /// The root key file [default: DIR/root.key]
    #[arg(long, global = true, env = "CLAVIGER_ROOT_KEY", value_name = "FILE")]
    pub root_key: Option<String>,
}

/// Opened data.
pub struct Opened {
    /// The use cases.
    pub broker: Arc<Broker>,
    /// Whether this opening made the root key.
    pub is_first_start: bool,
    /// Where the root key file is.
    pub root_key: PathBuf,
    /// Whether there is an organization yet.
    pub has_organizations: bool,
}

impl DataArgs {
    /// Where the root key file is.
    pub fn root_key_path(&self) -> Result<PathBuf> {
        match self.root_key.as_deref() {
            None => Ok(self.data.join("root.key")),
            Some(text) if text.starts_with("transit:") => Err(Error::new(
                domain::ErrorKind::Unsupported,
                "Root keys in a transit engine are not served yet.",
            )
            .hint("give the path of a key file with --root-key")),
            Some(text) => Ok(PathBuf::from(text)),
        }
    }

    /// The URL of the database.
    pub fn url(&self) -> String {
        self.database_url
            .clone()
            .unwrap_or_else(|| Store::sqlite_url(&self.data.join(DATABASE_FILE)))
    }

    /// Where the embedded database is, if that is what is used.
    pub fn database_file(&self) -> Option<PathBuf> {
        self.database_url.is_none().then(|| self.data.join(DATABASE_FILE))
    }

    /// Makes the data directory, private to its owner.
    pub fn create(&self) -> Result<()> {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.data).map_err(|error| {
            Error::unavailable(format!(
                "The data directory {} could not be made: {error}.",
                shown(&self.data)
            ))
            .hint("choose another with --data")
        })
    }

    /// Refuses a directory that holds no data: offline commands never make any by mistake.
    pub fn require_existing(&self) -> Result<()> {
        match self.database_file() {
            Some(file) if !file.exists() => Err(Error::new(
                domain::ErrorKind::NotFound,
                format!("There is no data in {}.", shown(&self.data)),
            )
            .hint("give the server's --data; `claviger bootstrap` or `serve` makes new data")),
            _ => Ok(()),
        }
    }

    /// Opens everything for a command that works on the data without serving it; it reaches nobody.
    pub async fn open_offline(&self) -> Result<Opened> {
        let reach = Reach::Guarded(Guard::default());
        let outbound = Outbound::new(reach, outbound::Limits::default());
        self.open(offline_settings()?, Arc::new(outbound)).await
    }

    /// Opens everything. `settings` is what the use cases need to know.
    pub async fn open(&self, settings: Settings, outbound: Arc<Outbound>) -> Result<Opened> {
        let store = Store::open(&self.url()).await?;
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let mut session = store.session().await?;
        let keyring =
            Keyring::open(&mut session, self.root_key_path()?, Arc::clone(&entropy)).await?;
        let has_organizations = !store::organizations::all(&mut session).await?.is_empty();
        drop(session);
        let owner = RequestId::generate(clock.as_ref(), entropy.as_ref()).to_string();
        let committer =
            Committer::start(store.clone(), keyring.audit_key(), Arc::clone(&clock), owner);
        let is_first_start = keyring.was_created();
        let root_key = keyring.path().to_owned();
        let tools = Arc::new(Tools::new(outbound, Arc::clone(&clock)));
        let broker = Broker::new(store, committer, keyring, clock, entropy, settings, tools);
        Ok(Opened { broker: Arc::new(broker), is_first_start, root_key, has_organizations })
    }
}

fn offline_settings() -> Result<Settings> {
    Ok(Settings {
        public_url: WebUrl::parse(DEFAULT_URL)?,
        allows_plain_http: false,
        cloud_overrides: HashMap::new(),
        rhythm: Rhythm::default(),
        mailer: None,
        hooks_url: None,
        oauth_applications: HashMap::new(),
        oidc: None,
    })
}

/// Holds the data directory for a server, or for a restore: one at a time.
#[derive(Debug)]
pub struct DataLock(#[expect(dead_code, reason = "held until it is dropped")] File);

impl DataLock {
    /// Takes the lock; a second server on the same data ends here.
    pub fn take(directory: &Path) -> Result<DataLock> {
        let path = directory.join("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(|error| {
                Error::unavailable(format!("{} could not be opened: {error}.", shown(&path)))
                    .hint("does the directory belong to the user that starts Claviger?")
            })?;
        rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive).map_err(
            |_| {
                Error::conflict(format!("Another server is running on {}.", shown(directory))).hint(
                    "stop it first, or choose another --data; for several replicas use PostgreSQL",
                )
            },
        )?;
        Ok(DataLock(file))
    }
}

/// A path as people may safely read it.
pub fn shown(path: &Path) -> String {
    printable(&path.display().to_string(), 300)
}
