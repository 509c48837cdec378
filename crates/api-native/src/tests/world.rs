//! A broker on a fresh database with the router before it; every answer is kept for searching.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::middleware;
use broker::Broker;
use broker::Keyring;
use broker::Settings;
use broker::Visitor;
use domain::Clock;
use domain::Entropy;
use domain::Secret;
use domain::id::RequestId;
use domain::url::WebUrl;
use http::HeaderMap;
use http::Request;
use http::StatusCode;
use http_body_util::BodyExt;
use outbound::Guard;
use outbound::Limits;
use outbound::Outbound;
use outbound::Reach;
use providers::Tools;
use serde_json::Value;
use store::Committer;
use store::Store;
use tempfile::TempDir;
use testkit::Canary;
use testkit::ManualClock;
use testkit::SeededEntropy;
use tower::ServiceExt;
use web::AppState;
use web::RequestIds;

/// Everything a test needs. The directory goes when it is dropped.
pub struct World {
    router: Router,
    broker: Arc<Broker>,
    clock: Arc<ManualClock>,
    answers: Mutex<Vec<(String, String)>>,
    _directory: TempDir,
}

/// An answer.
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl World {
    /// A world without organizations.
    pub async fn new() -> World {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&Store::sqlite_url(&directory.path().join("claviger.db"))).await;
        let store = store.unwrap();
        let manual = Arc::new(ManualClock::default());
        let clock: Arc<dyn Clock> = manual.clone();
        let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(1));
        let mut session = store.session().await.unwrap();
        let root = directory.path().join("root.key");
        let keyring = Keyring::open(&mut session, root, entropy.clone()).await.unwrap();
        drop(session);
        let key = keyring.audit_key();
        let committer = Committer::start(store.clone(), key, clock.clone(), "test".to_owned());
        let settings = Settings {
            public_url: WebUrl::parse("https://claviger.lan").unwrap(),
            allows_plain_http: false,
            cloud_overrides: HashMap::new(),
            rhythm: domain::watch::Rhythm::default(),
            mailer: None,
            hooks_url: None,
            oauth_applications: HashMap::new(),
            oidc: None,
        };
        let ids = RequestIds::new(clock.clone(), entropy.clone());
        // Nobody listens there, which is found out without asking anybody else.
        let loopback = "127.0.0.0/8".parse().unwrap();
        let reach = Reach::Guarded(Guard::new(vec![loopback], false));
        let outbound = Arc::new(Outbound::new(reach, Limits::default()));
        let tools = Arc::new(Tools::new(outbound, clock.clone()));
        let broker = Broker::new(store, committer, keyring, clock, entropy, settings, tools);
        let broker = Arc::new(broker);
        let router = crate::router(AppState::new(broker.clone()))
            .layer(middleware::from_fn_with_state(ids, web::with_request_id));
        let answers = Mutex::default();
        World { router, broker, clock: manual, answers, _directory: directory }
    }

    /// A new organization; gives its Owner token.
    pub async fn organization(&self, slug: &str) -> String {
        let made = self.broker.bootstrap(slug).await.unwrap();
        made.api_token.expose_text().unwrap().to_owned()
    }

    /// Signs in with a link, as the console does; gives the session's secret.
    pub async fn sign_in(&self, link: &str) -> String {
        let request_id = RequestId::generate(self.clock.as_ref(), &SeededEntropy::new(4));
        let visitor = Visitor { request_id, user_agent: Some("Browser/1".to_owned()) };
        let link = Secret::from(link.to_owned());
        let signed_in = self.broker.sign_in_by_link(&link, visitor).await.unwrap();
        signed_in.session_secret.expose_text().unwrap().to_owned()
    }

    /// Asks with a token, and with a JSON body unless it is null.
    pub async fn ask(&self, token: &str, method: &str, path: &str, body: Value) -> Reply {
        let builder = Request::builder()
            .method(method)
            .uri(format!("{}{path}", wire::BASE))
            .header("host", "claviger.lan")
            .header("authorization", format!("Bearer {token}"));
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.send(builder.body(body).unwrap()).await
    }

    /// Asks without a body.
    pub async fn get(&self, token: &str, path: &str) -> Reply {
        self.ask(token, "GET", path, Value::Null).await
    }

    /// Asks for something to be made, and gives its description.
    pub async fn make(&self, token: &str, path: &str, body: Value) -> Value {
        let reply = self.ask(token, "POST", path, body).await;
        assert_eq!(reply.status, 201, "POST {path}: {}", reply.text);
        reply.json()
    }

    /// Sends a request as it is. The clock moves a little first, so that ids are in order.
    pub async fn send(&self, request: Request<Body>) -> Reply {
        self.clock.advance(Duration::from_millis(1));
        let label = format!("{} {}", request.method(), request.uri());
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = answer.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        self.answers.lock().unwrap().push((label, text.clone()));
        Reply { status: head.status, headers: head.headers, text }
    }

    /// The answers in which a secret can be found, in any encoding.
    pub fn answers_with(&self, secret: &str) -> Vec<String> {
        let canary = Canary::of(secret);
        let answers = self.answers.lock().unwrap();
        let found =
            answers.iter().filter(|(_, text)| !canary.find_in_bytes(text.as_bytes()).is_empty());
        found.map(|(label, _)| label.replace(wire::BASE, "")).collect()
    }
}

impl Reply {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    /// A header as text; empty when it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Checks that this is a problem of a kind, complete and with the request's id; gives its sentence.
    pub fn problem(&self, status: u16, kind: &str) -> String {
        assert_eq!(self.status, status, "{}", self.text);
        let problem = self.json();
        assert_eq!(problem["kind"], kind, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/json");
        assert_eq!(self.header("cache-control"), "no-store");
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        let sentence = problem["message"].as_str().unwrap();
        assert!(sentence.ends_with('.') && sentence.len() > 10, "{sentence}");
        sentence.to_owned()
    }
}
