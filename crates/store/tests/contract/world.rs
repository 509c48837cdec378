//! A fresh database on either engine, with one organization, one host and one credential in it.

use std::sync::Arc;

use domain::Clock;
use domain::Timestamp;
use domain::audit::Action;
use domain::audit::ChainMac;
use domain::audit::MAC_BYTES;
use domain::audit::Outcome;
use domain::audit::Record;
use domain::credential::Credential;
use domain::credential::CredentialKind;
use domain::credential::ExpirySource;
use domain::host::Host;
use domain::id::AuditRecordId;
use domain::id::CredentialId;
use domain::id::HostId;
use domain::id::OrganizationId;
use domain::provider::Provider;
use domain::status::Axes;
use domain::url::WebUrl;
use store::Committer;
use store::Epoch;
use store::Store;
use store::organizations::Organization;
use testkit::clock::ManualClock;
use testkit::clock::SeededEntropy;

/// A keyed hash good enough to tell any two messages apart in a test.
pub struct TestMac;

impl ChainMac for TestMac {
    fn mac(&self, message: &[u8]) -> [u8; MAC_BYTES] {
        let mut mac = [0u8; MAC_BYTES];
        for (lane, chunk) in mac.chunks_mut(8).enumerate() {
            let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ (lane as u64 + 1);
            for byte in message {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
            }
            chunk.copy_from_slice(&hash.to_be_bytes());
        }
        mac
    }
}

pub struct World {
    pub store: Store,
    pub committer: Committer,
    pub clock: Arc<ManualClock>,
    pub entropy: Arc<SeededEntropy>,
    pub url: String,
    pub organization: OrganizationId,
    pub host: Host,
    _directory: tempfile::TempDir,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Sqlite,
    Postgres,
}

impl World {
    pub async fn new(on: On) -> World {
        let directory = tempfile::tempdir().unwrap();
        let url = match on {
            On::Sqlite => Store::sqlite_url(&directory.path().join("test.db")),
            On::Postgres => testkit::postgres::Cluster::shared().fresh_database(),
        };
        let store = Store::open(&url).await.unwrap();
        let clock = Arc::new(ManualClock::default());
        let entropy = Arc::new(SeededEntropy::new(7));
        let committer = start(&store, &clock, "first");
        let organization = OrganizationId::generate(clock.as_ref(), entropy.as_ref());
        let host = Host {
            id: HostId::generate(clock.as_ref(), entropy.as_ref()),
            organization_id: organization,
            provider: Provider::GitLab,
            url: WebUrl::parse("https://gitlab.example").unwrap(),
            ca_pem: None,
        };
        let world = World {
            store,
            committer,
            clock,
            entropy,
            url,
            organization,
            host,
            _directory: directory,
        };
        world.fill().await;
        world
    }

    async fn fill(&self) {
        let stored = Organization {
            id: self.organization,
            slug: "acme".to_owned(),
            name: "Acme".to_owned(),
            delete_in_use_warns_only: false,
            requires_checks: false,
            allows_write_probes: false,
            value_age_days_max: None,
            profile: "{}".to_owned(),
            epoch: Epoch(1),
            created_at: self.clock.now(),
        };
        let (host, now) = (self.host.clone(), self.clock.now());
        let record = self.record(Action::OrganizationCreate);
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    store::organizations::insert(session, &stored).await?;
                    store::hosts::insert(session, &host, now).await?;
                    Ok(((), vec![record]))
                })
            })
            .await
            .unwrap();
    }

    pub fn record(&self, action: Action) -> Record {
        Record {
            id: AuditRecordId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            at: self.clock.now(),
            organization_id: self.organization,
            request_id: None,
            actor_kind: "system".to_owned(),
            actor_id: None,
            actor_name: "test".to_owned(),
            action,
            outcome: Outcome::Done,
            credential_id: None,
            repository: None,
            target: None,
            detail: None,
            client: None,
            facts: std::collections::BTreeMap::new(),
        }
    }

    pub fn credential(&self, name: &str) -> Credential {
        Credential {
            id: CredentialId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            organization_id: self.organization,
            handle: String::new(),
            name: name.to_owned(),
            description: "free\ntext".to_owned(),
            host_id: self.host.id,
            workspace: None,
            kind: CredentialKind::AccessToken,
            username: None,
            guessed_username: None,
            member_id: None,
            given_url: None,
            tag: None,
            app_id: None,
            installation_id: None,
            repository: None,
            covers: Vec::new(),
            is_default: false,
            axes: Axes::NEW,
            expires_at: Some(Timestamp::from_millis(5)),
            expiry_source: ExpirySource::Entered,
            current_version: 1,
            created_by: "test".to_owned(),
            created_at: self.clock.now(),
            updated_at: self.clock.now(),
            last_used_at: None,
        }
    }

    pub async fn add(&self, mut credential: Credential) -> domain::Result<Credential> {
        let (host, record) = (self.host.clone(), self.record(Action::CredentialAdd));
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    store::credentials::insert(session, &mut credential, &host).await?;
                    Ok((credential, vec![record]))
                })
            })
            .await
    }

    pub async fn index(&self) {
        self.committer.index_audit(&self.store).await.unwrap();
    }

    pub async fn verify(&self, kept: &[store::audit::Head]) -> store::verify::Verdict {
        let mut session = self.store.session().await.unwrap();
        store::verify::verify(&mut session, &TestMac, kept).await.unwrap()
    }
}

pub fn start(store: &Store, clock: &Arc<ManualClock>, owner: &str) -> Committer {
    Committer::start(store.clone(), Arc::new(TestMac), clock.clone(), owner.to_owned())
}

/// Runs a test body on both engines.
macro_rules! on_both_engines {
    ($($name:ident),* $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                super::$name($crate::world::World::new($crate::world::On::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                super::$name($crate::world::World::new($crate::world::On::Postgres).await).await;
            }
        }
    )*};
}

pub(crate) use on_both_engines;
