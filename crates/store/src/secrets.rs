//! The table of sealed secret versions.

use domain::Result;
use domain::Timestamp;
use domain::id::CredentialId;
use domain::id::OrganizationId;
use domain::id::OrganizationKeyId;

use crate::lane::hex;
use crate::row::Row;
use crate::row::execute;
use crate::row::row;
use crate::row::rows;
use crate::session::Session;

/// A sealed version of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedVersion {
    /// The credential.
    pub credential_id: CredentialId,
    /// Its number.
    pub version: i64,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The key that seals it.
    pub organization_key_id: OrganizationKeyId,
    /// The host's address and authority it was given for.
    pub bound_to: String,
    /// The envelope.
    pub envelope: Vec<u8>,
}

fn read(row: &Row) -> Result<SealedVersion> {
    Ok(SealedVersion {
        credential_id: row.parsed("credential_id")?,
        version: row.number("version")?,
        organization_id: row.parsed("organization_id")?,
        organization_key_id: row.parsed("organization_key_id")?,
        bound_to: row.text("bound_to")?,
        envelope: row.bytes("envelope")?,
    })
}

/// When a version was given, and by whom if that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Its number.
    pub version: i64,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Option<String>,
}

/// Adds a version, and who gave it; nobody did where it renewed itself.
pub async fn insert(
    session: &mut Session,
    sealed: &SealedVersion,
    fingerprint: &[u8; 32],
    by: Option<&str>,
    at: Timestamp,
) -> Result<()> {
    execute!(
        session,
        "insert into secret_versions (credential_id, version, organization_id, \
         organization_key_id, bound_to, envelope, fingerprint, created_at, given_by) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        sealed.credential_id.to_string(),
        sealed.version,
        sealed.organization_id.to_string(),
        sealed.organization_key_id.to_string(),
        sealed.bound_to.as_str(),
        sealed.envelope.clone(),
        hex(fingerprint),
        at.millis(),
        by
    )?;
    Ok(())
}

/// One version.
pub async fn by_version(
    session: &mut Session,
    id: CredentialId,
    version: i64,
) -> Result<Option<SealedVersion>> {
    row!(
        session,
        "select * from secret_versions where credential_id = $1 and version = $2",
        id.to_string(),
        version
    )?
    .map(|row| read(&row))
    .transpose()
}

/// The numbers of all versions kept.
pub async fn versions(session: &mut Session, id: CredentialId) -> Result<Vec<i64>> {
    rows!(
        session,
        "select version from secret_versions where credential_id = $1 order by version",
        id.to_string()
    )?
    .iter()
    .map(|row| row.number("version"))
    .collect()
}

/// When each version that is kept was given, and by whom.
pub async fn given(session: &mut Session, id: CredentialId) -> Result<Vec<Given>> {
    rows!(
        session,
        "select version, created_at, given_by from secret_versions \
         where credential_id = $1 order by version",
        id.to_string()
    )?
    .iter()
    .map(|row| {
        Ok(Given {
            version: row.number("version")?,
            at: row.moment("created_at")?,
            by: row.text_or_null("given_by")?,
        })
    })
    .collect()
}

/// When a version was given.
pub async fn given_at(
    session: &mut Session,
    id: CredentialId,
    version: i64,
) -> Result<Option<Timestamp>> {
    row!(
        session,
        "select created_at from secret_versions where credential_id = $1 and version = $2",
        id.to_string(),
        version
    )?
    .map(|row| row.moment("created_at"))
    .transpose()
}

/// When the provider first refused a version that is to be ended there.
pub async fn refused_at(
    session: &mut Session,
    id: CredentialId,
    version: i64,
) -> Result<Option<Timestamp>> {
    row!(
        session,
        "select refused_at from secret_versions where credential_id = $1 and version = $2",
        id.to_string(),
        version
    )?
    .map_or(Ok(None), |row| row.moment_or_null("refused_at"))
}

/// Notes that, or that it was accepted since.
pub async fn note_refusal(
    session: &mut Session,
    id: CredentialId,
    version: i64,
    at: Option<Timestamp>,
) -> Result<()> {
    execute!(
        session,
        "update secret_versions set refused_at = $3 where credential_id = $1 and version = $2",
        id.to_string(),
        version,
        at.map(Timestamp::millis)
    )?;
    Ok(())
}

/// Whether a version is this very secret.
pub async fn is_same(
    session: &mut Session,
    id: CredentialId,
    version: i64,
    fingerprint: &[u8; 32],
) -> Result<bool> {
    let found = row!(
        session,
        "select 1 as one from secret_versions \
         where credential_id = $1 and version = $2 and fingerprint = $3",
        id.to_string(),
        version,
        hex(fingerprint)
    )?;
    Ok(found.is_some())
}

/// Handles of other credentials that hold the same secret as the current version of this one.
pub async fn same_secret(
    session: &mut Session,
    organization_id: OrganizationId,
    fingerprint: &[u8; 32],
    but: CredentialId,
    limit: i64,
) -> Result<Vec<String>> {
    rows!(
        session,
        "select c.handle from secret_versions s join credentials c on c.id = s.credential_id \
         and c.current_version = s.version where s.organization_id = $1 and s.fingerprint = $2 \
         and c.id <> $3 order by c.handle limit $4",
        organization_id.to_string(),
        hex(fingerprint),
        but.to_string(),
        limit
    )?
    .iter()
    .map(|row| row.text("handle"))
    .collect()
}

/// Destroys a version.
pub async fn delete(session: &mut Session, id: CredentialId, version: i64) -> Result<()> {
    execute!(
        session,
        "delete from secret_versions where credential_id = $1 and version = $2",
        id.to_string(),
        version
    )?;
    Ok(())
}

/// Destroys every version before one.
pub async fn delete_before(session: &mut Session, id: CredentialId, version: i64) -> Result<()> {
    execute!(
        session,
        "delete from secret_versions where credential_id = $1 and version < $2",
        id.to_string(),
        version
    )?;
    Ok(())
}
