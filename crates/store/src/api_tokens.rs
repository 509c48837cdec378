//! The table of API tokens. Only hashes are in it.

use domain::Result;
use domain::Timestamp;
use domain::id::ApiTokenId;
use domain::id::MemberId;
use domain::id::OrganizationId;
use domain::role::Role;

use crate::belongings::is_within_member;
use crate::lane::hex;
use crate::row::Row;
use crate::row::execute;
use crate::row::row;
use crate::row::rows;
use crate::session::Session;

/// An API token as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id.
    pub id: ApiTokenId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// Who made it, for people.
    pub created_by: String,
    /// Its role, as given; a member's token never exceeds the member.
    pub role: Role,
    /// The member it belongs to.
    pub member_id: Option<MemberId>,
    /// That member's role now; `None` if the token has no member, or the member is gone.
    pub member_role: Option<Role>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl ApiToken {
    /// Whether it is good at `now`: not over, not revoked, and its member still has its role.
    pub fn is_live(&self, now: Timestamp) -> bool {
        is_within_member(self.role, self.member_id, self.member_role)
            && self.revoked_at.is_none()
            && self.expires_at.is_none_or(|end| now < end)
    }
}

fn read(row: &Row) -> Result<ApiToken> {
    let role = |word: &str| Role::parse(word).ok();
    Ok(ApiToken {
        id: row.parsed("id")?,
        organization_id: row.parsed("organization_id")?,
        name: row.text("name")?,
        description: row.text("description")?,
        created_by: row.text("created_by")?,
        role: row.word("role", role)?,
        member_id: row.parsed_or_null("member_id")?,
        member_role: row.text_or_null("member_role")?.as_deref().and_then(role),
        created_at: row.moment("created_at")?,
        expires_at: row.moment_or_null("expires_at")?,
        revoked_at: row.moment_or_null("revoked_at")?,
    })
}

/// A select with everything an [`ApiToken`] has; what follows begins with `where`.
macro_rules! tokens {
    ($rest:literal) => {
        concat!(
            "select t.*, m.role as member_role from api_tokens t ",
            "left join members m on m.id = t.member_id ",
            $rest
        )
    };
}

/// Adds one, by the hash of its value.
pub async fn insert(session: &mut Session, token: &ApiToken, hash: &[u8; 32]) -> Result<()> {
    execute!(
        session,
        "insert into api_tokens (id, organization_id, name, role, member_id, hash, created_at, \
         expires_at, description, created_by) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        token.id.to_string(),
        token.organization_id.to_string(),
        token.name.as_str(),
        token.role.word(),
        token.member_id.map(|id| id.to_string()),
        hex(hash),
        token.created_at.millis(),
        token.expires_at.map(Timestamp::millis),
        token.description.as_str(),
        token.created_by.as_str()
    )?;
    Ok(())
}

/// The one with this hash, live or not.
pub async fn by_hash(session: &mut Session, hash: &[u8; 32]) -> Result<Option<ApiToken>> {
    row!(session, tokens!("where t.hash = $1"), hex(hash))?.map(|row| read(&row)).transpose()
}

/// The one with this id, in this organization.
pub async fn by_id(
    session: &mut Session,
    organization_id: OrganizationId,
    id: ApiTokenId,
) -> Result<Option<ApiToken>> {
    row!(
        session,
        tokens!("where t.organization_id = $1 and t.id = $2"),
        organization_id.to_string(),
        id.to_string()
    )?
    .map(|row| read(&row))
    .transpose()
}

/// A page, by id.
pub async fn page(
    session: &mut Session,
    organization_id: OrganizationId,
    after: &str,
    limit: i64,
) -> Result<Vec<ApiToken>> {
    rows!(
        session,
        tokens!("where t.organization_id = $1 and t.id > $2 order by t.id limit $3"),
        organization_id.to_string(),
        after,
        limit
    )?
    .iter()
    .map(read)
    .collect()
}

/// Whether a live one has this name.
pub async fn is_name_live(
    session: &mut Session,
    organization_id: OrganizationId,
    name: &str,
    now: Timestamp,
) -> Result<bool> {
    let found = row!(
        session,
        "select 1 as one from api_tokens where organization_id = $1 and name = $2 \
         and revoked_at is null and (expires_at is null or expires_at > $3) limit 1",
        organization_id.to_string(),
        name,
        now.millis()
    )?;
    Ok(found.is_some())
}

/// Whether a live Owner token is left without this one.
pub async fn has_other_owner(
    session: &mut Session,
    organization_id: OrganizationId,
    id: Option<ApiTokenId>,
    now: Timestamp,
) -> Result<bool> {
    let found = row!(
        session,
        "select 1 as one from api_tokens t left join members m on m.id = t.member_id \
         where t.organization_id = $1 and t.id <> $2 and t.role = 'owner' and t.revoked_at is null \
         and (t.expires_at is null or t.expires_at > $3) \
         and (t.member_id is null or m.role = 'owner') limit 1",
        organization_id.to_string(),
        id.map(|id| id.to_string()).unwrap_or_default(),
        now.millis()
    )?;
    Ok(found.is_some())
}

/// Ends one. Leases it made end with it.
pub async fn revoke(session: &mut Session, id: ApiTokenId, at: Timestamp) -> Result<()> {
    execute!(
        session,
        "update api_tokens set revoked_at = $2 where id = $1 and revoked_at is null",
        id.to_string(),
        at.millis()
    )?;
    Ok(())
}

/// Ends the tokens of a member, all or those of one role: what ended does not come back.
pub async fn revoke_of_member(
    session: &mut Session,
    member_id: MemberId,
    role: Role,
    at: Timestamp,
) -> Result<()> {
    execute!(
        session,
        "update api_tokens set revoked_at = $3 \
         where member_id = $1 and role = $2 and revoked_at is null",
        member_id.to_string(),
        role.word(),
        at.millis()
    )?;
    Ok(())
}

/// Ends every token, as after a restore.
pub async fn revoke_all(session: &mut Session, at: Timestamp) -> Result<u64> {
    execute!(session, "update api_tokens set revoked_at = $1 where revoked_at is null", at.millis())
}
