//! The webhooks of services: made, kept and taken away with what needs them, at a provider as it
//! answers in public.

use broker::AddCredential;
use broker::HookState;
use broker::WantedEnvironment;
use broker::WantedProject;
use broker::WantedService;
use broker::WantedSource;
use domain::ErrorKind;
use domain::Secret;
use domain::provider::Provider;
use domain::service::EnvironmentMode;
use domain::service::ServiceKind;
use forges::Forge;
use forges::Kind;
use forges::Repository;
use forges::Token;
use forges::User;

use crate::world::On;
use crate::world::World;

pub(crate) const APP: &str = "acme/app";
pub(crate) const OTHER: &str = "acme/other";

/// A provider with two repositories, a stored token, and an environment for services.
pub(crate) struct Scene {
    pub world: World,
    pub forge: Forge,
    pub credential: String,
    pub environment: String,
}

impl Scene {
    pub(crate) async fn new(on: On, scopes: &[&str]) -> Scene {
        let world = World::new(on).await;
        let forge = Forge::start(Kind::Gitea, &world.folder("forge")).await.unwrap();
        forge.add_user(User::new("octocat"));
        forge.add_user(User::organization("acme"));
        for path in [APP, OTHER] {
            forge.add_repository(Repository::private(path).member("octocat", "admin")).unwrap();
        }
        let secret = Secret::from(forge.issue(Token::new("", "token", "octocat").scopes(scopes)));
        let wanted = world.wanted(Provider::Gitea, forge.url(), "ci");
        let credential = world.add(AddCredential { secret, ..wanted }).await;
        let mut scene = Scene { world, forge, credential, environment: String::new() };
        scene.environment = scene.another_environment().await;
        scene
    }

    async fn another_environment(&self) -> String {
        let (broker, caller) = (&self.world.broker, &self.world.caller);
        let projects = broker.projects(caller).await.unwrap().len();
        let project = WantedProject {
            name: format!("project {projects}"),
            description: String::new(),
            document: "{}".to_owned(),
        };
        let project = broker.add_project(caller, project).await.unwrap();
        let environment = WantedEnvironment {
            name: "production".to_owned(),
            mode: EnvironmentMode::Production,
            document: "{}".to_owned(),
        };
        let id = project.id.to_string();
        broker.add_environment(caller, &id, environment).await.unwrap().id.to_string()
    }

    pub(crate) fn service(&self, name: &str, path: Option<&str>) -> WantedService {
        WantedService {
            kind: ServiceKind::Application,
            name: name.to_owned(),
            description: String::new(),
            source: path.map(|path| WantedSource {
                url: format!("{}/{path}", self.forge.url()),
                credential: Some(self.credential.clone()),
                ..WantedSource::default()
            }),
            values: None,
            auto_deploy: true,
            auto_preview: true,
            document: "{}".to_owned(),
        }
    }

    pub(crate) async fn add(&self, environment: &str, name: &str, path: Option<&str>) -> String {
        let (broker, caller) = (&self.world.broker, &self.world.caller);
        let wanted = self.service(name, path);
        broker.add_service(caller, environment, wanted).await.unwrap().id.to_string()
    }

    async fn state(&self, service: &str) -> HookState {
        let (broker, caller) = (&self.world.broker, &self.world.caller);
        broker.hook_status(caller, service).await.unwrap().state
    }

    /// How many webhooks both repositories have.
    fn hooks(&self) -> (usize, usize) {
        (self.forge.hooks(APP).len(), self.forge.hooks(OTHER).len())
    }
}

pub(crate) const RIGHTS: [&str; 2] = ["write:repository", "read:user"];

async fn comes_and_goes(on: On) {
    let scene = Scene::new(on, &RIGHTS).await;
    let (broker, caller) = (&scene.world.broker, &scene.world.caller);
    let first = scene.add(&scene.environment, "first", Some(APP)).await;
    assert_eq!(scene.hooks(), (1, 0));
    assert_eq!(scene.state(&first).await, HookState::Active);
    let made = scene.forge.hooks(APP).remove(0);
    assert!(made.url.starts_with("https://claviger.example/hooks/"), "{}", made.url);
    assert!(made.secret.is_some_and(|secret| secret.len() == 64));
    let second = scene.add(&scene.environment, "second", Some(APP)).await;
    assert_eq!(scene.hooks(), (1, 0), "one for each repository");
    broker.remove_service(caller, &first).await.unwrap();
    assert_eq!(scene.hooks(), (1, 0), "the other one needs it");
    assert_eq!(scene.state(&second).await, HookState::Active);

    broker.update_service(caller, &second, scene.service("second", Some(OTHER))).await.unwrap();
    assert_eq!(scene.hooks(), (0, 1), "it moved");
    broker.update_service(caller, &second, scene.service("renamed", Some(OTHER))).await.unwrap();
    assert_eq!(scene.hooks(), (0, 1));
    broker.update_service(caller, &second, scene.service("renamed", None)).await.unwrap();
    assert_eq!(scene.hooks(), (0, 0), "it is built from nothing");
    let refused = broker.hook_status(caller, &second).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Invalid);
    let refused = broker.sync_hook(caller, &second).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Invalid);

    let elsewhere = scene.another_environment().await;
    scene.add(&elsewhere, "third", Some(APP)).await;
    scene.add(&scene.environment, "fourth", Some(OTHER)).await;
    assert_eq!(scene.hooks(), (1, 1));
    broker.remove_environment(caller, &elsewhere).await.unwrap();
    assert_eq!(scene.hooks(), (0, 1), "it went with its environment");
    let projects = broker.projects(caller).await.unwrap();
    for project in projects {
        broker.remove_project(caller, &project.id.to_string()).await.unwrap();
    }
    assert_eq!(scene.hooks(), (0, 0), "it went with its project");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_comes_and_goes_with_its_services_sqlite() {
    comes_and_goes(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_comes_and_goes_with_its_services_postgres() {
    comes_and_goes(On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_stands_without_its_webhook() {
    let scene = Scene::new(On::Sqlite, &["read:repository", "read:user"]).await;
    let (broker, caller) = (&scene.world.broker, &scene.world.caller);
    let service = scene.add(&scene.environment, "app", Some(APP)).await;
    assert_eq!(scene.hooks(), (0, 0));
    assert_ne!(scene.state(&service).await, HookState::Active);
    let refused = broker.sync_hook(caller, &service).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Upstream, "{refused}");
    broker.remove_service(caller, &service).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_taken_away_is_taken_away_the_next_time() {
    let scene = Scene::new(On::Sqlite, &RIGHTS).await;
    let (broker, caller) = (&scene.world.broker, &scene.world.caller);
    let first = scene.add(&scene.environment, "first", Some(APP)).await;
    let second = scene.add(&scene.environment, "second", Some(OTHER)).await;
    let set = |role: &'static str| {
        scene.forge.edit_repository(APP, |it| {
            *it = Repository::private(APP).member("octocat", role);
        })
    };
    assert!(set("read"));
    broker.remove_service(caller, &first).await.unwrap();
    assert_eq!(scene.hooks(), (1, 1), "it could not be taken away");
    assert!(set("admin"));
    broker.remove_service(caller, &second).await.unwrap();
    assert_eq!(scene.hooks(), (0, 0));
}
