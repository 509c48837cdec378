//! The table of leases. Only hashes of their tokens are in it.

use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::access::Access;
use domain::id::LeaseId;
use domain::id::OrganizationId;
use domain::lease::Lease;
use domain::refs::RefPattern;
use domain::url::Segments;

use crate::lane::hex;
use crate::row::Row;
use crate::row::execute;
use crate::row::inconsistent;
use crate::row::row;
use crate::row::rows;
use crate::session::Session;

/// A lease to be written with the next commit.
#[derive(Clone, Debug)]
pub struct NewLease {
    /// The lease.
    pub lease: Lease,
    /// The hash of its token.
    pub hash: [u8; 32],
}

fn read(row: &Row) -> Result<Lease> {
    let patterns: Vec<String> =
        serde_json::from_str(&row.text("refs")?).map_err(|_| inconsistent("refs"))?;
    let refs: Result<Vec<RefPattern>> =
        patterns.iter().map(|text| RefPattern::parse(text)).collect();
    Ok(Lease {
        id: row.parsed("id")?,
        organization_id: row.parsed("organization_id")?,
        host_id: row.parsed("host_id")?,
        repository: row.segments("repository")?,
        access: row.word("access", |word| Access::parse(word).ok())?,
        refs: refs.map_err(|_| inconsistent("refs"))?,
        maker: row.parsed("maker_id")?,
        credential_id: row.parsed("credential_id")?,
        is_pinned: row.flag("is_pinned")?,
        created_at: row.moment("created_at")?,
        expires_at: row.moment("expires_at")?,
        revoked_at: row.moment_or_null("revoked_at")?,
    })
}

/// Writes all leases of a commit in one statement.
pub(crate) async fn insert_all(session: &mut Session, leases: &[NewLease]) -> Result<()> {
    if leases.is_empty() {
        return Ok(());
    }
    let list: Vec<serde_json::Value> = leases
        .iter()
        .map(|NewLease { lease, hash }| {
            let refs: Vec<&str> = lease.refs.iter().map(RefPattern::as_str).collect();
            serde_json::json!({
                "id": lease.id,
                "organization_id": lease.organization_id,
                "hash": hex(hash),
                "host_id": lease.host_id,
                "repository": lease.repository.as_str(),
                "access": lease.access.word(),
                "refs": serde_json::Value::String(serde_json::json!(refs).to_string()),
                "maker_id": lease.maker,
                "credential_id": lease.credential_id,
                "is_pinned": i64::from(lease.is_pinned),
                "created_at": lease.created_at.millis(),
                "expires_at": lease.expires_at.millis(),
            })
        })
        .collect();
    let list = serde_json::to_string(&list).map_err(Error::internal)?;
    let sql = session.engine().insert_leases();
    execute!(session, sql, list)?;
    Ok(())
}

/// The one with this hash, live or not.
pub async fn by_hash(session: &mut Session, hash: &[u8; 32]) -> Result<Option<Lease>> {
    row!(session, "select * from leases where hash = $1", hex(hash))?
        .map(|row| read(&row))
        .transpose()
}

/// The one with this id, in this organization.
pub async fn by_id(
    session: &mut Session,
    organization_id: OrganizationId,
    id: LeaseId,
) -> Result<Option<Lease>> {
    row!(
        session,
        "select * from leases where organization_id = $1 and id = $2",
        organization_id.to_string(),
        id.to_string()
    )?
    .map(|row| read(&row))
    .transpose()
}

/// A page, newest first.
pub async fn page(
    session: &mut Session,
    organization_id: OrganizationId,
    before: &str,
    limit: i64,
) -> Result<Vec<Lease>> {
    rows!(
        session,
        "select * from leases where organization_id = $1 and id < $2 order by id desc limit $3",
        organization_id.to_string(),
        before,
        limit
    )?
    .iter()
    .map(read)
    .collect()
}

/// The repositories a credential was lent for last, newest first.
pub async fn repositories_of_credential(
    session: &mut Session,
    id: &str,
    limit: i64,
) -> Result<Vec<Segments>> {
    rows!(
        session,
        "select repository, max(id) as newest from leases where credential_id = $1 \
         group by repository order by newest desc limit $2",
        id,
        limit
    )?
    .iter()
    .map(|row| row.segments("repository"))
    .collect()
}

/// Ends one.
pub async fn revoke(session: &mut Session, id: LeaseId, at: Timestamp) -> Result<()> {
    execute!(
        session,
        "update leases set revoked_at = $2 where id = $1 and revoked_at is null",
        id.to_string(),
        at.millis()
    )?;
    Ok(())
}

/// Ends every lease, as after a restore.
pub async fn revoke_all(session: &mut Session, at: Timestamp) -> Result<u64> {
    execute!(
        session,
        "update leases set revoked_at = $1 where revoked_at is null and expires_at > $1",
        at.millis()
    )
}

/// Forgets leases that ended long ago; the audit log keeps their story.
pub async fn delete_ended_before(session: &mut Session, before: Timestamp) -> Result<u64> {
    execute!(session, "delete from leases where expires_at < $1", before.millis())
}
