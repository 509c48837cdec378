//! Services that are given other credentials, at a provider as it answers in public.

use broker::AddCredential;
use broker::ServiceChange;
use broker::WantedSource;
use domain::Error;
use domain::ErrorKind;
use domain::Secret;
use domain::provider::Provider;
use forges::Repository;
use forges::Token;
use forges::User;

use crate::hooks::APP;
use crate::hooks::OTHER;
use crate::hooks::RIGHTS;
use crate::hooks::Scene;
use crate::world::On;

impl Scene {
    /// Stores a token of somebody's; gives its handle.
    async fn stored(&self, name: &str, login: &str, covers: &[&str]) -> String {
        let token = Token::new("", "token", login).scopes(&RIGHTS);
        let secret = Secret::from(self.forge.issue(token));
        let covers = covers.iter().map(|it| (*it).to_owned()).collect();
        let wanted = self.world.wanted(Provider::Gitea, self.forge.url(), name);
        self.world.add(AddCredential { secret, covers, ..wanted }).await
    }

    /// Somebody who may read one of the two repositories.
    fn hubot(&self) {
        self.forge.add_user(User::new("hubot"));
        assert!(self.forge.edit_repository(APP, |it| {
            *it = Repository::private(APP).member("octocat", "admin").member("hubot", "read");
        }));
    }

    /// The handles of the credentials of a service: for its repository, and for its values.
    async fn used(&self, service: &str) -> [Option<String>; 2] {
        let (broker, caller) = (&self.world.broker, &self.world.caller);
        let service = broker.service(caller, service).await.unwrap();
        let ids = [
            service.source.and_then(|it| it.credential_id),
            service.values.and_then(|it| it.credential_id),
        ];
        let mut handles = [None, None];
        for (handle, id) in handles.iter_mut().zip(ids) {
            if let Some(id) = id {
                let view = broker.show_credential(caller, &id.to_string()).await.unwrap();
                *handle = Some(view.credential.handle);
            }
        }
        handles
    }

    async fn refused(&self, service: &str, change: ServiceChange) -> Error {
        let (broker, caller) = (&self.world.broker, &self.world.caller);
        broker.change_service(caller, service, change).await.unwrap_err()
    }
}

fn to(credential: &str) -> ServiceChange {
    ServiceChange { credential: Some(credential.to_owned()), ..ServiceChange::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_given_only_what_serves_its_repository() {
    let scene = Scene::new(On::Sqlite, &RIGHTS).await;
    let (broker, caller) = (&scene.world.broker, &scene.world.caller);
    scene.hubot();
    let service = scene.add(&scene.environment, "first", Some(OTHER)).await;
    let before = broker.service(caller, &service).await.unwrap();
    let blind = scene.stored("blind", "hubot", &[]).await;
    let elsewhere = scene.stored("elsewhere", "octocat", &["evil"]).await;
    let refused = scene.refused(&service, to(&blind)).await;
    assert!(refused.message().contains("cannot be read"), "{refused}");
    let refused = scene.refused(&service, to(&elsewhere)).await;
    assert!(refused.message().contains("does not cover"), "{refused}");
    assert_eq!(scene.refused(&service, to("nobody")).await.kind(), ErrorKind::NotFound);
    let branch = ServiceChange { branch: Some("nowhere".to_owned()), ..ServiceChange::default() };
    assert!(scene.refused(&service, branch).await.message().contains("no branch nowhere"));
    let values = ServiceChange { values_credential: Some(blind), ..ServiceChange::default() };
    assert_eq!(scene.refused(&service, values).await.kind(), ErrorKind::Invalid);
    assert_eq!(broker.service(caller, &service).await.unwrap(), before, "nothing changed");

    let good = scene.stored("good", "octocat", &[]).await;
    let after = broker.change_service(caller, &service, to(&good)).await.unwrap();
    assert_eq!(scene.used(&service).await, [Some(good), None]);
    let branch = |of: &broker::Service| of.source.as_ref().unwrap().branch.clone();
    assert_eq!(branch(&after), branch(&before), "it stays");
    broker.change_service(caller, &service, to("")).await.unwrap();
    assert_eq!(scene.used(&service).await, [None, None]);
}

async fn all_are_given_another(on: On) {
    let scene = Scene::new(on, &RIGHTS).await;
    let (broker, caller) = (&scene.world.broker, &scene.world.caller);
    scene.hubot();
    let (old, blind) = (scene.credential.clone(), scene.stored("blind", "hubot", &[]).await);
    let first = scene.add(&scene.environment, "first", Some(APP)).await;
    let second = scene.add(&scene.environment, "second", Some(OTHER)).await;
    let mut chart = scene.service("third", None);
    chart.values = Some(WantedSource {
        url: format!("{}/{APP}", scene.forge.url()),
        credential: Some(old.clone()),
        ..WantedSource::default()
    });
    let chart = broker.add_service(caller, &scene.environment, chart).await.unwrap().id.to_string();
    let refused = broker.give_services(caller, &old, &old).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Invalid);

    let given = broker.give_services(caller, &old, &blind).await.unwrap();
    assert_eq!((given.count, given.refused.len(), given.left), (2, 1, 0), "{given:?}");
    assert_eq!(given.refused.first().unwrap().0.id.to_string(), second);
    assert_eq!(scene.used(&first).await, [Some(blind.clone()), None]);
    assert_eq!(scene.used(&second).await, [Some(old.clone()), None]);
    assert_eq!(scene.used(&chart).await, [None, Some(blind.clone())]);
    assert!(broker.delete_credential(caller, &old, false).await.is_err(), "one uses it");

    let good = scene.stored("good", "octocat", &[]).await;
    scene.world.add(scene.world.wanted(Provider::GitLab, "https://gitlab.com", "a")).await;
    let others = broker.others_of_host(caller, &old, 10).await.unwrap();
    let names: Vec<_> = others.iter().map(|it| it.credential.handle.as_str()).collect();
    assert_eq!(names, ["blind", "good"], "those of its host, without itself");
    assert_eq!(broker.others_of_host(caller, &old, 1).await.unwrap().len(), 1);
    let given = broker.give_services(caller, &old, &good).await.unwrap();
    assert_eq!((given.count, given.refused.len(), given.left), (1, 0, 0), "{given:?}");
    broker.delete_credential(caller, &old, false).await.unwrap();
    assert_eq!(scene.used(&second).await, [Some(good), None]);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_services_of_a_credential_are_given_another_sqlite() {
    all_are_given_another(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_services_of_a_credential_are_given_another_postgres() {
    all_are_given_another(On::Postgres).await;
}
