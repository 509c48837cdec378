//! The table of services: what is built from a repository with a credential.

use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::id::CredentialId;
use domain::id::OrganizationId;
use domain::id::ServiceId;

use crate::row::Row;
use crate::row::execute;
use crate::row::row;
use crate::row::rows;
use crate::row::touch;
use crate::session::Session;

/// A service as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Its name, as in `project/environment/name`.
    pub name: String,
    /// The repository's canonical URL.
    pub repository: String,
    /// The credential it uses.
    pub credential_id: CredentialId,
    /// When it was bound.
    pub created_at: Timestamp,
}

fn read(row: &Row) -> Result<Service> {
    Ok(Service {
        id: row.parsed("id")?,
        organization_id: row.parsed("organization_id")?,
        name: row.text("name")?,
        repository: row.text("repository")?,
        credential_id: row.parsed("credential_id")?,
        created_at: row.moment("created_at")?,
    })
}

/// Adds one; a taken name is a conflict.
pub async fn insert(session: &mut Session, service: &Service) -> Result<()> {
    let added = touch!(
        session,
        "insert into services (id, organization_id, name, repository, credential_id, created_at) \
         values ($1, $2, $3, $4, $5, $6)",
        service.id.to_string(),
        service.organization_id.to_string(),
        service.name.as_str(),
        service.repository.as_str(),
        service.credential_id.to_string(),
        service.created_at.millis()
    );
    match added {
        Ok(_) => Ok(()),
        Err(error) if crate::dialect::is_taken(&error) => {
            Err(Error::conflict("There already is a service with this name.".to_owned()))
        }
        Err(error) => Err(crate::dialect::failed(error)),
    }
}

/// The one with this id, in this organization.
pub async fn by_id(
    session: &mut Session,
    organization_id: OrganizationId,
    id: ServiceId,
) -> Result<Option<Service>> {
    row!(
        session,
        "select * from services where organization_id = $1 and id = $2",
        organization_id.to_string(),
        id.to_string()
    )?
    .map(|row| read(&row))
    .transpose()
}

/// Those that use a credential, the first `limit`.
pub async fn of_credential(
    session: &mut Session,
    id: CredentialId,
    limit: i64,
) -> Result<Vec<Service>> {
    rows!(
        session,
        "select * from services where credential_id = $1 order by name limit $2",
        id.to_string(),
        limit
    )?
    .iter()
    .map(read)
    .collect()
}

/// How many use a credential.
pub async fn count_of_credential(session: &mut Session, id: CredentialId) -> Result<i64> {
    row!(session, "select count(*) as n from services where credential_id = $1", id.to_string())?
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
        "select * from services where organization_id = $1 and id > $2 order by id limit $3",
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

/// Removes all that use a credential, when its deletion is forced.
pub async fn delete_of_credential(session: &mut Session, id: CredentialId) -> Result<()> {
    execute!(session, "delete from services where credential_id = $1", id.to_string())?;
    Ok(())
}
