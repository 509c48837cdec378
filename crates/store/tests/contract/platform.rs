//! Projects, environments, services and invitations, on both engines.

use domain::Clock;
use domain::ErrorKind;
use domain::audit::Action;
use domain::id::EnvironmentId;
use domain::id::InvitationId;
use domain::id::ProjectId;
use domain::id::ServiceId;
use domain::provider::Provider;
use domain::role::Role;
use domain::service::EnvironmentMode;
use domain::service::ServiceKind;
use store::Session;
use store::environments::Environment;
use store::invitations::Invitation;
use store::projects::Project;
use store::services::Service;
use store::services::Source;
use store::services::ValuesSource;
use store::services::Whereabouts;

use crate::world::World;
use crate::world::on_both_engines;

on_both_engines!(
    what_is_stored_of_a_service_comes_back,
    names_are_taken_once_where_they_belong,
    what_is_removed_takes_what_is_in_it_along,
    a_credential_that_goes_leaves_its_services,
    an_address_is_invited_once,
);

impl World {
    fn project(&self, name: &str) -> Project {
        Project {
            id: ProjectId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            organization_id: self.organization,
            name: name.to_owned(),
            description: "a\nb".to_owned(),
            document: r#"{"k":1}"#.to_owned(),
            created_at: self.clock.now(),
            updated_at: self.clock.now(),
        }
    }

    fn environment(&self, project: &Project, name: &str) -> Environment {
        Environment {
            id: EnvironmentId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            organization_id: self.organization,
            project_id: project.id,
            name: name.to_owned(),
            mode: EnvironmentMode::Staging,
            document: "{}".to_owned(),
            created_at: self.clock.now(),
            updated_at: self.clock.now(),
        }
    }

    fn service(&self, project: &Project, environment: &Environment, name: &str) -> Service {
        Service {
            id: ServiceId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            organization_id: self.organization,
            at: Whereabouts {
                project_id: project.id,
                project: project.name.clone(),
                environment_id: environment.id,
                environment: environment.name.clone(),
            },
            kind: ServiceKind::Helm,
            name: name.to_owned(),
            description: "what it is for".to_owned(),
            source: None,
            values: None,
            auto_deploy: true,
            auto_preview: false,
            document: r#"{"cpu":500}"#.to_owned(),
            member_id: None,
            created_at: self.clock.now(),
            updated_at: self.clock.now(),
        }
    }

    async fn try_write<T: Send + 'static>(
        &self,
        write: impl for<'a> FnOnce(
            &'a mut Session,
        ) -> std::pin::Pin<
            Box<dyn Future<Output = domain::Result<T>> + Send + 'a>,
        > + Send
        + 'static,
    ) -> domain::Result<T> {
        let record = self.record(Action::ServiceAdd);
        self.committer
            .change(move |session| {
                Box::pin(async move { write(session).await.map(|value| (value, vec![record])) })
            })
            .await
    }

    /// A project with an environment.
    async fn place(&self, project: &str) -> (Project, Environment) {
        let project = self.project(project);
        let environment = self.environment(&project, "production");
        let (stored, within) = (project.clone(), environment.clone());
        self.try_write(move |session| {
            Box::pin(async move {
                store::projects::insert(session, &stored).await?;
                store::environments::insert(session, &within).await
            })
        })
        .await
        .unwrap();
        (project, environment)
    }

    async fn put(&self, service: &Service) -> domain::Result<()> {
        let stored = service.clone();
        self.try_write(move |session| {
            Box::pin(async move { store::services::insert(session, &stored).await })
        })
        .await
    }
}

async fn what_is_stored_of_a_service_comes_back(world: World) {
    let (project, environment) = world.place("shop").await;
    let credential = world.add(world.credential("token")).await.unwrap();
    let plain = world.service(&project, &environment, "plain");
    world.put(&plain).await.unwrap();
    let mut full = world.service(&project, &environment, "full");
    full.source = Some(Source {
        provider: Some(Provider::GitLab),
        repository: "https://gitlab.example/shop/app".to_owned(),
        branch: Some("main".to_owned()),
        root_path: Some("/api".to_owned()),
        dockerfile_path: Some("Dockerfile".to_owned()),
        credential_id: None,
    });
    full.values = Some(ValuesSource {
        repository: "https://gitlab.example/shop/values".to_owned(),
        branch: None,
        credential_id: Some(credential.id),
    });
    world.put(&full).await.unwrap();
    let mut session = world.store.session().await.unwrap();
    let of = store::services::of_environment(&mut session, environment.id, 10).await.unwrap();
    assert_eq!(of, [full.clone(), plain.clone()], "by name");
    assert_eq!(full.path(), "shop/production/full");
    let using = store::services::of_credential(&mut session, credential.id, 10).await.unwrap();
    assert_eq!(using, [full.clone()]);
    let count = store::services::count_of_credential(&mut session, credential.id).await.unwrap();
    assert_eq!(count, 1);
    let built = store::services::count_of_repository(
        &mut session,
        world.organization,
        "https://gitlab.example/shop/app",
    );
    assert_eq!(built.await.unwrap(), 1);
    let read = store::projects::by_id(&mut session, project.id).await.unwrap();
    assert_eq!(read, Some(project.clone()));
    let read = store::environments::by_name(&mut session, project.id, "production").await.unwrap();
    assert_eq!(read, Some(environment));
}

async fn names_are_taken_once_where_they_belong(world: World) {
    let (shop, production) = world.place("shop").await;
    let (other, elsewhere) = world.place("other").await;
    let first = world.service(&shop, &production, "api");
    world.put(&first).await.unwrap();
    let again = world.put(&world.service(&shop, &production, "api")).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Conflict);
    world.put(&world.service(&other, &elsewhere, "api")).await.unwrap();
    let mut second = world.service(&shop, &production, "web");
    world.put(&second).await.unwrap();
    second.name = "api".to_owned();
    let renamed = world.try_write(move |session| {
        Box::pin(async move { store::services::update(session, &second).await })
    });
    assert_eq!(renamed.await.unwrap_err().kind(), ErrorKind::Conflict);
    let twin = world.project("shop");
    let twice = world.try_write(move |session| {
        Box::pin(async move { store::projects::insert(session, &twin).await })
    });
    assert_eq!(twice.await.unwrap_err().kind(), ErrorKind::Conflict);
    let twin = world.environment(&shop, "production");
    let twice = world.try_write(move |session| {
        Box::pin(async move { store::environments::insert(session, &twin).await })
    });
    assert_eq!(twice.await.unwrap_err().kind(), ErrorKind::Conflict);
}

async fn what_is_removed_takes_what_is_in_it_along(world: World) {
    let (project, environment) = world.place("shop").await;
    let service = world.service(&project, &environment, "api");
    world.put(&service).await.unwrap();
    let id = project.id;
    world
        .try_write(move |session| {
            Box::pin(async move { store::projects::delete(session, id).await })
        })
        .await
        .unwrap();
    let mut session = world.store.session().await.unwrap();
    assert_eq!(store::environments::by_id(&mut session, environment.id).await.unwrap(), None);
    assert_eq!(store::services::by_id(&mut session, service.id).await.unwrap(), None);
}

async fn a_credential_that_goes_leaves_its_services(world: World) {
    let (project, environment) = world.place("shop").await;
    let credential = world.add(world.credential("token")).await.unwrap();
    let mut service = world.service(&project, &environment, "api");
    service.source = Some(Source {
        provider: None,
        repository: "https://gitlab.example/shop/app".to_owned(),
        branch: None,
        root_path: None,
        dockerfile_path: None,
        credential_id: Some(credential.id),
    });
    world.put(&service).await.unwrap();
    let id = credential.id;
    world
        .try_write(move |session| {
            Box::pin(async move { store::credentials::delete(session, id).await })
        })
        .await
        .unwrap();
    let mut session = world.store.session().await.unwrap();
    let left = store::services::by_id(&mut session, service.id).await.unwrap().unwrap();
    let source = left.source.unwrap();
    assert_eq!(
        (source.credential_id, source.repository),
        (None, service.source.unwrap().repository)
    );
}

async fn an_address_is_invited_once(world: World) {
    let invitation = || Invitation {
        id: InvitationId::generate(world.clock.as_ref(), world.entropy.as_ref()),
        organization_id: world.organization,
        email: "new@acme.invalid".to_owned(),
        role: Role::Viewer,
        inviter: "test".to_owned(),
        created_at: world.clock.now(),
    };
    let (first, second) = (invitation(), invitation());
    let kept = first.clone();
    let insert = |invitation: Invitation| {
        world.try_write(move |session| {
            Box::pin(async move { store::invitations::insert(session, &invitation).await })
        })
    };
    insert(first).await.unwrap();
    assert_eq!(insert(second).await.unwrap_err().kind(), ErrorKind::Conflict);
    let mut session = world.store.session().await.unwrap();
    let all =
        store::invitations::of_organization(&mut session, world.organization, 10).await.unwrap();
    assert_eq!(all, [kept]);
}
