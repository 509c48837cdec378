//! Signing in at an OIDC issuer: the way there and back, and everything that is not this very sign-in.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use broker::Arrived;
use broker::Broker;
use broker::CameToSignIn;
use broker::OidcSettings;
use domain::Clock;
use domain::ErrorKind;
use domain::Secret;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::role::Role;
use serde_json::Value;
use serde_json::json;
use testkit::Issuer;
use testkit::issuer::AUDIENCE;
use testkit::issuer::Answer;
use testkit::issuer::SigningKey;

use crate::world::On;
use crate::world::Outside;
use crate::world::World;
use crate::world::visitor;

const EMAIL: &str = "m@acme.invalid";
const PAGE: &str = "/console/credentials?x=1";

/// A server, its issuer, and the cookie of one browser.
struct Scene {
    world: World,
    issuer: Issuer,
    key: SigningKey,
    binding: Secret,
}

/// Where a browser was sent.
struct Sent {
    url: String,
}

impl Sent {
    fn part(&self, name: &str) -> &str {
        let query = self.url.split_once('?').unwrap().1;
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).unwrap().1
    }
}

impl Scene {
    async fn new(on: On) -> Scene {
        Scene::with(on, |settings| settings).await
    }

    async fn with(on: On, change: impl FnOnce(OidcSettings) -> OidcSettings) -> Scene {
        let key = SigningKey::new("ES256", "one");
        let issuer = Issuer::start(&[&key]).await;
        let settings = OidcSettings::new(issuer.url(), AUDIENCE.to_owned(), None, true).unwrap();
        let outside = Outside { oidc: Some(change(settings)), ..Outside::default() };
        let world = World::with(on, outside).await;
        let binding = world.broker.new_browser_binding();
        Scene { world, issuer, key, binding }
    }

    async fn begin(&self) -> Sent {
        self.begin_from(PAGE).await
    }

    async fn begin_from(&self, page: &str) -> Sent {
        let url = self.world.broker.begin_oidc_sign_in(page, &self.binding).await.unwrap();
        Sent { url }
    }

    /// What the issuer puts into the ID token of a sign-in.
    fn claims(&self, sent: &Sent) -> Value {
        let now = self.world.empty.clock.now().seconds();
        let mut claims = self.issuer.claims(EMAIL, now);
        claims["nonce"] = json!(sent.part("nonce"));
        claims
    }

    fn gives(&self, claims: &Value) {
        let said = json!({"token_type": "Bearer", "id_token": self.key.sign(claims)});
        self.issuer.answer_code(Answer::Text(said.to_string()));
    }

    async fn finish(&self, sent: &Sent) -> Result<Arrived, ErrorKind> {
        self.finish_at(&self.world.broker, came(sent.part("state")), &self.binding).await
    }

    async fn finish_at(
        &self,
        broker: &Broker,
        came: CameToSignIn,
        binding: &Secret,
    ) -> Result<Arrived, ErrorKind> {
        broker.finish_oidc_sign_in(came, binding, visitor()).await.map_err(|error| error.kind())
    }
}

fn came(state: &str) -> CameToSignIn {
    CameToSignIn {
        state: Some(Secret::from(state.to_owned())),
        code: Some(Secret::from("the/code".to_owned())),
        issuer: None,
        is_refused: false,
    }
}

fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(vault_hash(verifier))
}

fn vault_hash(text: &str) -> [u8; 32] {
    broker::digest(text.as_bytes())
}

async fn there_and_back(on: On) {
    let scene = Scene::new(on).await;
    let member = scene.world.member(EMAIL, Role::DevOps).await;
    let sent = scene.begin().await;
    assert!(sent.url.starts_with(&format!("{}/authorize?", scene.issuer.url())), "{}", sent.url);
    let back = "https%3A%2F%2Fclaviger.example%2Foauth%2Foidc%2Fcallback";
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", AUDIENCE),
        ("redirect_uri", back),
        ("scope", "openid%20email"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(sent.part(name), value);
    }
    scene.gives(&scene.claims(&sent));
    let arrived = scene.finish(&sent).await.unwrap();
    assert_eq!(arrived.return_to, PAGE);
    assert_eq!(arrived.signed_in.principal, member.principal);
    assert!(!arrived.is_to_choose);
    assert_eq!(scene.world.seen(&arrived.signed_in).await, Ok(member.principal));
    let (authorization, form) = scene.issuer.presented().pop().unwrap();
    assert_eq!(authorization, "", "a public client");
    let fields: Vec<&str> = form.split('&').collect();
    let verifier = form.split("code_verifier=").nth(1).unwrap().split('&').next().unwrap();
    assert_eq!(challenge(verifier), sent.part("code_challenge"));
    for field in ["grant_type=authorization_code", "code=the%2Fcode", "client_id=claviger"] {
        assert!(fields.contains(&field), "{form}");
    }
    assert!(fields.contains(&format!("redirect_uri={back}").as_str()), "{form}");

    // The state is good once, wherever it comes.
    let other = scene.world.empty.replica().await;
    for broker in [&scene.world.broker, &other] {
        let again = scene.finish_at(broker, came(sent.part("state")), &scene.binding).await;
        assert_eq!(again.err(), Some(ErrorKind::NotFound));
    }
    assert_eq!(scene.world.recorded(Action::SessionBegin, Outcome::Done).await, 1);
    let all = broker::Wanted::default();
    let listed = scene.world.broker.list_sessions(&scene.world.owner, &all).await.unwrap();
    assert_eq!(listed.items[0].session.way.word(), "oidc");
}

#[tokio::test(flavor = "multi_thread")]
async fn there_and_back_sqlite() {
    there_and_back(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn there_and_back_postgres() {
    there_and_back(On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_belongs_to_its_browser_and_its_time() {
    let scene = Scene::new(On::Sqlite).await;
    scene.world.member(EMAIL, Role::DevOps).await;
    let sent = scene.begin().await;
    scene.gives(&scene.claims(&sent));
    let broker = &scene.world.broker;
    let strange = broker.new_browser_binding();
    let stolen = scene.finish_at(broker, came(sent.part("state")), &strange).await;
    assert_eq!(stolen.err(), Some(ErrorKind::NotFound));
    for state in ["", "x", &sent.part("state")[1..]] {
        let made_up = scene.finish_at(broker, came(state), &scene.binding).await;
        assert_eq!(made_up.err(), Some(ErrorKind::NotFound));
    }
    let none = CameToSignIn { code: None, ..came(sent.part("state")) };
    let refused = CameToSignIn { is_refused: true, ..came(sent.part("state")) };
    let mixed = CameToSignIn {
        issuer: Some("https://other.example".to_owned()),
        ..came(sent.part("state"))
    };
    for (came, kind) in [
        (none, ErrorKind::NotFound),
        (refused, ErrorKind::Forbidden),
        (mixed, ErrorKind::Forbidden),
    ] {
        assert_eq!(scene.finish_at(broker, came, &scene.binding).await.err(), Some(kind));
    }
    assert_eq!(scene.issuer.presented().len(), 0, "no code was presented for any of these");
    scene.world.empty.clock.advance(Duration::from_secs(600));
    assert_eq!(scene.finish(&sent).await.err(), Some(ErrorKind::NotFound));
    assert_eq!(scene.world.recorded(Action::SessionBegin, Outcome::Refused).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_token_of_this_sign_in_signs_in() {
    let scene = Scene::new(On::Sqlite).await;
    scene.world.member(EMAIL, Role::DevOps).await;
    let other = scene.begin().await;
    for (field, value) in [
        ("nonce", json!(other.part("nonce"))),
        ("nonce", json!(null)),
        ("nonce", json!(["x"])),
        ("aud", json!("other")),
        ("azp", json!("other")),
        ("iss", json!("https://other.example")),
        ("exp", json!(1)),
        ("email_verified", json!(false)),
    ] {
        let sent = scene.begin().await;
        let mut claims = scene.claims(&sent);
        claims[field] = value;
        scene.gives(&claims);
        assert_eq!(scene.finish(&sent).await.err(), Some(ErrorKind::Forbidden), "{claims}");
    }
    let none = SigningKey::unsigned(&scene.claims(&other));
    for answer in [
        Answer::Text("{}".to_owned()),
        Answer::Text("<html>".to_owned()),
        Answer::Text(json!({"id_token": "no token"}).to_string()),
        Answer::Text(json!({ "id_token": none }).to_string()),
        Answer::Say("500 Internal Server Error".to_owned()),
        Answer::Say(format!("302 Found\r\nlocation: {}/elsewhere", scene.issuer.url())),
        Answer::Endless,
    ] {
        scene.issuer.answer_code(answer.clone());
        let kind = scene.finish(&scene.begin().await).await.err();
        assert!(
            matches!(kind, Some(ErrorKind::Upstream | ErrorKind::Forbidden)),
            "{answer:?}: {kind:?}"
        );
    }
    let sent = scene.begin().await;
    let stranger = SigningKey::new("ES256", "one").sign(&scene.claims(&sent));
    scene.issuer.answer_code(Answer::Text(json!({ "id_token": stranger }).to_string()));
    assert_eq!(scene.finish(&sent).await.err(), Some(ErrorKind::Forbidden));
    let asked = scene.issuer.presented().len();
    // A try that failed has used its state up: nobody is asked again with it.
    scene.gives(&scene.claims(&sent));
    assert_eq!(scene.finish(&sent).await.err(), Some(ErrorKind::NotFound));
    assert_eq!(scene.issuer.presented().len(), asked);
    let sent = scene.begin().await;
    let mut claims = scene.claims(&sent);
    claims["azp"] = json!(AUDIENCE);
    scene.gives(&claims);
    assert!(scene.finish(&sent).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_no_member_is_told_so_and_who_is_several_comes_to_the_first() {
    let scene = Scene::new(On::Sqlite).await;
    let sent = scene.begin().await;
    scene.gives(&scene.claims(&sent));
    let broker = &scene.world.broker;
    let told = broker.finish_oidc_sign_in(came(sent.part("state")), &scene.binding, visitor());
    let told = told.await.err().unwrap();
    assert_eq!(told.kind(), ErrorKind::Forbidden);
    assert_eq!(told.message(), "No member here has the address m@acme.invalid.");
    let first = scene.world.member(EMAIL, Role::Viewer).await;
    let made = broker.bootstrap("other").await.unwrap();
    let other = crate::world::caller(broker.authenticate(&made.api_token).await.unwrap());
    scene.world.empty.clock.advance(Duration::from_secs(1));
    broker.add_member(&other, EMAIL, "", Role::Owner).await.unwrap();
    let sent = scene.begin().await;
    scene.gives(&scene.claims(&sent));
    let arrived = scene.finish(&sent).await.unwrap();
    assert_eq!(arrived.signed_in.principal, first.principal);
    assert!(arrived.is_to_choose);
    let memberships = broker.memberships(&arrived.signed_in.session_secret).await.unwrap();
    let roles: Vec<Role> = memberships.iter().map(|it| it.role).collect();
    assert_eq!(roles, [Role::Viewer, Role::Owner]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_with_a_secret_proves_itself_as_the_issuer_wants() {
    let secret = || Some(Secret::from("s&cret".to_owned()));
    for (more, basic) in [
        (json!({}), true),
        (json!({"token_endpoint_auth_methods_supported": ["client_secret_post"]}), false),
    ] {
        let client = |it: OidcSettings| it.with_client(Some("the app".to_owned()), secret());
        let scene = Scene::with(On::Sqlite, client).await;
        scene.issuer.say_more(&more);
        scene.world.member(EMAIL, Role::DevOps).await;
        let sent = scene.begin().await;
        assert_eq!(sent.part("client_id"), "the%20app");
        let mut claims = scene.claims(&sent);
        scene.gives(&claims);
        assert_eq!(scene.finish(&sent).await.err(), Some(ErrorKind::Forbidden), "the audience");
        let sent = scene.begin().await;
        claims = scene.claims(&sent);
        claims["aud"] = json!(["the app"]);
        scene.gives(&claims);
        assert!(scene.finish(&sent).await.is_ok());
        let (authorization, form) = scene.issuer.presented().pop().unwrap();
        assert_eq!(authorization.starts_with("Basic "), basic, "{authorization}");
        assert_eq!(form.contains("client_secret=s%26cret"), !basic, "{form}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_names_itself_has_to() {
    let scene = Scene::new(On::Sqlite).await;
    scene.issuer.say_more(&json!({"authorization_response_iss_parameter_supported": true}));
    scene.world.member(EMAIL, Role::DevOps).await;
    let sent = scene.begin().await;
    scene.gives(&scene.claims(&sent));
    assert_eq!(scene.finish(&sent).await.err(), Some(ErrorKind::Forbidden));
    let sent = scene.begin().await;
    scene.gives(&scene.claims(&sent));
    let named = CameToSignIn { issuer: Some(scene.issuer.url()), ..came(sent.part("state")) };
    let broker = Arc::clone(&scene.world.broker);
    assert!(scene.finish_at(&broker, named, &scene.binding).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_issuer_there_is_no_such_way_in() {
    let world = World::new(On::Sqlite).await;
    let binding = world.broker.new_browser_binding();
    let refused = world.broker.begin_oidc_sign_in("/console", &binding).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
    assert_eq!(world.broker.ways_to_sign_in(), []);
}

async fn whoever_comes_with_an_invitation_joins(on: On) {
    let scene = Scene::new(on).await;
    let (world, broker) = (&scene.world, &scene.world.broker);
    let made = broker.bootstrap("other").await.unwrap();
    let other = crate::world::caller(broker.authenticate(&made.api_token).await.unwrap());
    broker.add_member(&other, EMAIL, "", Role::Viewer).await.unwrap();
    let invite =
        async |email| broker.invite(&world.owner, email, Some(Role::DevOps)).await.unwrap();
    let (own, others) = (invite(EMAIL).await, invite("somebody.else@acme.invalid").await);
    let page_of = |id: &str| format!("/console/invitation/{id}");

    // What is for another address, or for nobody, changes nothing.
    for id in [others.id.to_string(), made.organization_id.to_string(), "x".to_owned()] {
        let sent = scene.begin_from(&page_of(&id)).await;
        scene.gives(&scene.claims(&sent));
        let arrived = scene.finish(&sent).await.unwrap();
        assert_eq!(arrived.signed_in.principal.organization_id, other.principal.organization_id);
        assert_eq!(arrived.return_to, page_of(&id));
    }
    assert_eq!(broker.invitations(&world.owner).await.unwrap().len(), 2);
    let seen = broker.look_at_invitation(&own.id.to_string()).await.unwrap();
    assert_eq!((seen.email.as_str(), seen.role), (EMAIL, Role::DevOps));

    // Of two windows, both arrive.
    let page = page_of(&own.id.to_string());
    let (first, second) = (scene.begin_from(&page).await, scene.begin_from(&page).await);
    scene.gives(&scene.claims(&first));
    let arrived = scene.finish(&first).await.unwrap();
    assert_eq!(arrived.return_to, "/console");
    let principal = arrived.signed_in.principal;
    assert_eq!(principal.organization_id, world.owner.principal.organization_id);
    assert_eq!(principal.role, Role::DevOps);
    assert!(!arrived.is_to_choose, "the invitation says where");
    let memberships = broker.memberships(&arrived.signed_in.session_secret).await.unwrap();
    assert_eq!(memberships.len(), 2);
    scene.gives(&scene.claims(&second));
    assert!(scene.finish(&second).await.is_ok());
    let gone = broker.look_at_invitation(&own.id.to_string()).await.err().unwrap();
    assert_eq!(gone.kind(), ErrorKind::NotFound);
    assert_eq!(broker.invitations(&world.owner).await.unwrap(), [others]);
    assert_eq!(world.recorded(Action::InvitationAccept, Outcome::Done).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_with_an_invitation_joins_sqlite() {
    whoever_comes_with_an_invitation_joins(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_with_an_invitation_joins_postgres() {
    whoever_comes_with_an_invitation_joins(On::Postgres).await;
}
