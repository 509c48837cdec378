//! A broker on either engine with an organization, on a clock that the test moves.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use broker::AddCredential;
use broker::Broker;
use broker::Caller;
use broker::Checked;
use broker::Keyring;
use broker::Settings;
use domain::Clock;
use domain::Entropy;
use domain::Secret;
use domain::id::RequestId;
use domain::provider::Provider;
use domain::url::WebUrl;
use domain::watch::Rhythm;
use outbound::Guard;
use outbound::Limits;
use outbound::Outbound;
use outbound::Reach;
use providers::Tools;
use store::Committer;
use store::Store;
use testkit::Cluster;
use testkit::ManualClock;
use testkit::SeededEntropy;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Sqlite,
    Postgres,
}

pub struct World {
    pub broker: Arc<Broker>,
    pub caller: Caller,
    pub clock: Arc<ManualClock>,
    url: String,
    key: PathBuf,
    directory: tempfile::TempDir,
}

impl World {
    pub async fn new(on: On) -> World {
        let directory = tempfile::tempdir().unwrap();
        let url = match on {
            On::Sqlite => Store::sqlite_url(&directory.path().join("test.db")),
            On::Postgres => Cluster::shared().fresh_database(),
        };
        let clock = Arc::new(ManualClock::default());
        let key = directory.path().join("root.key");
        let broker = open(&url, &key, &clock, 1).await;
        let made = broker.bootstrap("acme").await.unwrap();
        let principal = broker.authenticate(&made.api_token).await.unwrap();
        let request_id = RequestId::generate(clock.as_ref(), &SeededEntropy::new(2));
        let caller = Caller { principal, request_id, known_at: None, client: None };
        World { broker, caller, clock, url, key, directory }
    }

    /// Another server on the same database.
    pub async fn replica(&self) -> Arc<Broker> {
        // Its random numbers are its own.
        open(&self.url, &self.key, &self.clock, 99).await
    }

    /// A folder for what a test starts beside it.
    pub fn folder(&self, name: &str) -> PathBuf {
        let folder = self.directory.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        folder
    }

    /// A credential for all of a host, stored without asking.
    pub fn wanted(&self, provider: Provider, host: &str, name: &str) -> AddCredential {
        AddCredential {
            host: Some(host.to_owned()),
            checked: Checked::No,
            ..AddCredential::new(
                name.to_owned(),
                provider,
                Secret::from(format!("value of {name}")),
            )
        }
    }

    /// Adds it and gives its handle.
    pub async fn add(&self, wanted: AddCredential) -> String {
        self.broker.add_credential(&self.caller, wanted).await.unwrap().credential.handle
    }
}

async fn open(
    url: &str,
    key: &std::path::Path,
    clock: &Arc<ManualClock>,
    seed: u64,
) -> Arc<Broker> {
    let store = Store::open(url).await.unwrap();
    let clock: Arc<dyn Clock> = clock.clone();
    let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(seed));
    let mut session = store.session().await.unwrap();
    let keyring = Keyring::open(&mut session, key.to_owned(), entropy.clone()).await.unwrap();
    drop(session);
    let owner = RequestId::generate(clock.as_ref(), entropy.as_ref()).to_string();
    let committer = Committer::start(store.clone(), keyring.audit_key(), clock.clone(), owner);
    let settings = Settings {
        public_url: WebUrl::parse("https://claviger.example").unwrap(),
        allows_plain_http: true,
        cloud_overrides: HashMap::new(),
        rhythm: Rhythm::default(),
        mailer: None,
        hooks_url: Some(WebUrl::parse("https://claviger.example").unwrap()),
        oauth_applications: HashMap::new(),
        oidc: None,
    };
    let guard = Guard::new(vec!["127.0.0.0/8".parse().unwrap()], true);
    let outbound = Outbound::new(Reach::Guarded(guard), Limits::default());
    let tools = Arc::new(Tools::new(Arc::new(outbound), clock.clone()));
    Arc::new(Broker::new(store, committer, keyring, clock, entropy, settings, tools))
}
