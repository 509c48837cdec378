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
    /// Whose account it will be.
    pub member_id: MemberId,
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
        member_id: row.parsed("member_id")?,
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
        flow.member_id.to_string(),
        flow.host_id.to_string(),
        flow.provider.word(),
        flow.organization_key_id.to_string(),
        flow.verifier.clone(),
        now,
        flow.expires_at.millis()
    )?;
    Ok(())
}

/// How many a member has begun.
pub async fn count_of_member(
    session: &mut Session,
    member: MemberId,
    now: Timestamp,
) -> Result<i64> {
    row!(
        session,
        "select count(*) as n from oauth_flows where member_id = $1 and expires_at > $2",
        member.to_string(),
        now.millis()
    )?
    .map_or(Ok(0), |row| row.number("n"))
}

/// Whether there is one of this state, in time or not.
pub async fn is_known(session: &mut Session, state_hash: &[u8; 32]) -> Result<bool> {
    let hash = hex(state_hash);
    let found = row!(session, "select provider from oauth_flows where state_hash = $1", hash)?;
    Ok(found.is_some())
}

/// Takes one out, once: whoever comes second, or too late, finds none.
pub async fn take(
    session: &mut Session,
    state_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<OAuthFlow>> {
    let hash = hex(state_hash);
    let found = row!(session, "select * from oauth_flows where state_hash = $1", hash.as_str())?
        .map(|row| read(&row))
        .transpose()?;
    let taken = execute!(session, "delete from oauth_flows where state_hash = $1", hash)?;
    Ok(found.filter(|flow| taken == 1 && now < flow.expires_at))
}
