//! The table of access keys, with their sealed secrets.

use domain::Result;
use domain::Timestamp;
use domain::id::AccessKeyId;
use domain::id::MemberId;
use domain::id::OrganizationId;
use domain::id::OrganizationKeyId;
use domain::role::Role;

use crate::belongings::is_within_member;
use crate::row::Row;
use crate::row::execute;
use crate::row::row;
use crate::row::rows;
use crate::session::Session;

/// An access key as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessKey {
    /// Its id.
    pub id: AccessKeyId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Its name.
    pub name: String,
    /// Its public half.
    pub access_key: String,
    /// Its role, as given; a member's key never exceeds the member.
    pub role: Role,
    /// The member it belongs to.
    pub member_id: Option<MemberId>,
    /// That member's role now; `None` if the key has no member, or the member is gone.
    pub member_role: Option<Role>,
    /// Who made it, for people.
    pub created_by: String,
    /// The key that seals its secret.
    pub organization_key_id: OrganizationKeyId,
    /// The envelope of its secret.
    pub envelope: Vec<u8>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl AccessKey {
    /// Whether it is good: not revoked, and its member still has its role.
    pub fn is_live(&self) -> bool {
        is_within_member(self.role, self.member_id, self.member_role) && self.revoked_at.is_none()
    }
}

fn read(row: &Row) -> Result<AccessKey> {
    let role = |word: &str| Role::parse(word).ok();
    Ok(AccessKey {
        id: row.parsed("id")?,
        organization_id: row.parsed("organization_id")?,
        name: row.text("name")?,
        access_key: row.text("access_key")?,
        role: row.word("role", role)?,
        member_id: row.parsed_or_null("member_id")?,
        member_role: row.text_or_null("member_role")?.as_deref().and_then(role),
        created_by: row.text("created_by")?,
        organization_key_id: row.parsed("organization_key_id")?,
        envelope: row.bytes("secret")?,
        created_at: row.moment("created_at")?,
        revoked_at: row.moment_or_null("revoked_at")?,
    })
}

/// A select with everything an [`AccessKey`] has; what follows begins with `where`.
macro_rules! keys {
    ($rest:literal) => {
        concat!(
            "select k.*, m.role as member_role from access_keys k ",
            "left join members m on m.id = k.member_id ",
            $rest
        )
    };
}

/// Adds one.
pub async fn insert(session: &mut Session, key: &AccessKey) -> Result<()> {
    execute!(
        session,
        "insert into access_keys (id, organization_id, name, access_key, role, member_id, \
         created_by, organization_key_id, secret, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        key.id.to_string(),
        key.organization_id.to_string(),
        key.name.as_str(),
        key.access_key.as_str(),
        key.role.word(),
        key.member_id.map(|id| id.to_string()),
        key.created_by.as_str(),
        key.organization_key_id.to_string(),
        key.envelope.clone(),
        key.created_at.millis()
    )?;
    Ok(())
}

/// The one with this public half, live or not.
pub async fn by_access_key(session: &mut Session, access_key: &str) -> Result<Option<AccessKey>> {
    row!(session, keys!("where k.access_key = $1"), access_key)?.map(|row| read(&row)).transpose()
}

/// The one with this id, in this organization.
pub async fn by_id(
    session: &mut Session,
    organization_id: OrganizationId,
    id: AccessKeyId,
) -> Result<Option<AccessKey>> {
    row!(
        session,
        keys!("where k.organization_id = $1 and k.id = $2"),
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
) -> Result<Vec<AccessKey>> {
    rows!(
        session,
        keys!("where k.organization_id = $1 and k.id > $2 order by k.id limit $3"),
        organization_id.to_string(),
        after,
        limit
    )?
    .iter()
    .map(read)
    .collect()
}

/// Ends one, and destroys its secret's envelope.
pub async fn revoke(session: &mut Session, id: AccessKeyId, at: Timestamp) -> Result<()> {
    execute!(
        session,
        "update access_keys set revoked_at = $2, secret = $3 \
         where id = $1 and revoked_at is null",
        id.to_string(),
        at.millis(),
        Vec::<u8>::new()
    )?;
    Ok(())
}

/// Ends the keys of a member, all of one role, and destroys their envelopes: what ended does not come
/// back.
pub async fn revoke_of_member(
    session: &mut Session,
    member_id: MemberId,
    role: Role,
    at: Timestamp,
) -> Result<()> {
    execute!(
        session,
        "update access_keys set revoked_at = $3, secret = $4 \
         where member_id = $1 and role = $2 and revoked_at is null",
        member_id.to_string(),
        role.word(),
        at.millis(),
        Vec::<u8>::new()
    )?;
    Ok(())
}

/// Ends every key, as after a restore.
pub async fn revoke_all(session: &mut Session, at: Timestamp) -> Result<u64> {
    execute!(
        session,
        "update access_keys set revoked_at = $1, secret = $2 where revoked_at is null",
        at.millis(),
        Vec::<u8>::new()
    )
}
