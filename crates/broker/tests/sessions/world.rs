//! A broker on either engine, empty or with an organization, on a clock that the test moves.

use broker::AuditSearch;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use broker::Broker;
use broker::Caller;
use broker::CloudOverride;
use broker::Keyring;
use broker::OAuthApplication;
use broker::OidcSettings;
use broker::Settings;
use broker::SignedIn;
use broker::Visitor;
use broker::Wanted;
use broker::WantedApiToken;
use domain::Clock;
use domain::Entropy;
use domain::ErrorKind;
use domain::Secret;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::id::RequestId;
use domain::principal::Actor;
use domain::principal::Principal;
use domain::provider::Provider;
use domain::role::Role;
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

/// Where people can sign in beside the server.
#[derive(Clone, Default)]
pub struct Outside {
    pub oidc: Option<OidcSettings>,
    pub applications: HashMap<Provider, OAuthApplication>,
    pub clouds: HashMap<Provider, CloudOverride>,
}

/// A server with nothing in it.
pub struct Empty {
    pub broker: Arc<Broker>,
    pub clock: Arc<ManualClock>,
    url: String,
    key: PathBuf,
    outside: Outside,
    _directory: tempfile::TempDir,
}

impl Empty {
    pub async fn new(on: On) -> Empty {
        Empty::with(on, Outside::default()).await
    }

    pub async fn with(on: On, outside: Outside) -> Empty {
        let directory = tempfile::tempdir().unwrap();
        let url = match on {
            On::Sqlite => Store::sqlite_url(&directory.path().join("test.db")),
            On::Postgres => Cluster::shared().fresh_database(),
        };
        let clock = Arc::new(ManualClock::default());
        let key = directory.path().join("root.key");
        let broker = open(&url, &key, &clock, 1, outside.clone()).await;
        Empty { broker, clock, url, key, outside, _directory: directory }
    }

    /// Another server on the same database.
    pub async fn replica(&self) -> Arc<Broker> {
        // Its random numbers are its own.
        open(&self.url, &self.key, &self.clock, 99, self.outside.clone()).await
    }
}

/// A server with an organization and its Owner token.
pub struct World {
    pub empty: Empty,
    pub broker: Arc<Broker>,
    pub owner_token: Secret,
    pub owner: Caller,
}

impl World {
    pub async fn new(on: On) -> World {
        World::with(on, Outside::default()).await
    }

    pub async fn with(on: On, outside: Outside) -> World {
        let empty = Empty::with(on, outside).await;
        let broker = Arc::clone(&empty.broker);
        let made = broker.bootstrap("acme").await.unwrap();
        let owner = caller(broker.authenticate(&made.api_token).await.unwrap());
        World { empty, broker, owner_token: made.api_token, owner }
    }

    /// A member, as themselves.
    pub async fn member(&self, email: &str, role: Role) -> Caller {
        let made = self.broker.add_member(&self.owner, email, "", role).await.unwrap();
        caller(Principal {
            organization_id: made.organization_id,
            actor: Actor::Member(made.id),
            member_id: Some(made.id),
            role,
            name: made.email,
        })
    }

    /// A token, as itself.
    pub async fn token(&self, role: Role, member: Option<&Caller>) -> Caller {
        let wanted = WantedApiToken {
            name: "t".to_owned(),
            description: String::new(),
            role: Some(role),
            member: member.and_then(|it| it.principal.member_id).map(|id| id.to_string()),
            expires_at: None,
            is_name_unique: false,
        };
        let made = self.broker.create_api_token(&self.owner, wanted).await.unwrap();
        caller(self.broker.authenticate(&made.token).await.unwrap())
    }

    /// Signs somebody in by a link of theirs.
    pub async fn sign_in(&self, who: &Caller) -> SignedIn {
        let link = self.broker.create_sign_in_link(who).await.unwrap();
        self.broker.sign_in_by_link(&link.secret, visitor()).await.unwrap()
    }

    /// What a session's secret is answered.
    pub async fn seen(&self, signed_in: &SignedIn) -> Result<Principal, ErrorKind> {
        let seen = self.broker.authenticate_session(&signed_in.session_secret).await;
        seen.map(|seen| seen.principal).map_err(|error| error.kind())
    }

    /// How often something was recorded.
    pub async fn recorded(&self, action: Action, outcome: Outcome) -> usize {
        let wanted = Wanted { limit: Some(200), ..Wanted::default() };
        let page =
            self.broker.list_audit(&self.owner, &AuditSearch::default(), &wanted).await.unwrap();
        let records = page.items.iter().map(|placed| &placed.record);
        records.filter(|it| it.action == action && it.outcome == outcome).count()
    }
}

pub fn caller(principal: Principal) -> Caller {
    let request_id = RequestId::generate(&ManualClock::default(), &SeededEntropy::new(2));
    Caller { principal, request_id, known_at: None, client: None }
}

pub fn visitor() -> Visitor {
    let request_id = RequestId::generate(&ManualClock::default(), &SeededEntropy::new(3));
    Visitor { request_id, user_agent: Some("Browser/1 \u{202e}odd".to_owned()) }
}

async fn open(
    url: &str,
    key: &std::path::Path,
    clock: &Arc<ManualClock>,
    seed: u64,
    outside: Outside,
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
        cloud_overrides: outside.clouds,
        rhythm: Rhythm::default(),
        mailer: None,
        hooks_url: None,
        oauth_applications: outside.applications,
        oidc: outside.oidc,
    };
    let guard = Guard::new(vec!["127.0.0.0/8".parse().unwrap()], true);
    let outbound = Outbound::new(Reach::Guarded(guard), Limits::default());
    let tools = Arc::new(Tools::new(Arc::new(outbound), clock.clone()));
    Arc::new(Broker::new(store, committer, keyring, clock, entropy, settings, tools))
}

/// Runs a test body on both engines.
macro_rules! on_both_engines {
    ($world:ident: $($name:ident),* $(,)?) => {$(
        mod $name {
            use crate::world::On;
            use crate::world::$world;

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                super::$name($world::new(On::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                super::$name($world::new(On::Postgres).await).await;
            }
        }
    )*};
}

pub(crate) use on_both_engines;
