//! The table of services: what is built from a repository, and which credentials that takes.
//!
//! Every read tells the names of the environment and the project too: people know a service by them.

use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::id::CredentialId;
use domain::id::EnvironmentId;
use domain::id::MemberId;
use domain::id::OrganizationId;
use domain::id::ProjectId;
use domain::id::ServiceId;
use domain::provider::Provider;
use domain::service::ServiceKind;
use domain::service::show_path;

use crate::row::Row;
use crate::row::execute;
use crate::row::row;
use crate::row::rows;
use crate::row::touch;
use crate::session::Session;

/// Where a service is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whereabouts {
    /// The project.
    pub project_id: ProjectId,
    /// Its name.
    pub project: String,
    /// The environment.
    pub environment_id: EnvironmentId,
    /// Its name.
    pub environment: String,
}

/// A Git repository that something is built from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The provider, if it was said or known.
    pub provider: Option<Provider>,
    /// The repository's canonical URL.
    pub repository: String,
    /// The branch; the repository's own when absent.
    pub branch: Option<String>,
    /// The folder it begins at.
    pub root_path: Option<String>,
    /// The Dockerfile.
    pub dockerfile_path: Option<String>,
    /// The credential; when absent everybody, or its maker's own account, may read it.
    pub credential_id: Option<CredentialId>,
}

/// The repository that has the values of a Helm chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValuesSource {
    /// The repository's canonical URL.
    pub repository: String,
    /// The branch.
    pub branch: Option<String>,
    /// The credential.
    pub credential_id: Option<CredentialId>,
}

/// A service as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Where it is.
    pub at: Whereabouts,
    /// What it is.
    pub kind: ServiceKind,
    /// Its name, unique in the environment.
    pub name: String,
    /// Its description.
    pub description: String,
    /// What it is built from, if that is a Git repository.
    pub source: Option<Source>,
    /// A second repository, with the values of a Helm chart.
    pub values: Option<ValuesSource>,
    /// Whether a push deploys it.
    pub auto_deploy: bool,
    /// Whether a pull request gets an environment of its own.
    pub auto_preview: bool,
    /// What a client wants kept beside it, as JSON.
    pub document: String,
    /// Who added it.
    pub member_id: Option<MemberId>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was changed.
    pub updated_at: Timestamp,
}

impl Service {
    /// `project/environment/name`, or the name alone in the default environment.
    pub fn path(&self) -> String {
        show_path(&self.at.project, &self.at.environment, &self.name)
    }
}

/// A select with everything a [`Service`] has; what follows begins with `where`.
macro_rules! services {
    ($rest:literal) => {
        concat!(
            "select s.*, e.name as environment, e.project_id, p.name as project from services s ",
            "join environments e on e.id = s.environment_id ",
            "join projects p on p.id = e.project_id ",
            $rest
        )
    };
}

fn read(row: &Row) -> Result<Service> {
    Ok(Service {
        id: row.parsed("id")?,
        organization_id: row.parsed("organization_id")?,
        at: Whereabouts {
            project_id: row.parsed("project_id")?,
            project: row.text("project")?,
            environment_id: row.parsed("environment_id")?,
            environment: row.text("environment")?,
        },
        kind: row.word("kind", |word| ServiceKind::parse(word).ok())?,
        name: row.text("name")?,
        description: row.text("description")?,
        source: read_source(row)?,
        values: read_values(row)?,
        auto_deploy: row.flag("auto_deploy")?,
        auto_preview: row.flag("auto_preview")?,
        document: row.text("document")?,
        member_id: row.parsed_or_null("member_id")?,
        created_at: row.moment("created_at")?,
        updated_at: row.moment("updated_at")?,
    })
}

fn read_source(row: &Row) -> Result<Option<Source>> {
    let Some(repository) = row.text_or_null("repository")? else { return Ok(None) };
    let provider = row.text_or_null("provider")?;
    Ok(Some(Source {
        provider: provider.map(|word| Provider::parse(&word)).transpose()?,
        repository,
        branch: row.text_or_null("branch")?,
        root_path: row.text_or_null("root_path")?,
        dockerfile_path: row.text_or_null("dockerfile_path")?,
        credential_id: row.parsed_or_null("credential_id")?,
    }))
}

fn read_values(row: &Row) -> Result<Option<ValuesSource>> {
    let Some(repository) = row.text_or_null("values_repository")? else { return Ok(None) };
    Ok(Some(ValuesSource {
        repository,
        branch: row.text_or_null("values_branch")?,
        credential_id: row.parsed_or_null("values_credential_id")?,
    }))
}

fn clash(error: sqlx::Error) -> Error {
    match crate::dialect::is_taken(&error) {
        true => Error::conflict("There already is a service with this name."),
        false => crate::dialect::failed(error),
    }
}

/// Adds one; a name that is taken in its environment is a conflict.
pub async fn insert(session: &mut Session, service: &Service) -> Result<()> {
    touch!(
        session,
        "insert into services (id, organization_id, environment_id, kind, name, description, \
         auto_deploy, auto_preview, document, member_id, created_at, updated_at) \
         values ($1, $2, $3, $4, $5, '', 0, 0, '{}', $6, $7, $7)",
        service.id.to_string(),
        service.organization_id.to_string(),
        service.at.environment_id.to_string(),
        service.kind.word(),
        service.name.as_str(),
        service.member_id.map(|id| id.to_string()),
        service.created_at.millis()
    )
    .map_err(clash)?;
    update(session, service).await
}

/// Changes everything but where and what it is; a taken name is a conflict.
pub async fn update(session: &mut Session, service: &Service) -> Result<()> {
    let source = service.source.as_ref();
    let values = service.values.as_ref();
    touch!(
        session,
        "update services set name = $2, description = $3, provider = $4, repository = $5, \
         branch = $6, root_path = $7, dockerfile_path = $8, credential_id = $9, \
         values_repository = $10, values_branch = $11, values_credential_id = $12, \
         auto_deploy = $13, auto_preview = $14, document = $15, updated_at = $16 where id = $1",
        service.id.to_string(),
        service.name.as_str(),
        service.description.as_str(),
        source.and_then(|it| it.provider).map(Provider::word),
        source.map(|it| it.repository.as_str()),
        source.and_then(|it| it.branch.as_deref()),
        source.and_then(|it| it.root_path.as_deref()),
        source.and_then(|it| it.dockerfile_path.as_deref()),
        source.and_then(|it| it.credential_id).map(|id| id.to_string()),
        values.map(|it| it.repository.as_str()),
        values.and_then(|it| it.branch.as_deref()),
        values.and_then(|it| it.credential_id).map(|id| id.to_string()),
        i64::from(service.auto_deploy),
        i64::from(service.auto_preview),
        service.document.as_str(),
        service.updated_at.millis()
    )
    .map_err(clash)?;
    Ok(())
}

/// The one with this id, whoever's it is.
pub async fn by_id(session: &mut Session, id: ServiceId) -> Result<Option<Service>> {
    row!(session, services!("where s.id = $1"), id.to_string())?.map(|row| read(&row)).transpose()
}

/// Those that use a credential by name, the first `limit`.
pub async fn of_credential(
    session: &mut Session,
    id: CredentialId,
    limit: i64,
) -> Result<Vec<Service>> {
    rows!(
        session,
        services!(
            "where s.credential_id = $1 or s.values_credential_id = $1 \
             order by p.name, e.name, s.name limit $2"
        ),
        id.to_string(),
        limit
    )?
    .iter()
    .map(read)
    .collect()
}

/// How many use a credential.
pub async fn count_of_credential(session: &mut Session, id: CredentialId) -> Result<i64> {
    row!(
        session,
        "select count(*) as n from services \
         where credential_id = $1 or values_credential_id = $1",
        id.to_string()
    )?
    .map_or(Ok(0), |row| row.number("n"))
}

/// Those of an environment by name, the first `limit`.
pub async fn of_environment(
    session: &mut Session,
    id: EnvironmentId,
    limit: i64,
) -> Result<Vec<Service>> {
    rows!(
        session,
        services!("where s.environment_id = $1 order by s.name, s.id limit $2"),
        id.to_string(),
        limit
    )?
    .iter()
    .map(read)
    .collect()
}

/// How many an environment has.
pub async fn count(session: &mut Session, id: EnvironmentId) -> Result<i64> {
    row!(session, "select count(*) as n from services where environment_id = $1", id.to_string())?
        .map_or(Ok(0), |row| row.number("n"))
}

/// How many are built from a repository.
pub async fn count_of_repository(
    session: &mut Session,
    organization_id: OrganizationId,
    repository: &str,
) -> Result<i64> {
    row!(
        session,
        "select count(*) as n from services where organization_id = $1 and repository = $2",
        organization_id.to_string(),
        repository
    )?
    .map_or(Ok(0), |row| row.number("n"))
}

/// A page, by id.
pub async fn page(
    session: &mut Session,
    organization_id: OrganizationId,
    after: &str,
    limit: i64,
) -> Result<Vec<Service>> {
    rows!(
        session,
        services!("where s.organization_id = $1 and s.id > $2 order by s.id limit $3"),
        organization_id.to_string(),
        after,
        limit
    )?
    .iter()
    .map(read)
    .collect()
}

/// Removes one.
pub async fn delete(session: &mut Session, id: ServiceId) -> Result<()> {
    execute!(session, "delete from services where id = $1", id.to_string())?;
    Ok(())
}
