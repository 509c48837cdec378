//! Projects: environments that belong together.

use domain::Error;
use domain::Result;
use domain::audit::Action;
use domain::credential;
use domain::id::OrganizationId;
use domain::id::ProjectId;
use domain::limits;
use domain::policy::Permission;
use domain::text::printable;
use store::Session;
use store::projects::Project;

use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::guarded::About;

/// Characters of a name that a record repeats.
pub(crate) const NAMED_CHARACTERS_MAX: usize = 120;

/// How a project or an environment is to be.
#[derive(Clone, Debug)]
pub struct WantedProject {
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// What is kept beside it, as JSON.
    pub document: String,
}

impl Broker {
    /// The projects of the caller's organization, by name.
    #[boxed]
    pub async fn projects(&self, caller: &Caller) -> Result<Vec<Project>> {
        caller.require(Permission::Look)?;
        let mut session = self.store.session().await?;
        let organization = caller.principal.organization_id;
        store::projects::of_organization(&mut session, organization, limits::PROJECTS_MAX).await
    }

    /// One project.
    #[boxed]
    pub async fn project(&self, caller: &Caller, id: &str) -> Result<Project> {
        caller.require(Permission::Look)?;
        let mut session = self.store.session().await?;
        find_project(&mut session, caller.principal.organization_id, id).await
    }

    /// Adds a project.
    #[boxed]
    pub async fn add_project(&self, caller: &Caller, wanted: WantedProject) -> Result<Project> {
        let about = About::target(printable(&wanted.name, NAMED_CHARACTERS_MAX));
        let work = async {
            caller.require(Permission::ManageServices)?;
            wanted.check()?;
            let now = self.clock.now();
            let project = Project {
                id: ProjectId::generate(self.clock.as_ref(), self.entropy.as_ref()),
                organization_id: caller.principal.organization_id,
                name: wanted.name,
                description: wanted.description,
                document: wanted.document,
                created_at: now,
                updated_at: now,
            };
            let record = self.done(
                caller,
                Action::ProjectAdd,
                About::target(&project.name).fact("id", project.id).fact("name", &project.name),
            );
            let stored = project.clone();
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        insert_project(session, &stored).await?;
                        Ok(((), vec![record]))
                    })
                })
                .await?;
            Ok(project)
        };
        self.guarded(caller, Action::ProjectAdd, about, work).await
    }

    /// Changes a project, as a whole.
    #[boxed]
    pub async fn update_project(
        &self,
        caller: &Caller,
        id: &str,
        wanted: WantedProject,
    ) -> Result<Project> {
        let work = async {
            caller.require(Permission::ManageServices)?;
            wanted.check()?;
            let organization = caller.principal.organization_id;
            let (now, id) = (self.clock.now(), id.to_owned());
            let record = self.done(
                caller,
                Action::ProjectUpdate,
                About::target(&wanted.name).fact("id", &id).fact("name", &wanted.name),
            );
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        let mut project = find_project(session, organization, &id).await?;
                        project.name = wanted.name;
                        project.description = wanted.description;
                        project.document = wanted.document;
                        project.updated_at = now;
                        store::projects::update(session, &project).await?;
                        Ok((project, vec![record]))
                    })
                })
                .await
        };
        self.guarded(caller, Action::ProjectUpdate, About::target(id), work).await
    }

    /// Removes a project with its environments and their services.
    #[boxed]
    pub async fn remove_project(&self, caller: &Caller, id: &str) -> Result<()> {
        let work = async {
            caller.require(Permission::ManageServices)?;
            let organization = caller.principal.organization_id;
            let mut record = self.done(caller, Action::ProjectRemove, About::target(id));
            let id = id.to_owned();
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        let project = find_project(session, organization, &id).await?;
                        store::projects::delete(session, project.id).await?;
                        record.facts.insert("id".to_owned(), project.id.to_string());
                        record.target = Some(printable(&project.name, NAMED_CHARACTERS_MAX));
                        Ok(((), vec![record]))
                    })
                })
                .await
        };
        self.guarded(caller, Action::ProjectRemove, About::target(id), work).await?;
        self.unwatch(caller, None).await;
        Ok(())
    }
}

impl WantedProject {
    fn check(&self) -> Result<()> {
        credential::check_name(&self.name)?;
        credential::check_text(
            "description",
            &self.description,
            limits::DESCRIPTION_CHARACTERS_MAX,
        )?;
        check_document(&self.document)
    }
}

/// A project of this organization; another's is absent.
pub(crate) async fn find_project(
    session: &mut Session,
    organization: OrganizationId,
    id: &str,
) -> Result<Project> {
    let absent = || Error::not_found("project");
    let id: ProjectId = id.parse().map_err(|_| absent())?;
    let found = store::projects::by_id(session, id).await?;
    found.filter(|project| project.organization_id == organization).ok_or_else(absent)
}

/// Adds a project, unless there are too many.
pub(crate) async fn insert_project(session: &mut Session, project: &Project) -> Result<()> {
    let count = store::projects::count(session, project.organization_id).await?;
    refuse_more(count, limits::PROJECTS_MAX, "projects")?;
    store::projects::insert(session, project).await
}

/// Refuses one more than there may be.
pub(crate) fn refuse_more(count: i64, most: i64, what: &str) -> Result<()> {
    if count < most {
        return Ok(());
    }
    Err(Error::conflict(format!("There are {count} {what} already, as many as there may be."))
        .hint("remove some that are not needed"))
}

/// What a client wants kept has an end.
pub(crate) fn check_document(text: &str) -> Result<()> {
    if text.len() <= limits::DOCUMENT_BYTES_MAX {
        return Ok(());
    }
    Err(Error::new(domain::ErrorKind::TooLarge, "The settings beside this are too long.")
        .hint(format!("they may have {} bytes", limits::DOCUMENT_BYTES_MAX)))
}
