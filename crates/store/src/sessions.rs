//! The table of browsers that are signed in. Only hashes of their secrets are in it.

use domain::Result;
use domain::Timestamp;
use domain::id::ApiTokenId;
use domain::id::MemberId;
use domain::id::OrganizationId;
use domain::id::SessionId;
use domain::session::ConsoleSession;
use domain::session::Holder;
use domain::session::Way;

use crate::lane::hex;
use crate::row::Row;
use crate::row::execute;
use crate::row::inconsistent;
use crate::row::row;
use crate::row::rows;
use crate::session::Session;

fn read(row: &Row) -> Result<ConsoleSession> {
    Ok(ConsoleSession {
        id: row.parsed("id")?,
        organization_id: row.parsed("organization_id")?,
        holder: holder(row)?.ok_or_else(|| inconsistent("member_id"))?,
        way: row.word("way", Way::parse)?,
        memberships: memberships(&row.text("memberships")?)?,
        user_agent: row.text("user_agent")?,
        made_at: row.moment("made_at")?,
        seen_at: row.moment("seen_at")?,
        expires_at: row.moment("expires_at")?,
        ended_at: row.moment_or_null("ended_at")?,
    })
}

fn memberships(text: &str) -> Result<Vec<MemberId>> {
    let ids = text.split_whitespace().map(|id| id.parse().map_err(|_| inconsistent("memberships")));
    ids.collect()
}

/// Whom a row stands for; at most one of its two columns is filled.
pub(crate) fn holder(row: &Row) -> Result<Option<Holder>> {
    let token: Option<ApiTokenId> = row.parsed_or_null("api_token_id")?;
    let member: Option<MemberId> = row.parsed_or_null("member_id")?;
    Ok(token.map(Holder::ApiToken).or(member.map(Holder::Member)))
}

/// The two columns of a holder.
pub(crate) fn columns(holder: Option<Holder>) -> (Option<String>, Option<String>) {
    match holder {
        Some(Holder::ApiToken(id)) => (Some(id.to_string()), None),
        Some(Holder::Member(id)) => (None, Some(id.to_string())),
        None => (None, None),
    }
}

/// Adds one, by the hash of its secret.
pub async fn insert(session: &mut Session, made: &ConsoleSession, hash: &[u8; 32]) -> Result<()> {
    let (token, member) = columns(Some(made.holder));
    let memberships: Vec<String> = made.memberships.iter().map(ToString::to_string).collect();
    execute!(
        session,
        "insert into sessions (id, organization_id, api_token_id, member_id, hash, way, memberships, \
         user_agent, made_at, seen_at, expires_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        made.id.to_string(),
        made.organization_id.to_string(),
        token,
        member,
        hex(hash),
        made.way.word(),
        memberships.join(" "),
        made.user_agent.as_str(),
        made.made_at.millis(),
        made.seen_at.millis(),
        made.expires_at.millis()
    )?;
    Ok(())
}

/// The one with this hash, live or not.
pub async fn by_hash(session: &mut Session, hash: &[u8; 32]) -> Result<Option<ConsoleSession>> {
    row!(session, "select * from sessions where hash = $1", hex(hash))?
        .map(|row| read(&row))
        .transpose()
}

/// The one with this id, in this organization.
pub async fn by_id(
    session: &mut Session,
    organization_id: OrganizationId,
    id: SessionId,
) -> Result<Option<ConsoleSession>> {
    row!(
        session,
        "select * from sessions where organization_id = $1 and id = $2",
        organization_id.to_string(),
        id.to_string()
    )?
    .map(|row| read(&row))
    .transpose()
}

/// A page, newest first: those of a holder, or everybody's.
pub async fn page(
    session: &mut Session,
    organization_id: OrganizationId,
    of: Option<Holder>,
    before: &str,
    limit: i64,
) -> Result<Vec<ConsoleSession>> {
    let (token, member) = columns(of);
    rows!(
        session,
        "select * from sessions where organization_id = $1 and id < $2 \
         and ($3 = 1 or api_token_id = $4 or member_id = $5) order by id desc limit $6",
        organization_id.to_string(),
        before,
        i64::from(of.is_none()),
        token,
        member,
        limit
    )?
    .iter()
    .map(read)
    .collect()
}

/// Notes that one was used.
pub async fn see(
    session: &mut Session,
    id: SessionId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    execute!(
        session,
        "update sessions set seen_at = $2, expires_at = $3 \
         where id = $1 and ended_at is null and seen_at < $2 and expires_at > $2",
        id.to_string(),
        now.millis(),
        expires_at.millis()
    )?;
    Ok(())
}

/// Ends one; false if it was over before.
pub async fn end(session: &mut Session, id: SessionId, at: Timestamp) -> Result<bool> {
    let touched = execute!(
        session,
        "update sessions set ended_at = $2 \
         where id = $1 and ended_at is null and expires_at > $2",
        id.to_string(),
        at.millis()
    )?;
    Ok(touched == 1)
}

/// Ends those of a holder but one, and says how many.
pub async fn end_others(
    session: &mut Session,
    of: Holder,
    keep: SessionId,
    at: Timestamp,
) -> Result<u64> {
    let (token, member) = columns(Some(of));
    execute!(
        session,
        "update sessions set ended_at = $4 where (api_token_id = $1 or member_id = $2) \
         and id <> $3 and ended_at is null and expires_at > $4",
        token,
        member,
        keep.to_string(),
        at.millis()
    )
}

/// Takes a member from the choice of all but one: nobody who is signed in elsewhere comes back as them.
pub async fn withdraw(session: &mut Session, member: MemberId, keep: SessionId) -> Result<()> {
    execute!(
        session,
        "update sessions set memberships = replace(memberships, $1, '') \
         where memberships like '%' || $1 || '%' and id <> $2",
        member.to_string(),
        keep.to_string()
    )?;
    Ok(())
}

/// Ends every one, as after a restore.
pub async fn end_all(session: &mut Session, at: Timestamp) -> Result<u64> {
    execute!(session, "update sessions set ended_at = $1 where ended_at is null", at.millis())
}

/// Forgets those that were over before then; the audit log keeps their story.
pub async fn delete_over_before(session: &mut Session, before: Timestamp) -> Result<u64> {
    execute!(
        session,
        "delete from sessions where expires_at < $1 or ended_at < $1",
        before.millis()
    )
}
