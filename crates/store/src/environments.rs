//! The table of environments: services that run together.

use std::collections::HashMap;

use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::id::EnvironmentId;
use domain::id::OrganizationId;
use domain::id::ProjectId;
use domain::service::EnvironmentMode;

use crate::row::Row;
use crate::row::execute;
use crate::row::row;
use crate::row::rows;
use crate::row::touch;
use crate::session::Session;

/// An environment as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// Its id.
    pub id: EnvironmentId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The project it is in.
    pub project_id: ProjectId,
    /// Its name, unique in the project.
    pub name: String,
    /// What it is for.
    pub mode: EnvironmentMode,
    /// What a client wants kept beside it, as JSON.
    pub document: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was changed.
    pub updated_at: Timestamp,
}

fn read(row: &Row) -> Result<Environment> {
    Ok(Environment {
        id: row.parsed("id")?,
        organization_id: row.parsed("organization_id")?,
        project_id: row.parsed("project_id")?,
        name: row.text("name")?,
        mode: row.word("mode", EnvironmentMode::parse)?,
        document: row.text("document")?,
        created_at: row.moment("created_at")?,
        updated_at: row.moment("updated_at")?,
    })
}

fn clash(error: sqlx::Error) -> Error {
    match crate::dialect::is_taken(&error) {
        true => Error::conflict("There already is an environment with this name in this project."),
        false => crate::dialect::failed(error),
    }
}

/// Adds one; a taken name is a conflict.
pub async fn insert(session: &mut Session, environment: &Environment) -> Result<()> {
    touch!(
        session,
        "insert into environments \
         (id, organization_id, project_id, name, mode, document, created_at, updated_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        environment.id.to_string(),
        environment.organization_id.to_string(),
        environment.project_id.to_string(),
        environment.name.as_str(),
        environment.mode.word(),
        environment.document.as_str(),
        environment.created_at.millis(),
        environment.updated_at.millis()
    )
    .map_err(clash)?;
    Ok(())
}

/// Changes one; a taken name is a conflict.
pub async fn update(session: &mut Session, environment: &Environment) -> Result<()> {
    touch!(
        session,
        "update environments set name = $2, mode = $3, document = $4, updated_at = $5 \
         where id = $1",
        environment.id.to_string(),
        environment.name.as_str(),
        environment.mode.word(),
        environment.document.as_str(),
        environment.updated_at.millis()
    )
    .map_err(clash)?;
    Ok(())
}

/// The one with this id, whoever's it is.
pub async fn by_id(session: &mut Session, id: EnvironmentId) -> Result<Option<Environment>> {
    row!(session, "select * from environments where id = $1", id.to_string())?
        .map(|row| read(&row))
        .transpose()
}

/// The one with this name in a project.
pub async fn by_name(
    session: &mut Session,
    project_id: ProjectId,
    name: &str,
) -> Result<Option<Environment>> {
    row!(
        session,
        "select * from environments where project_id = $1 and name = $2",
        project_id.to_string(),
        name
    )?
    .map(|row| read(&row))
    .transpose()
}

/// Those of a project by name, the first `limit`.
pub async fn of_project(
    session: &mut Session,
    project_id: ProjectId,
    limit: i64,
) -> Result<Vec<Environment>> {
    rows!(
        session,
        "select * from environments where project_id = $1 order by name, id limit $2",
        project_id.to_string(),
        limit
    )?
    .iter()
    .map(read)
    .collect()
}

/// How many a project has.
pub async fn count(session: &mut Session, project_id: ProjectId) -> Result<i64> {
    row!(
        session,
        "select count(*) as n from environments where project_id = $1",
        project_id.to_string()
    )?
    .map_or(Ok(0), |row| row.number("n"))
}

/// How many each project of an organization has; those that have none are left out.
pub async fn counts(
    session: &mut Session,
    organization_id: OrganizationId,
) -> Result<HashMap<ProjectId, usize>> {
    rows!(
        session,
        "select project_id, count(*) as n from environments where organization_id = $1 \
         group by project_id",
        organization_id.to_string()
    )?
    .iter()
    .map(|row| Ok((row.parsed("project_id")?, usize::try_from(row.number("n")?).unwrap_or(0))))
    .collect()
}

/// Removes one and every service in it.
pub async fn delete(session: &mut Session, id: EnvironmentId) -> Result<()> {
    execute!(session, "delete from environments where id = $1", id.to_string())?;
    Ok(())
}
