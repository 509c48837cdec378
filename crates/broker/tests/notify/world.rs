//! A broker on either engine with an organization, told to warn people by the test itself.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use broker::AddChannel;
use broker::AddCredential;
use broker::Broker;
use broker::Caller;
use broker::Checked;
use broker::CreatedChannel;
use broker::Delivery;
use broker::Keyring;
use broker::Settings;
use broker::Wanted;
use domain::Clock;
use domain::Entropy;
use domain::Secret;
use domain::credential::Credential;
use domain::id::NotificationId;
use domain::id::RequestId;
use domain::limits::SETTLE_TIME;
use domain::notification::ChannelKind;
use domain::notification::Kind;
use domain::notification::Notice;
use domain::notification::Subject;
use domain::provider::Provider;
use domain::url::WebUrl;
use domain::warning_days::WarningDays;
use domain::watch::Rhythm;
use outbound::Guard;
use outbound::Limits;
use outbound::Mailer;
use outbound::Outbound;
use outbound::Reach;
use outbound::Trust;
use providers::Tools;
use store::Committer;
use store::Store;
use testkit::Cluster;
use testkit::MailSink;
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
    pub mails: MailSink,
    pub url: String,
    committer: Committer,
    entropy: Arc<SeededEntropy>,
    key: PathBuf,
    _directory: tempfile::TempDir,
}

impl World {
    pub async fn new(on: On) -> World {
        let directory = tempfile::tempdir().unwrap();
        let url = match on {
            On::Sqlite => Store::sqlite_url(&directory.path().join("test.db")),
            On::Postgres => Cluster::shared().fresh_database(),
        };
        let clock = Arc::new(ManualClock::default());
        let entropy = Arc::new(SeededEntropy::new(1));
        let mails = MailSink::start().await;
        let key = directory.path().join("root.key");
        let (broker, committer) = open(&url, &key, &clock, &entropy, &mails).await;
        let made = broker.bootstrap("acme").await.unwrap();
        let principal = broker.authenticate(&made.api_token).await.unwrap();
        let request_id = RequestId::generate(clock.as_ref(), entropy.as_ref());
        let caller = Caller { principal, request_id, known_at: None, client: None };
        World { broker, caller, clock, mails, url, committer, entropy, key, _directory: directory }
    }

    /// Another process on the same database.
    pub async fn replica(&self) -> Arc<Broker> {
        // Its random numbers are its own.
        let entropy = Arc::new(SeededEntropy::new(99));
        open(&self.url, &self.key, &self.clock, &entropy, &self.mails).await.0
    }

    pub async fn credential(&self, name: &str) -> Credential {
        let wanted = AddCredential {
            covers: vec![name.to_owned()],
            checked: Checked::No,
            ..AddCredential::new(name.to_owned(), Provider::GitHub, Secret::from("s".to_owned()))
        };
        self.broker.add_credential(&self.caller, wanted).await.unwrap().credential
    }

    pub async fn channel(&self, name: &str, kind: ChannelKind, to: &[&str]) -> CreatedChannel {
        let is_mail = kind == ChannelKind::Email;
        let recipients = to.iter().map(|to| (*to).to_owned()).filter(|_| is_mail).collect();
        let url = to.first().filter(|_| !is_mail).map(|url| Secret::from((*url).to_owned()));
        let wanted = AddChannel {
            name: name.to_owned(),
            kind,
            recipients,
            url,
            only: Vec::new(),
            days: WarningDays::default(),
            quiet_hours: None,
        };
        self.broker.add_channel(&self.caller, wanted).await.unwrap()
    }

    /// Finds out that a credential was rejected, as the watcher does.
    pub async fn rejected(&self, credential: &Credential, group: &str) -> NotificationId {
        self.clock.advance(Duration::from_millis(1));
        let id = NotificationId::generate(self.clock.as_ref(), self.entropy.as_ref());
        let subject = Subject { credential, group };
        let now = self.clock.now();
        let notice = Notice::new(id, &subject, Kind::Rejected, now, "the host said no", now);
        let is_new = self
            .committer
            .change(move |session| {
                Box::pin(async move {
                    Ok((store::notifications::tell(session, &notice).await?, Vec::new()))
                })
            })
            .await
            .unwrap();
        assert!(is_new);
        id
    }

    /// Tells what is due now.
    pub async fn round(&self) {
        self.broker.tell_waiting().await.unwrap();
    }

    /// Tells what is due after warnings have settled.
    pub async fn settled_round(&self) {
        self.clock.advance(SETTLE_TIME);
        self.round().await;
    }

    /// How tellings went, oldest warning first: recipient (else channel), state, attempts, error.
    pub async fn told(&self) -> Vec<(String, &'static str, i64, String)> {
        let wanted = Wanted { limit: Some(200), ..Wanted::default() };
        let page = self.broker.list_notifications(&self.caller, &wanted).await.unwrap();
        let told = page.items.into_iter().rev().flat_map(|view| view.deliveries);
        let shown = told.map(|delivery: Delivery| {
            let to = Some(delivery.recipient).filter(|to| !to.is_empty());
            let to = to.unwrap_or(delivery.channel);
            let error = delivery.last_error.unwrap_or_default();
            (to, delivery.state.word(), delivery.attempts, error)
        });
        shown.collect()
    }
}

async fn open(
    url: &str,
    key: &std::path::Path,
    clock: &Arc<ManualClock>,
    entropy: &Arc<SeededEntropy>,
    mails: &MailSink,
) -> (Arc<Broker>, Committer) {
    let store = Store::open(url).await.unwrap();
    let clock: Arc<dyn Clock> = clock.clone();
    let entropy: Arc<dyn Entropy> = entropy.clone();
    let mut session = store.session().await.unwrap();
    let keyring = Keyring::open(&mut session, key.to_owned(), entropy.clone()).await.unwrap();
    drop(session);
    let owner = RequestId::generate(clock.as_ref(), entropy.as_ref()).to_string();
    let committer = Committer::start(store.clone(), keyring.audit_key(), clock.clone(), owner);
    let relay = format!("smtp://{}?tls=none", mails.address);
    let mailer = Mailer::new(&relay, None, "claviger@acme.example", &Trust::Roots).unwrap();
    let settings = Settings {
        public_url: WebUrl::parse("https://claviger.example").unwrap(),
        allows_plain_http: true,
        cloud_overrides: HashMap::new(),
        rhythm: Rhythm::default(),
        hooks_url: None,
        oauth_applications: HashMap::new(),
        oidc: None,
        mailer: Some(Arc::new(mailer)),
    };
    let guard = Guard::new(vec!["127.0.0.0/8".parse().unwrap()], true);
    let outbound = Outbound::new(Reach::Guarded(guard), Limits::default());
    let tools = Arc::new(Tools::new(Arc::new(outbound), clock.clone()));
    let broker = Broker::new(store, committer.clone(), keyring, clock, entropy, settings, tools);
    (Arc::new(broker), committer)
}
