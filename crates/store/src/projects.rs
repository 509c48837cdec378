//! The table of projects: environments that belong together.

use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::id::OrganizationId;
use domain::id::ProjectId;

use crate::row::Row;
use crate::row::execute;
use crate::row::row;
use crate::row::rows;
use crate::row::touch;
use crate::session::Session;

/// A project as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Its name, unique in the organization.
    pub name: String,
    /// Its description.
    pub description: String,
    /// What a client wants kept beside it, as JSON.
    pub document: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was changed.
    pub updated_at: Timestamp,
}

fn read(row: &Row) -> Result<Project> {
    Ok(Project {
        id: row.parsed("id")?,
        organization_id: row.parsed("organization_id")?,
        name: row.text("name")?,
        description: row.text("description")?,
        document: row.text("document")?,
        created_at: row.moment("created_at")?,
        updated_at: row.moment("updated_at")?,
    })
}

fn clash(error: sqlx::Error) -> Error {
    match crate::dialect::is_taken(&error) {
        true => Error::conflict("There already is a project with this name."),
        false => crate::dialect::failed(error),
    }
}

/// Adds one; a taken name is a conflict.
pub async fn insert(session: &mut Session, project: &Project) -> Result<()> {
    touch!(
        session,
        "insert into projects \
         (id, organization_id, name, description, document, created_at, updated_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
        project.id.to_string(),
        project.organization_id.to_string(),
        project.name.as_str(),
        project.description.as_str(),
        project.document.as_str(),
        project.created_at.millis(),
        project.updated_at.millis()
    )
    .map_err(clash)?;
    Ok(())
}

/// Changes one; a taken name is a conflict.
pub async fn update(session: &mut Session, project: &Project) -> Result<()> {
    touch!(
        session,
        "update projects set name = $2, description = $3, document = $4, updated_at = $5 \
         where id = $1",
        project.id.to_string(),
        project.name.as_str(),
        project.description.as_str(),
        project.document.as_str(),
        project.updated_at.millis()
    )
    .map_err(clash)?;
    Ok(())
}

/// The one with this id, whoever's it is.
pub async fn by_id(session: &mut Session, id: ProjectId) -> Result<Option<Project>> {
    row!(session, "select * from projects where id = $1", id.to_string())?
        .map(|row| read(&row))
        .transpose()
}

/// The one with this name.
pub async fn by_name(
    session: &mut Session,
    organization_id: OrganizationId,
    name: &str,
) -> Result<Option<Project>> {
    row!(
        session,
        "select * from projects where organization_id = $1 and name = $2",
        organization_id.to_string(),
        name
    )?
    .map(|row| read(&row))
    .transpose()
}

/// Those of an organization by name, the first `limit`.
pub async fn of_organization(
    session: &mut Session,
    organization_id: OrganizationId,
    limit: i64,
) -> Result<Vec<Project>> {
    rows!(
        session,
        "select * from projects where organization_id = $1 order by name, id limit $2",
        organization_id.to_string(),
        limit
    )?
    .iter()
    .map(read)
    .collect()
}

/// How many an organization has.
pub async fn count(session: &mut Session, organization_id: OrganizationId) -> Result<i64> {
    row!(
        session,
        "select count(*) as n from projects where organization_id = $1",
        organization_id.to_string()
    )?
    .map_or(Ok(0), |row| row.number("n"))
}

/// Removes one and everything in it.
pub async fn delete(session: &mut Session, id: ProjectId) -> Result<()> {
    execute!(session, "delete from projects where id = $1", id.to_string())?;
    Ok(())
}
