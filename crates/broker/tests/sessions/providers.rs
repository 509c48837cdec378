//! Signing in at a Git host: by the account that was connected, else by a verified address.

use std::sync::Arc;

use broker::Arrived;
use broker::Broker;
use broker::CameToSignIn;
use broker::CloudOverride;
use broker::OAuthApplication;
use broker::Returned;
use domain::ErrorKind;
use domain::Secret;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::provider::Provider;
use domain::role::Role;
use domain::session::Way;
use domain::url::WebUrl;
use forges::Application;
use forges::Forge;
use forges::Kind;
use forges::Repository;
use forges::User;
use githost::Behaviour;
use outbound::Guard;
use outbound::Limits;
use outbound::Outbound;
use outbound::Reach;
use outbound::Trust;

use crate::world::On;
use crate::world::Outside;
use crate::world::World;
use crate::world::visitor;

const EMAIL: &str = "mona@acme.invalid";
const CLIENT: &str = "the-client";
const PAGE: &str = "/console/hosts";

/// A server, a provider where its OAuth application is registered, and one browser.
struct Scene {
    world: World,
    forge: Forge,
    provider: Provider,
    binding: Secret,
    browser: Outbound,
    _directory: tempfile::TempDir,
}

impl Scene {
    async fn new(on: On, kind: Kind, provider: Provider) -> Scene {
        let directory = tempfile::tempdir().unwrap();
        let forge = Forge::start(kind, directory.path()).await.unwrap();
        forge.add_user(User::new("mona").email(EMAIL));
        forge.add_user(User::new("hubot").unverified_email(EMAIL));
        forge.add_repository(Repository::private("mona/private")).unwrap();
        let word = provider.word();
        let back = format!("https://claviger.example/oauth/{word}/callback");
        let application = Application::new(CLIENT, "client-secret").redirect_uri(&back);
        let scopes = ["account", "email", "repository:write", "webhook"];
        let application = match kind {
            Kind::Bitbucket => {
                Application { scopes: scopes.map(str::to_owned).into(), ..application }
            }
            _ => application,
        };
        forge.add_application(application);
        let at = |url: &str| Some(WebUrl::parse(url).unwrap());
        let mut outside = Outside::default();
        let known = OAuthApplication {
            host: at(provider.cloud_url().unwrap()).unwrap(),
            client_id: CLIENT.to_owned(),
            client_secret: Arc::new(Secret::from("client-secret".to_owned())),
        };
        outside.applications.insert(provider, known);
        let instead = CloudOverride { web: at(forge.url()), api: at(&forge.api_url()) };
        outside.clouds.insert(provider, instead);
        let world = World::with(on, outside).await;
        let binding = world.broker.new_browser_binding();
        let guard = Guard::new(vec!["127.0.0.0/8".parse().unwrap()], true);
        let browser = Outbound::new(Reach::Guarded(guard), Limits::default());
        Scene { world, forge, provider, binding, browser, _directory: directory }
    }

    async fn github() -> Scene {
        Scene::new(On::Sqlite, Kind::GitHub, Provider::GitHub).await
    }

    /// Goes to the provider, where somebody consents, and gives what the browser brings back.
    async fn go(&self, login: Option<&str>) -> CameToSignIn {
        self.go_from(PAGE, login).await
    }

    async fn go_from(&self, page: &str, login: Option<&str>) -> CameToSignIn {
        let begun = self.world.broker.begin_provider_sign_in(self.provider, page, &self.binding);
        self.consent(&begun.await.unwrap(), login).await
    }

    /// Somebody consents, or does not.
    async fn consent(&self, url: &str, login: Option<&str>) -> CameToSignIn {
        self.forge.sign_in(login);
        let request = http::Request::get(url).header("user-agent", "browser");
        let request = request.body(outbound::empty()).unwrap();
        let answer = self.browser.send(request, &Trust::Roots).await.unwrap();
        assert_eq!(answer.status(), 302);
        let back = answer.headers()["location"].to_str().unwrap().to_owned();
        let start = format!("https://claviger.example/oauth/{}/callback?", self.provider.word());
        assert!(back.starts_with(&start), "{back}");
        let part = |name: &str| {
            let pairs = back.split_once('?').unwrap().1.split('&');
            let mut found = pairs.filter_map(|it| it.split_once('=')).filter(|it| it.0 == name);
            found.next().map(|(_, value)| Secret::from(value.to_owned()))
        };
        let is_refused = part("error").is_some();
        CameToSignIn { state: part("state"), code: part("code"), issuer: None, is_refused }
    }

    async fn back(&self, broker: &Broker, came: CameToSignIn) -> Result<Arrived, ErrorKind> {
        let back = broker.finish_provider_sign_in(self.provider, came, &self.binding, visitor());
        back.await.map_err(|error| error.kind())
    }

    /// Grants of somebody's that are good.
    fn grants(&self, login: &str) -> usize {
        self.forge.live_tokens(login).len()
    }

    /// How often a grant was given back, and how often that failed.
    async fn given_back(&self) -> (usize, usize) {
        let action = Action::CredentialRevoke;
        let done = self.world.recorded(action, Outcome::Done).await;
        (done, self.world.recorded(action, Outcome::Refused).await)
    }

    /// From now on the provider fails to end grants; gives where it does.
    fn fail_to_end(&self) -> String {
        let forge = &self.forge;
        let place = match self.provider {
            Provider::GitHub => forge.api_url().replace(forge.url(), "") + "/applications/",
            _ => "/oauth/revoke".to_owned(),
        };
        let fails = Behaviour::Status { status: 500, headers: Vec::new(), body: String::new() };
        forge.behave(&place, Some(fails));
        place
    }

    /// The whole way.
    async fn sign_in(&self, login: &str) -> Result<Arrived, ErrorKind> {
        let came = self.go(Some(login)).await;
        self.back(&self.world.broker, came).await
    }
}

async fn there_and_back(on: On, kind: Kind, provider: Provider) {
    let scene = Scene::new(on, kind, provider).await;
    assert_eq!(scene.world.broker.ways_to_sign_in(), [Way::Provider(provider)]);
    assert_eq!(scene.sign_in("mona").await.err(), Some(ErrorKind::Forbidden), "no member yet");
    let member = scene.world.member(EMAIL, Role::DevOps).await;
    assert_eq!(scene.sign_in("hubot").await.err(), Some(ErrorKind::Forbidden), "unverified");
    let arrived = scene.sign_in("mona").await.unwrap();
    assert_eq!(
        (arrived.return_to.as_str(), &arrived.signed_in.principal),
        (PAGE, &member.principal)
    );
    assert_eq!(scene.world.seen(&arrived.signed_in).await, Ok(member.principal.clone()));
    let accounts = scene.world.broker.own_accounts(&member).await.unwrap();
    assert_eq!(accounts.len(), 1, "what was granted is connected");
    assert_eq!(accounts[0].credential.name, format!("mona on {}", provider.word()));

    // Where its address is nobody's, the account that was connected tells who it is.
    scene.forge.add_user(User::new("mona").email("nobody@acme.invalid"));
    let arrived = scene.sign_in("mona").await.unwrap();
    assert_eq!(arrived.signed_in.principal, member.principal);
    // An address that is a member's comes first: whoever connected the account need not own it.
    let another = format!("else-{EMAIL}");
    let other = scene.world.member(&another, Role::Viewer).await;
    scene.forge.add_user(User::new("mona").email(&another));
    let arrived = scene.sign_in("mona").await.unwrap();
    assert_eq!(arrived.signed_in.principal, other.principal);
    // A viewer may use nothing, so nothing is connected.
    assert_eq!(scene.world.broker.own_accounts(&other).await.unwrap().len(), 0);
    assert_eq!(scene.world.recorded(Action::SessionBegin, Outcome::Done).await, 3);
}

/// Whoever has a token of a member's could otherwise be the member by an account of their own, and stay so
/// when the token is revoked.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_a_token_connected_signs_nobody_in() {
    let scene = Scene::github().await;
    let broker = &scene.world.broker;
    let member = scene.world.member(EMAIL, Role::Owner).await;
    let connect = async |login: &str| {
        let begun = broker.connect_account(&member, Provider::GitHub, None).await.unwrap();
        let came = scene.consent(&begun.authorize_url, Some(login)).await;
        let returned = Returned { state: came.state, code: came.code, is_refused: false };
        broker.account_came_back("github", returned, visitor().request_id).await.unwrap();
    };
    connect("hubot").await;
    assert_eq!(broker.own_accounts(&member).await.unwrap().len(), 1);
    assert_eq!(scene.sign_in("hubot").await.err(), Some(ErrorKind::Forbidden));
    // The member may sign in with theirs, and a token that connects another takes that away again.
    scene.sign_in("mona").await.unwrap();
    scene.forge.add_user(User::new("mona").email("nobody@acme.invalid"));
    scene.sign_in("mona").await.unwrap();
    connect("hubot").await;
    for login in ["mona", "hubot"] {
        assert_eq!(scene.sign_in(login).await.err(), Some(ErrorKind::Forbidden), "{login}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn github() {
    there_and_back(On::Sqlite, Kind::GitHub, Provider::GitHub).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gitlab() {
    there_and_back(On::Postgres, Kind::GitLab, Provider::GitLab).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bitbucket() {
    there_and_back(On::Sqlite, Kind::Bitbucket, Provider::Bitbucket).await;
}

async fn grants_that_are_not_kept_are_given_back(on: On, kind: Kind, provider: Provider) {
    let scene = Scene::new(on, kind, provider).await;
    // Nobody's: there is no organization that could have a record of it.
    assert_eq!(scene.sign_in("mona").await.err(), Some(ErrorKind::Forbidden));
    assert_eq!((scene.grants("mona"), scene.given_back().await), (0, (0, 0)));
    // One is kept, and the next takes its place.
    let member = scene.world.member(EMAIL, Role::DevOps).await;
    scene.sign_in("mona").await.unwrap();
    assert_eq!((scene.grants("mona"), scene.given_back().await), (1, (0, 0)));
    scene.sign_in("mona").await.unwrap();
    assert_eq!((scene.grants("mona"), scene.given_back().await), (1, (1, 0)));
    // A role that may use nothing keeps nothing.
    let broker = &scene.world.broker;
    let id = member.principal.member_id.unwrap().to_string();
    broker.update_member(&scene.world.owner, &id, Role::Viewer).await.unwrap();
    scene.sign_in("mona").await.unwrap();
    assert_eq!((scene.grants("mona"), scene.given_back().await), (1, (2, 0)));
    // Whoever disconnects is not kept waiting for a provider that fails.
    let place = scene.fail_to_end();
    let own = broker.own_accounts(&member).await.unwrap();
    broker.disconnect_account(&member, &own[0].credential.id.to_string()).await.unwrap();
    assert_eq!(broker.own_accounts(&member).await.unwrap().len(), 0);
    assert_eq!((scene.grants("mona"), scene.given_back().await), (1, (2, 1)));
    scene.forge.behave(&place, None);
    broker.update_member(&scene.world.owner, &id, Role::DevOps).await.unwrap();
    scene.sign_in("mona").await.unwrap();
    let own = broker.own_accounts(&member).await.unwrap();
    broker.disconnect_account(&member, &own[0].credential.id.to_string()).await.unwrap();
    assert_eq!((scene.grants("mona"), scene.given_back().await), (1, (3, 1)));
}

async fn grants_of_a_removed_member_are_given_back(on: On, kind: Kind, provider: Provider) {
    let scene = Scene::new(on, kind, provider).await;
    let broker = &scene.world.broker;
    let member = scene.world.member(EMAIL, Role::Owner).await;
    scene.sign_in("mona").await.unwrap();
    let id = member.principal.member_id.unwrap().to_string();
    // Who may not remove them ends nothing.
    let other = scene.world.member("else@acme.invalid", Role::Admin).await;
    let refused = broker.remove_member(&other, &id).await;
    assert_eq!(refused.err().map(|error| error.kind()), Some(ErrorKind::Forbidden));
    assert_eq!((scene.grants("mona"), scene.given_back().await), (1, (0, 0)));
    broker.remove_member(&scene.world.owner, &id).await.unwrap();
    assert_eq!((scene.grants("mona"), scene.given_back().await), (0, (1, 0)));
    // Nor does a provider that fails keep anybody in.
    let member = scene.world.member(EMAIL, Role::DevOps).await;
    scene.sign_in("mona").await.unwrap();
    scene.fail_to_end();
    let id = member.principal.member_id.unwrap().to_string();
    broker.remove_member(&scene.world.owner, &id).await.unwrap();
    assert_eq!((scene.grants("mona"), scene.given_back().await), (1, (1, 1)));
    assert_eq!(scene.sign_in("mona").await.err(), Some(ErrorKind::Forbidden), "no member any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_of_a_removed_member_github() {
    grants_of_a_removed_member_are_given_back(On::Sqlite, Kind::GitHub, Provider::GitHub).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_of_a_removed_member_gitlab() {
    grants_of_a_removed_member_are_given_back(On::Postgres, Kind::GitLab, Provider::GitLab).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_are_given_back_github() {
    grants_that_are_not_kept_are_given_back(On::Sqlite, Kind::GitHub, Provider::GitHub).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_are_given_back_gitlab() {
    grants_that_are_not_kept_are_given_back(On::Postgres, Kind::GitLab, Provider::GitLab).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_is_good_once_in_its_own_browser() {
    let scene = Scene::github().await;
    scene.world.member(EMAIL, Role::DevOps).await;
    let came = scene.go(Some("mona")).await;
    let copy = |it: &Option<Secret>| it.as_ref().map(|it| Secret::new(it.expose().to_vec()));
    let again = || CameToSignIn {
        state: copy(&came.state),
        code: copy(&came.code),
        issuer: None,
        is_refused: false,
    };
    let broker = &scene.world.broker;
    let strange = broker.new_browser_binding();
    let stolen = broker.finish_provider_sign_in(scene.provider, again(), &strange, visitor()).await;
    assert_eq!(stolen.err().unwrap().kind(), ErrorKind::NotFound);
    let crossed = broker.finish_oidc_sign_in(again(), &scene.binding, visitor()).await;
    assert_eq!(crossed.err().unwrap().kind(), ErrorKind::Unsupported);
    assert!(scene.back(broker, again()).await.is_ok());
    let other = scene.world.empty.replica().await;
    assert!(scene.back(&other, again()).await.is_err());
    // The code of one sign-in is of no use in another: the verifier is not its own.
    let (first, second) = (scene.go(Some("mona")).await, scene.go(Some("mona")).await);
    let mixed = CameToSignIn { code: first.code, ..second };
    assert!(scene.back(broker, mixed).await.is_err());
    assert_eq!(scene.world.recorded(Action::SessionBegin, Outcome::Done).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_says_no_is_told_and_elsewhere_nobody_signs_in() {
    let scene = Scene::github().await;
    scene.world.member(EMAIL, Role::DevOps).await;
    let came = scene.go(None).await;
    assert!(came.is_refused);
    assert_eq!(scene.back(&scene.world.broker, came).await.err(), Some(ErrorKind::Forbidden));
    for provider in [Provider::GitLab, Provider::Gitea, Provider::Generic] {
        let begun = scene.world.broker.begin_provider_sign_in(provider, PAGE, &scene.binding);
        assert_eq!(begun.await.unwrap_err().kind(), ErrorKind::Unsupported, "{provider:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_accepted_with_a_verified_address_only() {
    let scene = Scene::github().await;
    let (world, broker) = (&scene.world, &scene.world.broker);
    let invited = broker.invite(&world.owner, EMAIL, Some(Role::DevOps)).await.unwrap();
    let page = format!("/console/invitation/{}", invited.id);
    let unverified = scene.go_from(&page, Some("hubot")).await;
    assert_eq!(scene.back(broker, unverified).await.err(), Some(ErrorKind::Forbidden));
    assert_eq!(broker.invitations(&world.owner).await.unwrap().len(), 1);
    let verified = scene.go_from(&page, Some("mona")).await;
    let arrived = scene.back(broker, verified).await.unwrap();
    assert_eq!(arrived.signed_in.principal.role, Role::DevOps);
    assert_eq!(arrived.return_to, "/console");
    assert_eq!(broker.invitations(&world.owner).await.unwrap().len(), 0);
    // The account that proved it is connected.
    let members = broker.list_members(&world.owner, &Default::default()).await.unwrap().items;
    let accounts = broker.accounts_of_members(&world.owner, &members).await.unwrap();
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0].credential.member_id, Some(members[0].id));
}
