//! The table of webhooks that we made, one for each repository, each with its sealed secret.

use domain::Result;
use domain::Timestamp;
use domain::id::HostId;
use domain::id::OrganizationId;
use domain::id::OrganizationKeyId;
use domain::id::RepositoryHookId;
use domain::provider::Provider;

use crate::row::Row;
use crate::row::execute;
use crate::row::row;
use crate::row::rows;
use crate::session::Session;

/// A webhook of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryHook {
    /// Its id.
    pub id: RepositoryHookId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The host of the repository.
    pub host_id: HostId,
    /// The provider.
    pub provider: Provider,
    /// The repository's canonical URL.
    pub repository: String,
    /// The end of the path that it sends to.
    pub opaque: String,
    /// The provider's id of it; none until it was made there.
    pub remote_id: Option<String>,
    /// The key that seals its secret.
    pub organization_key_id: OrganizationKeyId,
    /// The envelope of its secret.
    pub envelope: Vec<u8>,
    /// When it was written down.
    pub created_at: Timestamp,
}

fn read(row: &Row) -> Result<RepositoryHook> {
    Ok(RepositoryHook {
        id: row.parsed("id")?,
        organization_id: row.parsed("organization_id")?,
        host_id: row.parsed("host_id")?,
        provider: row.word("provider", |word| Provider::parse(word).ok())?,
        repository: row.text("repository")?,
        opaque: row.text("opaque")?,
        remote_id: row.text_or_null("remote_id")?,
        organization_key_id: row.parsed("organization_key_id")?,
        envelope: row.bytes("secret")?,
        created_at: row.moment("created_at")?,
    })
}

/// Writes one down; false if its repository has one already.
pub async fn insert(session: &mut Session, hook: &RepositoryHook) -> Result<bool> {
    let touched = execute!(
        session,
        "insert into repository_hooks (id, organization_id, host_id, provider, repository, opaque, \
         remote_id, organization_key_id, secret, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         on conflict (organization_id, repository) do nothing",
        hook.id.to_string(),
        hook.organization_id.to_string(),
        hook.host_id.to_string(),
        hook.provider.word(),
        hook.repository.as_str(),
        hook.opaque.as_str(),
        hook.remote_id.as_deref(),
        hook.organization_key_id.to_string(),
        hook.envelope.clone(),
        hook.created_at.millis()
    )?;
    Ok(touched == 1)
}

/// The one of a repository.
pub async fn of_repository(
    session: &mut Session,
    organization_id: OrganizationId,
    repository: &str,
) -> Result<Option<RepositoryHook>> {
    row!(
        session,
        "select * from repository_hooks where organization_id = $1 and repository = $2",
        organization_id.to_string(),
        repository
    )?
    .map(|row| read(&row))
    .transpose()
}

/// The one that sends to this path.
pub async fn by_opaque(session: &mut Session, opaque: &str) -> Result<Option<RepositoryHook>> {
    row!(session, "select * from repository_hooks where opaque = $1", opaque)?
        .map(|row| read(&row))
        .transpose()
}

/// Those of an organization whose repository no service is built from any more, the first `limit`.
pub async fn without_services(
    session: &mut Session,
    organization_id: OrganizationId,
    limit: i64,
) -> Result<Vec<RepositoryHook>> {
    rows!(
        session,
        "select h.* from repository_hooks h where h.organization_id = $1 and not exists \
         (select 1 from services s where s.organization_id = h.organization_id \
         and s.repository = h.repository) order by h.id limit $2",
        organization_id.to_string(),
        limit
    )?
    .iter()
    .map(read)
    .collect()
}

/// Notes the provider's id; false if it is gone meanwhile.
pub async fn set_remote(
    session: &mut Session,
    id: RepositoryHookId,
    remote_id: &str,
) -> Result<bool> {
    let touched = execute!(
        session,
        "update repository_hooks set remote_id = $2 where id = $1",
        id.to_string(),
        remote_id
    )?;
    Ok(touched == 1)
}

/// Forgets one, with what it told.
pub async fn delete(session: &mut Session, id: RepositoryHookId) -> Result<()> {
    execute!(session, "delete from repository_hooks where id = $1", id.to_string())?;
    Ok(())
}

/// Forgets those of a host.
pub async fn delete_of_host(session: &mut Session, id: HostId) -> Result<()> {
    execute!(session, "delete from repository_hooks where host_id = $1", id.to_string())?;
    Ok(())
}
