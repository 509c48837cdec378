//! Environments: services that run together.

use std::collections::HashMap;

use domain::Error;
use domain::Result;
use domain::audit::Action;
use domain::audit::Record;
use domain::credential;
use domain::id::EnvironmentId;
use domain::id::OrganizationId;
use domain::id::ProjectId;
use domain::limits;
use domain::policy::Permission;
use domain::service::EnvironmentMode;
use domain::text::printable;
use store::Session;
use store::environments::Environment;

use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::guarded::About;
use crate::projects::NAMED_CHARACTERS_MAX;
use crate::projects::check_document;
use crate::projects::find_project;
use crate::projects::refuse_more;

/// How an environment is to be.
#[derive(Clone, Debug)]
pub struct WantedEnvironment {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub mode: EnvironmentMode,
    /// What is kept beside it, as JSON.
    pub document: String,
}

impl Broker {
    /// The environments of a project, by name.
    #[boxed]
    pub async fn environments(&self, caller: &Caller, project: &str) -> Result<Vec<Environment>> {
        caller.require(Permission::Look)?;
        let mut session = self.store.session().await?;
        let organization = caller.principal.organization_id;
        let project = find_project(&mut session, organization, project).await?;
        store::environments::of_project(&mut session, project.id, limits::ENVIRONMENTS_MAX).await
    }

    /// How many environments each project of the organization has; those that have none are left out.
    #[boxed]
    pub async fn environments_counts(&self, caller: &Caller) -> Result<HashMap<ProjectId, usize>> {
        caller.require(Permission::Look)?;
        let mut session = self.store.session().await?;
        store::environments::counts(&mut session, caller.principal.organization_id).await
    }

    /// One environment.
    #[boxed]
    pub async fn environment(&self, caller: &Caller, id: &str) -> Result<Environment> {
        caller.require(Permission::Look)?;
        let mut session = self.store.session().await?;
        find_environment(&mut session, caller.principal.organization_id, id).await
    }

    /// Adds an environment to a project.
    #[boxed]
    pub async fn add_environment(
        &self,
        caller: &Caller,
        project: &str,
        wanted: WantedEnvironment,
    ) -> Result<Environment> {
        let about = About::target(printable(&wanted.name, NAMED_CHARACTERS_MAX));
        let work = async {
            caller.require(Permission::ManageServices)?;
            wanted.check()?;
            let organization = caller.principal.organization_id;
            let id = EnvironmentId::generate(self.clock.as_ref(), self.entropy.as_ref());
            let (now, project) = (self.clock.now(), project.to_owned());
            let about = About::target(&wanted.name);
            let mut record = self.done(caller, Action::EnvironmentAdd, about);
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        let project = find_project(session, organization, &project).await?;
                        let environment = Environment {
                            id,
                            organization_id: organization,
                            project_id: project.id,
                            name: wanted.name,
                            mode: wanted.mode,
                            document: wanted.document,
                            created_at: now,
                            updated_at: now,
                        };
                        insert_environment(session, &environment).await?;
                        locate(&mut record, &environment, &project.name);
                        Ok((environment, vec![record]))
                    })
                })
                .await
        };
        self.guarded(caller, Action::EnvironmentAdd, about, work).await
    }

    /// Changes an environment, as a whole.
    #[boxed]
    pub async fn update_environment(
        &self,
        caller: &Caller,
        id: &str,
        wanted: WantedEnvironment,
    ) -> Result<Environment> {
        let work = async {
            caller.require(Permission::ManageServices)?;
            wanted.check()?;
            let organization = caller.principal.organization_id;
            let (now, id) = (self.clock.now(), id.to_owned());
            let about = About::target(&wanted.name);
            let mut record = self.done(caller, Action::EnvironmentUpdate, about);
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        let mut environment = find_environment(session, organization, &id).await?;
                        environment.name = wanted.name;
                        environment.mode = wanted.mode;
                        environment.document = wanted.document;
                        environment.updated_at = now;
                        store::environments::update(session, &environment).await?;
                        note_place(session, &mut record, &environment).await?;
                        Ok((environment, vec![record]))
                    })
                })
                .await
        };
        self.guarded(caller, Action::EnvironmentUpdate, About::target(id), work).await
    }

    /// Removes an environment and its services.
    #[boxed]
    pub async fn remove_environment(&self, caller: &Caller, id: &str) -> Result<()> {
        let work = async {
            caller.require(Permission::ManageServices)?;
            let organization = caller.principal.organization_id;
            let mut record = self.done(caller, Action::EnvironmentRemove, About::target(id));
            let id = id.to_owned();
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        let environment = find_environment(session, organization, &id).await?;
                        note_place(session, &mut record, &environment).await?;
                        store::environments::delete(session, environment.id).await?;
                        record.target = Some(printable(&environment.name, NAMED_CHARACTERS_MAX));
                        Ok(((), vec![record]))
                    })
                })
                .await
        };
        self.guarded(caller, Action::EnvironmentRemove, About::target(id), work).await?;
        self.unwatch(caller, None).await;
        Ok(())
    }
}

impl WantedEnvironment {
    fn check(&self) -> Result<()> {
        credential::check_name(&self.name)?;
        check_document(&self.document)
    }
}

/// An environment of this organization; another's is absent.
pub(crate) async fn find_environment(
    session: &mut Session,
    organization: OrganizationId,
    id: &str,
) -> Result<Environment> {
    let absent = || Error::not_found("environment");
    let id: EnvironmentId = id.parse().map_err(|_| absent())?;
    let found = store::environments::by_id(session, id).await?;
    found.filter(|environment| environment.organization_id == organization).ok_or_else(absent)
}

/// Adds an environment, unless there are too many.
pub(crate) async fn insert_environment(
    session: &mut Session,
    environment: &Environment,
) -> Result<()> {
    let count = store::environments::count(session, environment.project_id).await?;
    refuse_more(count, limits::ENVIRONMENTS_MAX, "environments")?;
    store::environments::insert(session, environment).await
}

/// Writes down which environment a record is about, and where that is.
fn locate(record: &mut Record, environment: &Environment, project: &str) {
    let facts = [
        ("id", environment.id.to_string()),
        ("name", environment.name.clone()),
        ("environment_id", environment.id.to_string()),
        ("environment", environment.name.clone()),
        ("project_id", environment.project_id.to_string()),
        ("project", project.to_owned()),
    ];
    record.facts.extend(facts.map(|(name, value)| (name.to_owned(), value)));
}

async fn note_place(
    session: &mut Session,
    record: &mut Record,
    environment: &Environment,
) -> Result<()> {
    let project = store::projects::by_id(session, environment.project_id).await?;
    let name = project.map(|project| project.name).unwrap_or_default();
    locate(record, environment, &name);
    Ok(())
}
