//! The tables of keys: the ring's one row, the instance's own keys, organization keys.
//!
//! Everything here is wrapped; no key that opens anything is ever in the database.

use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::id::OrganizationId;
use domain::id::OrganizationKeyId;

use crate::row::Row;
use crate::row::execute;
use crate::row::row;
use crate::row::rows;
use crate::session::Session;

/// The key ring: which root key this data belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRing {
    /// The root key in force.
    pub root_key_id: String,
    /// What only it opens.
    pub check_value: Vec<u8>,
    /// The root key that is taking over, and what only it opens.
    pub next: Option<(String, Vec<u8>)>,
}

/// A wrapped key as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapped {
    /// The root key that wrapped it.
    pub root_key_id: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// An organization's wrapped key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredOrganizationKey {
    /// Its id.
    pub id: OrganizationKeyId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The key itself, wrapped.
    pub wrapped: Wrapped,
    /// Whether new secrets are sealed with it.
    pub is_current: bool,
}

/// Reads the ring.
pub async fn ring(session: &mut Session) -> Result<Option<KeyRing>> {
    let Some(row) = row!(session, "select * from key_ring where id = 1")? else { return Ok(None) };
    let next = match (row.text_or_null("next_root_key_id")?, row.bytes_or_null("next_check_value")?)
    {
        (Some(id), Some(check)) => Some((id, check)),
        _ => None,
    };
    Ok(Some(KeyRing {
        root_key_id: row.text("root_key_id")?,
        check_value: row.bytes("check_value")?,
        next,
    }))
}

/// Claims the ring for a root key; `false` if somebody else was first.
pub async fn claim_ring(session: &mut Session, id: &str, check: &[u8]) -> Result<bool> {
    let claimed = execute!(
        session,
        "insert into key_ring (id, root_key_id, check_value) values (1, $1, $2) \
         on conflict (id) do nothing",
        id,
        check.to_vec()
    )?;
    Ok(claimed == 1)
}

/// Announces the root key that takes over.
pub async fn announce_next(session: &mut Session, old: &str, id: &str, check: &[u8]) -> Result<()> {
    let announced = execute!(
        session,
        "update key_ring set next_root_key_id = $1, next_check_value = $2 \
         where id = 1 and root_key_id = $3 and next_root_key_id is null",
        id,
        check.to_vec(),
        old
    )?;
    if announced == 1 { Ok(()) } else { Err(other_rekey()) }
}

fn other_rekey() -> Error {
    Error::conflict("Another rekey is under way.".to_owned()).hint("let it finish, then look again")
}

/// Makes the announced root key the one in force, once nothing is wrapped by the old one.
pub async fn complete_next(session: &mut Session, old: &str, new: &str) -> Result<()> {
    let left = row!(
        session,
        "select (select count(*) from organization_keys where root_key_id <> $1) + \
         (select count(*) from system_keys where root_key_id <> $1) as n",
        new
    )?
    .map_or(Ok(0), |row| row.number("n"))?;
    if left > 0 {
        return Err(Error::conflict(format!("{left} keys are not under the new root key.")));
    }
    let completed = execute!(
        session,
        "update key_ring set root_key_id = next_root_key_id, check_value = next_check_value, \
         next_root_key_id = null, next_check_value = null \
         where id = 1 and root_key_id = $1 and next_root_key_id = $2",
        old,
        new
    )?;
    if completed == 1 { Ok(()) } else { Err(other_rekey()) }
}

/// A key of the instance itself.
pub async fn system(session: &mut Session, purpose: &str) -> Result<Option<Wrapped>> {
    row!(session, "select * from system_keys where purpose = $1", purpose)?
        .map(|row| wrapped(&row))
        .transpose()
}

/// Stores a key of the instance itself, if there is none for this purpose.
pub async fn insert_system(session: &mut Session, purpose: &str, key: &Wrapped) -> Result<bool> {
    let added = execute!(
        session,
        "insert into system_keys (purpose, root_key_id, wrapped) values ($1, $2, $3) \
         on conflict (purpose) do nothing",
        purpose,
        key.root_key_id.as_str(),
        key.bytes.clone()
    )?;
    Ok(added == 1)
}

/// The purposes whose keys a root key wraps.
pub async fn system_under(session: &mut Session, root: &str) -> Result<Vec<(String, Wrapped)>> {
    rows!(session, "select * from system_keys where root_key_id = $1", root)?
        .iter()
        .map(|row| Ok((row.text("purpose")?, wrapped(row)?)))
        .collect()
}

/// Replaces the wrapping of a key of the instance itself.
pub async fn rewrap_system(session: &mut Session, purpose: &str, key: &Wrapped) -> Result<()> {
    execute!(
        session,
        "update system_keys set root_key_id = $2, wrapped = $3 where purpose = $1",
        purpose,
        key.root_key_id.as_str(),
        key.bytes.clone()
    )?;
    Ok(())
}

/// Stores an organization's new key as its current one.
pub async fn insert_organization(
    session: &mut Session,
    key: &StoredOrganizationKey,
    at: Timestamp,
) -> Result<()> {
    execute!(
        session,
        "update organization_keys set is_current = 0 where organization_id = $1",
        key.organization_id.to_string()
    )?;
    execute!(
        session,
        "insert into organization_keys (id, organization_id, root_key_id, wrapped, is_current, \
         created_at) values ($1, $2, $3, $4, 1, $5)",
        key.id.to_string(),
        key.organization_id.to_string(),
        key.wrapped.root_key_id.as_str(),
        key.wrapped.bytes.clone(),
        at.millis()
    )?;
    Ok(())
}

/// An organization's current key.
pub async fn current(
    session: &mut Session,
    organization_id: OrganizationId,
) -> Result<Option<StoredOrganizationKey>> {
    row!(
        session,
        "select * from organization_keys where organization_id = $1 and is_current = 1",
        organization_id.to_string()
    )?
    .map(|row| organization_key(&row))
    .transpose()
}

/// An organization key by its id.
pub async fn organization(
    session: &mut Session,
    id: OrganizationKeyId,
) -> Result<Option<StoredOrganizationKey>> {
    row!(session, "select * from organization_keys where id = $1", id.to_string())?
        .map(|row| organization_key(&row))
        .transpose()
}

/// Some organization keys that a root key wraps.
pub async fn organizations_under(
    session: &mut Session,
    root: &str,
    limit: i64,
) -> Result<Vec<StoredOrganizationKey>> {
    rows!(
        session,
        "select * from organization_keys where root_key_id = $1 order by id limit $2",
        root,
        limit
    )?
    .iter()
    .map(organization_key)
    .collect()
}

/// Replaces the wrapping of an organization key.
pub async fn rewrap_organization(
    session: &mut Session,
    id: OrganizationKeyId,
    key: &Wrapped,
) -> Result<()> {
    execute!(
        session,
        "update organization_keys set root_key_id = $2, wrapped = $3 where id = $1",
        id.to_string(),
        key.root_key_id.as_str(),
        key.bytes.clone()
    )?;
    Ok(())
}

/// Organization keys that no longer seal new secrets.
pub async fn outdated(session: &mut Session) -> Result<Vec<StoredOrganizationKey>> {
    rows!(session, "select * from organization_keys where is_current = 0 order by id")?
        .iter()
        .map(organization_key)
        .collect()
}

/// Destroys an organization key: whatever is still under it is shredded.
pub async fn delete_organization(session: &mut Session, id: OrganizationKeyId) -> Result<()> {
    execute!(session, "delete from organization_keys where id = $1", id.to_string())?;
    Ok(())
}

fn wrapped(row: &Row) -> Result<Wrapped> {
    Ok(Wrapped { root_key_id: row.text("root_key_id")?, bytes: row.bytes("wrapped")? })
}

fn organization_key(row: &Row) -> Result<StoredOrganizationKey> {
    Ok(StoredOrganizationKey {
        id: row.parsed("id")?,
        organization_id: row.parsed("organization_id")?,
        wrapped: wrapped(row)?,
        is_current: row.flag("is_current")?,
    })
}
