//! Going on in another organization: as nobody but the members whom the very sign-in has proven.

use broker::AuditSearch;
use std::sync::Arc;
use std::time::Duration;

use broker::Caller;
use broker::CameToSignIn;
use broker::Membership;
use broker::OidcSettings;
use broker::SignedIn;
use broker::Wanted;
use domain::Clock;
use domain::ErrorKind;
use domain::Secret;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::limits;
use domain::role::Role;
use serde_json::json;
use testkit::Issuer;
use testkit::issuer::AUDIENCE;
use testkit::issuer::Answer;
use testkit::issuer::SigningKey;

use crate::world::On;
use crate::world::Outside;
use crate::world::World;
use crate::world::caller;
use crate::world::visitor;

const EMAIL: &str = "m@acme.invalid";

/// A person who is a Viewer of `acme` and an Owner of `other`.
struct Scene {
    world: World,
    issuer: Issuer,
    key: SigningKey,
    /// The Owner token of `other`.
    other: Caller,
    here: Caller,
    there: String,
}

impl Scene {
    async fn new(on: On) -> Scene {
        let key = SigningKey::new("ES256", "one");
        let issuer = Issuer::start(&[&key]).await;
        let settings = OidcSettings::new(issuer.url(), AUDIENCE.to_owned(), None, true).unwrap();
        let outside = Outside { oidc: Some(settings), ..Outside::default() };
        let world = World::with(on, outside).await;
        let here = world.member(EMAIL, Role::Viewer).await;
        world.empty.clock.advance(Duration::from_secs(1));
        let made = world.broker.bootstrap("other").await.unwrap();
        let other = caller(world.broker.authenticate(&made.api_token).await.unwrap());
        let there = world.broker.add_member(&other, EMAIL, "", Role::Owner).await.unwrap();
        Scene { world, issuer, key, other, here, there: there.id.to_string() }
    }

    async fn sign_in(&self) -> SignedIn {
        let broker = &self.world.broker;
        let binding = broker.new_browser_binding();
        let url = broker.begin_oidc_sign_in("/console", &binding).await.unwrap();
        let part = |name: &str| {
            let query = url.split_once('?').unwrap().1;
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).unwrap().1.to_owned()
        };
        let mut claims = self.issuer.claims(EMAIL, self.world.empty.clock.now().seconds());
        claims["nonce"] = json!(part("nonce"));
        let said = json!({"token_type": "Bearer", "id_token": self.key.sign(&claims)});
        self.issuer.answer_code(Answer::Text(said.to_string()));
        let came = CameToSignIn {
            state: Some(Secret::from(part("state"))),
            code: Some(Secret::from("code".to_owned())),
            issuer: None,
            is_refused: false,
        };
        broker.finish_oidc_sign_in(came, &binding, visitor()).await.unwrap().signed_in
    }

    async fn choice(&self, signed_in: &SignedIn) -> Vec<Membership> {
        self.world.broker.memberships(&signed_in.session_secret).await.unwrap()
    }

    async fn switch(&self, from: &SignedIn, member: &str) -> Result<Option<SignedIn>, ErrorKind> {
        let caller = caller(from.principal.clone());
        let switched = self.world.broker.switch_organization(&caller, &from.session_secret, member);
        switched.await.map_err(|error| error.kind())
    }

    /// How often `other` has a record of something done.
    async fn recorded_there(&self, action: Action) -> usize {
        let wanted = Wanted { limit: Some(200), ..Wanted::default() };
        let page = self
            .world
            .broker
            .list_audit(&self.other, &AuditSearch::default(), &wanted)
            .await
            .unwrap();
        let records = page.items.iter().map(|placed| &placed.record);
        records.filter(|it| it.action == action && it.outcome == Outcome::Done).count()
    }
}

async fn one_session_follows_another(on: On) {
    let scene = Scene::new(on).await;
    let (world, clock) = (&scene.world, &scene.world.empty.clock);
    let first = scene.sign_in().await;
    let begun = clock.now();
    assert_eq!(world.seen(&first).await, Ok(scene.here.principal.clone()));
    let choice = scene.choice(&first).await;
    let names: Vec<_> =
        choice.iter().map(|it| (&*it.organization, it.role, it.is_current)).collect();
    assert_eq!(names, [("acme", Role::Viewer, true), ("other", Role::Owner, false)]);

    clock.advance(Duration::from_secs(3600));
    let second = scene.switch(&first, &scene.there).await.unwrap().unwrap();
    assert_ne!(second.session_secret.expose(), first.session_secret.expose());
    assert_eq!(world.seen(&first).await, Err(ErrorKind::Unauthenticated), "the one before ended");
    let there = world.seen(&second).await.unwrap();
    assert_eq!(there.role, Role::Owner);
    assert_eq!(there.organization_id, scene.other.principal.organization_id);
    assert_eq!(second.expires_at, begun.plus(limits::SESSION_TIME_MAX), "no longer by that");
    assert_eq!(world.recorded(Action::SessionEnd, Outcome::Done).await, 1);
    assert_eq!(scene.recorded_there(Action::SessionBegin).await, 1);
    // The one that ended leads nowhere, and where one is already nothing is made.
    let again = scene.switch(&first, &scene.there).await;
    assert_eq!(again.err(), Some(ErrorKind::Unauthenticated));
    assert!(scene.switch(&second, &scene.there).await.unwrap().is_none());

    let here = scene.here.principal.member_id.unwrap().to_string();
    let back = scene.switch(&second, &here).await.unwrap().unwrap();
    assert_eq!(world.seen(&back).await, Ok(scene.here.principal.clone()));
    clock.advance(limits::SESSION_TIME_MAX - Duration::from_secs(3600));
    assert_eq!(world.seen(&back).await, Err(ErrorKind::Unauthenticated));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_session_follows_another_sqlite() {
    one_session_follows_another(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_session_follows_another_postgres() {
    one_session_follows_another(On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_the_sign_in_proved_can_be_chosen() {
    let scene = Scene::new(On::Sqlite).await;
    let world = &scene.world;
    let stranger = world.member("o@acme.invalid", Role::Owner).await;
    let strangers = stranger.principal.member_id.unwrap().to_string();
    let signed_in = scene.sign_in().await;
    for other in ["", "x", strangers.as_str(), &scene.there[1..]] {
        let refused = scene.switch(&signed_in, other).await;
        assert_eq!(refused.err(), Some(ErrorKind::NotFound), "{other}");
    }
    assert_eq!(world.recorded(Action::SessionBegin, Outcome::Refused).await, 4);
    assert!(world.seen(&signed_in).await.is_ok(), "nothing ended by that");
    // A link proves one member, and a token is none.
    for who in [&scene.here, &world.owner] {
        let by_link = world.sign_in(who).await;
        assert_eq!(scene.choice(&by_link).await, []);
        let refused = scene.switch(&by_link, &scene.there).await;
        assert_eq!(refused.err(), Some(ErrorKind::NotFound));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_membership_that_ended_is_no_choice() {
    let scene = Scene::new(On::Sqlite).await;
    let broker = &scene.world.broker;
    let signed_in = scene.sign_in().await;
    broker.remove_member(&scene.other, &scene.there).await.unwrap();
    assert_eq!(scene.choice(&signed_in).await.len(), 1);
    let refused = scene.switch(&signed_in, &scene.there).await;
    assert_eq!(refused.err(), Some(ErrorKind::NotFound));
    // Whoever is added again is another member, whom no earlier sign-in has proven.
    let again = broker.add_member(&scene.other, EMAIL, "", Role::Viewer).await.unwrap();
    let again = again.id.to_string();
    assert_eq!(scene.switch(&signed_in, &again).await.err(), Some(ErrorKind::NotFound));
    assert!(scene.switch(&scene.sign_in().await, &again).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_windows_one_goes_on() {
    let scene = Arc::new(Scene::new(On::Sqlite).await);
    let signed_in = Arc::new(scene.sign_in().await);
    let tries = (0..8).map(|_| {
        let (scene, signed_in) = (Arc::clone(&scene), Arc::clone(&signed_in));
        tokio::spawn(async move { scene.switch(&signed_in, &scene.there).await.is_ok() })
    });
    let mut went = 0;
    for tried in tries.collect::<Vec<_>>() {
        went += usize::from(tried.await.unwrap());
    }
    assert_eq!(went, 1);
    assert_eq!(scene.recorded_there(Action::SessionBegin).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_their_other_browsers_out_is_reached_from_nowhere() {
    let scene = Scene::new(On::Sqlite).await;
    let here = scene.here.principal.member_id.unwrap().to_string();
    let lost = scene.switch(&scene.sign_in().await, &scene.there).await.unwrap().unwrap();
    let kept = scene.sign_in().await;
    let broker = &scene.world.broker;
    broker.end_other_sessions(&scene.here, kept.session_id).await.unwrap();
    assert_eq!(scene.switch(&lost, &here).await.err(), Some(ErrorKind::NotFound));
    assert!(scene.switch(&kept, &scene.there).await.unwrap().is_some());
}
