//! Adding a service to an environment, and binding one by its name alone.

use domain::Result;
use domain::audit::Action;
use domain::audit::Record;
use domain::credential;
use domain::id::EnvironmentId;
use domain::id::ProjectId;
use domain::id::ServiceId;
use domain::limits;
use domain::policy::Permission;
use domain::service::EnvironmentMode;
use domain::service::ServiceKind;
use domain::service::read_path;
use domain::text::printable;
use store::Session;
use store::environments::Environment;
use store::projects::Project;
use store::services::Service;
use store::services::Whereabouts;

use super::WantedService;
use super::WantedSource;
use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::environments::find_environment;
use crate::environments::insert_environment;
use crate::guarded::About;
use crate::projects::NAMED_CHARACTERS_MAX;
use crate::projects::check_document;
use crate::projects::insert_project;
use crate::projects::refuse_more;

/// Where a service goes.
enum Into {
    /// An environment that is there.
    Environment(String),
    /// An environment and a project by name, made if they are not there.
    Named(Box<(Project, Environment)>),
}

/// Whether the host of a repository is asked for it.
#[derive(Clone, Copy)]
enum Asks {
    Host,
    Nobody,
}

impl Broker {
    /// Adds a service to an environment; its repository is looked at.
    #[boxed]
    pub async fn add_service(
        &self,
        caller: &Caller,
        environment: &str,
        wanted: WantedService,
    ) -> Result<Service> {
        let into = Into::Environment(environment.to_owned());
        let service = self.add_service_into(caller, into, wanted, Asks::Host).await?;
        self.watch_service(caller, &service).await;
        Ok(service)
    }

    /// Binds a service to a credential. Its name may be `project/environment/name`.
    #[boxed]
    pub async fn bind_service(
        &self,
        caller: &Caller,
        name: &str,
        repository: &str,
        reference: &str,
    ) -> Result<Service> {
        let (project, environment, name) = read_path(name);
        let into = self.named(caller, project, environment);
        let wanted = WantedService {
            kind: ServiceKind::Application,
            name: name.to_owned(),
            description: String::new(),
            source: Some(WantedSource {
                url: repository.to_owned(),
                credential: Some(reference.to_owned()),
                ..WantedSource::default()
            }),
            values: None,
            auto_deploy: false,
            auto_preview: false,
            document: "{}".to_owned(),
        };
        self.add_service_into(caller, into, wanted, Asks::Nobody).await
    }

    async fn add_service_into(
        &self,
        caller: &Caller,
        into: Into,
        wanted: WantedService,
        asks: Asks,
    ) -> Result<Service> {
        let about = About::target(printable(&wanted.name, NAMED_CHARACTERS_MAX));
        let work = async {
            caller.require(Permission::ManageServices)?;
            let mut service = self.compose_service(caller, wanted).await?;
            if let (Asks::Host, Some(source)) = (asks, &mut service.source) {
                self.ask_for(caller, source).await?;
            }
            let mut record = self.done(caller, Action::ServiceAdd, about_service(&service));
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        service.at = settle(session, into, &service).await?;
                        let count =
                            store::services::count(session, service.at.environment_id).await?;
                        refuse_more(count, limits::SERVICES_MAX, "services")?;
                        refuse_vanished(session, &service).await?;
                        store::services::insert(session, &service).await?;
                        locate(&mut record, &service);
                        Ok((service, vec![record]))
                    })
                })
                .await
        };
        self.guarded(caller, Action::ServiceAdd, about, work).await
    }

    /// A service in memory, checked; where it is follows.
    pub(super) async fn compose_service(
        &self,
        caller: &Caller,
        wanted: WantedService,
    ) -> Result<Service> {
        credential::check_name(&wanted.name)?;
        let most = limits::DESCRIPTION_CHARACTERS_MAX;
        credential::check_text("description", &wanted.description, most)?;
        check_document(&wanted.document)?;
        let source = match wanted.source {
            Some(source) => Some(self.source(caller, source).await?),
            None => None,
        };
        let values = match wanted.values {
            Some(values) => Some(self.values_source(caller, values).await?),
            None => None,
        };
        let now = self.clock.now();
        Ok(Service {
            id: ServiceId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            organization_id: caller.principal.organization_id,
            at: self.nowhere(),
            kind: wanted.kind,
            name: wanted.name,
            description: wanted.description,
            source,
            values,
            auto_deploy: wanted.auto_deploy,
            auto_preview: wanted.auto_preview,
            document: wanted.document,
            member_id: caller.principal.member_id,
            created_at: now,
            updated_at: now,
        })
    }

    /// A place that [`settle`] fills in.
    fn nowhere(&self) -> Whereabouts {
        Whereabouts {
            project_id: ProjectId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            project: String::new(),
            environment_id: EnvironmentId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            environment: String::new(),
        }
    }

    fn named(&self, caller: &Caller, project: &str, environment: &str) -> Into {
        let (now, organization_id) = (self.clock.now(), caller.principal.organization_id);
        let Whereabouts { project_id, environment_id, .. } = self.nowhere();
        let project = Project {
            id: project_id,
            organization_id,
            name: project.to_owned(),
            description: String::new(),
            document: "{}".to_owned(),
            created_at: now,
            updated_at: now,
        };
        let environment = Environment {
            id: environment_id,
            organization_id,
            project_id,
            name: environment.to_owned(),
            mode: EnvironmentMode::Production,
            document: "{}".to_owned(),
            created_at: now,
            updated_at: now,
        };
        Into::Named(Box::new((project, environment)))
    }
}

pub(super) fn about_service(service: &Service) -> About {
    let source = service.source.as_ref();
    About {
        credential_id: source.and_then(|source| source.credential_id),
        repository: source.map(|source| source.repository.clone()),
        target: Some(printable(&service.name, NAMED_CHARACTERS_MAX)),
        ..About::default()
    }
}

/// Writes down which service a record is about, and where that is.
pub(super) fn locate(record: &mut Record, service: &Service) {
    let facts = [
        ("id", service.id.to_string()),
        ("name", service.name.clone()),
        ("kind", service.kind.word().to_owned()),
        ("environment_id", service.at.environment_id.to_string()),
        ("environment", service.at.environment.clone()),
        ("project_id", service.at.project_id.to_string()),
        ("project", service.at.project.clone()),
    ];
    record.facts.extend(facts.map(|(name, value)| (name.to_owned(), value)));
}

/// Finds, or makes, where a service goes.
async fn settle(session: &mut Session, into: Into, service: &Service) -> Result<Whereabouts> {
    let organization = service.organization_id;
    let environment = match into {
        Into::Environment(id) => find_environment(session, organization, &id).await?,
        Into::Named(named) => {
            let (project, mut environment) = *named;
            credential::check_name(&project.name)?;
            credential::check_name(&environment.name)?;
            let project =
                match store::projects::by_name(session, organization, &project.name).await? {
                    Some(project) => project,
                    None => {
                        insert_project(session, &project).await?;
                        project
                    }
                };
            match store::environments::by_name(session, project.id, &environment.name).await? {
                Some(environment) => environment,
                None => {
                    environment.project_id = project.id;
                    insert_environment(session, &environment).await?;
                    environment
                }
            }
        }
    };
    let project = store::projects::by_id(session, environment.project_id)
        .await?
        .ok_or_else(|| domain::Error::internal("an environment's project vanished"))?;
    Ok(Whereabouts {
        project_id: project.id,
        project: project.name,
        environment_id: environment.id,
        environment: environment.name,
    })
}

/// The credentials were found before the change began; they have to be there still.
pub(super) async fn refuse_vanished(session: &mut Session, service: &Service) -> Result<()> {
    let source = service.source.as_ref().and_then(|source| source.credential_id);
    let values = service.values.as_ref().and_then(|values| values.credential_id);
    for id in [source, values].into_iter().flatten() {
        store::credentials::by_id(session, service.organization_id, id)
            .await?
            .ok_or_else(|| domain::Error::not_found("credential"))?;
    }
    Ok(())
}
