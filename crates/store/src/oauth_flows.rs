//! The table of sign-ins at providers that were begun and have not come back yet.

use domain::Result;
use domain::Timestamp;
use domain::id::HostId;
use domain::id::MemberId;
use domain::id::OrganizationId;
use domain::id::OrganizationKeyId;
use domain::provider::Provider;

use crate::lane::hex;
use crate::row::Row;
use crate::row::execute;
use crate::row::row;
use crate::session::Session;

/// A sign-in that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthFlow {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Whose account it will be; without one it will be the organization's credential.
    pub member_id: Option<MemberId>,
    /// The host it is at.
    pub host_id: HostId,
    /// That host's provider; the return address names it, too.
    pub provider: Provider,
    /// The key that seals the verifier.
    pub organization_key_id: OrganizationKeyId,
    /// The sealed verifier (PKCE).
    pub verifier: Vec<u8>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// Until when it may come back.
    pub expires_at: Timestamp,
}

fn read(row: &Row) -> Result<OAuthFlow> {
    Ok(OAuthFlow {
        organization_id: row.parsed("organization_id")?,
        member_id: row.parsed_or_null("member_id")?,
        host_id: row.parsed("host_id")?,
        provider: row.word("provider", |word| Provider::parse(word).ok())?,
        organization_key_id: row.parsed("organization_key_id")?,
        verifier: row.bytes("verifier")?,
        created_at: row.moment("created_at")?,
        expires_at: row.moment("expires_at")?,
    })
}

/// Adds one, by the hash of its state; those whose time is over go.
pub async fn insert(session: &mut Session, flow: &OAuthFlow, state_hash: &[u8; 32]) -> Result<()> {
    let now = flow.created_at.millis();
    execute!(session, "delete from oauth_flows where expires_at <= $1", now)?;
    execute!(
        session,
        "insert into oauth_flows (state_hash, organization_id, member_id, host_id, provider, \
         organization_key_id, verifier, created_at, expires_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        hex(state_hash),
        flow.organization_id.to_string(),
        flow.member_id.map(|id| id.to_string()),
        flow.host_id.to_string(),
        flow.provider.word(),
        flow.organization_key_id.to_string(),
        flow.verifier.clone(),
        now,
        flow.expires_at.millis()
    )?;
    Ok(())
}

/// How many a member has begun, or those of the organization that belong to no member.
pub async fn count_under_way(
    session: &mut Session,
    organization: OrganizationId,
    member: Option<MemberId>,
    now: Timestamp,
) -> Result<i64> {
    row!(
        session,
        "select count(*) as n from oauth_flows where organization_id = $1 \
         and coalesce(member_id, '') = $2 and expires_at > $3",
        organization.to_string(),
        member.map(|id| id.to_string()).unwrap_or_default(),
        now.millis()
    )?
    .map_or(Ok(0), |row| row.number("n"))
}

/// The one of this state, in time or not. It stays.
pub async fn by_state(session: &mut Session, state_hash: &[u8; 32]) -> Result<Option<OAuthFlow>> {
    row!(session, "select * from oauth_flows where state_hash = $1", hex(state_hash))?
        .map(|row| read(&row))
        .transpose()
}

/// Takes one out, once: whoever comes second, or too late, finds none.
pub async fn take(
    session: &mut Session,
    state_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<OAuthFlow>> {
    let found = by_state(session, state_hash).await?;
    let hash = hex(state_hash);
    let taken = execute!(session, "delete from oauth_flows where state_hash = $1", hash)?;
    Ok(found.filter(|flow| taken == 1 && now < flow.expires_at))
}
