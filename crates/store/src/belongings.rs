//! What belongs to members: counted before they are removed, and shown beside them.

use domain::Result;
use domain::Timestamp;
use domain::credential::Credential;
use domain::id::MemberId;
use domain::id::OrganizationId;
use domain::role::Role;

use crate::credentials;
use crate::row::row;
use crate::row::rows;
use crate::session::Session;

/// Whether what a member made is within what they may do now; what belongs to nobody always is.
pub(crate) fn is_within_member(
    role: Role,
    member: Option<MemberId>,
    member_role: Option<Role>,
) -> bool {
    member.is_none() || member_role.is_some_and(|theirs| theirs.includes(role))
}

/// How much of each kind a member has that is good now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// API tokens.
    pub api_tokens: i64,
    /// Access keys.
    pub access_keys: i64,
    /// Browsers that are signed in.
    pub sessions: i64,
}

/// Counts what a member has.
pub async fn count(session: &mut Session, member: MemberId, now: Timestamp) -> Result<Counts> {
    let found = row!(
        session,
        "select (select count(*) from api_tokens where member_id = $1 and revoked_at is null \
                 and (expires_at is null or expires_at > $2)) as api_tokens, \
                (select count(*) from access_keys where member_id = $1 and revoked_at is null) \
                 as access_keys, \
                (select count(*) from sessions where member_id = $1 and ended_at is null \
                 and expires_at > $2) as sessions",
        member.to_string(),
        now.millis()
    )?;
    let Some(row) = found else { return Ok(Counts::default()) };
    Ok(Counts {
        api_tokens: row.number("api_tokens")?,
        access_keys: row.number("access_keys")?,
        sessions: row.number("sessions")?,
    })
}

/// The accounts that the members of a page have connected; the page is given by its first and last.
pub async fn accounts(
    session: &mut Session,
    organization_id: OrganizationId,
    first: MemberId,
    last: MemberId,
    limit: i64,
) -> Result<Vec<Credential>> {
    rows!(
        session,
        "select * from credentials where organization_id = $1 and member_id >= $2 \
         and member_id <= $3 order by member_id, id limit $4",
        organization_id.to_string(),
        first.to_string(),
        last.to_string(),
        limit
    )?
    .iter()
    .map(credentials::read)
    .collect()
}
