//! The table of members.

use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::id::MemberId;
use domain::id::OrganizationId;
use domain::role::Role;

use crate::row::Row;
use crate::row::execute;
use crate::row::row;
use crate::row::rows;
use crate::row::touch;
use crate::session::Session;

/// A member as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its id.
    pub id: MemberId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// E-mail address, unique in the organization.
    pub email: String,
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// How they present themselves, as JSON.
    pub profile: String,
    /// When added.
    pub created_at: Timestamp,
}

pub(crate) fn read(row: &Row) -> Result<Member> {
    Ok(Member {
        id: row.parsed("id")?,
        organization_id: row.parsed("organization_id")?,
        email: row.text("email")?,
        name: row.text("name")?,
        role: row.word("role", |word| Role::parse(word).ok())?,
        profile: row.text("profile")?,
        created_at: row.moment("created_at")?,
    })
}

/// Adds one; a taken address is a conflict.
pub async fn insert(session: &mut Session, member: &Member) -> Result<()> {
    let added = touch!(
        session,
        "insert into members (id, organization_id, email, name, role, created_at, profile) \
         values ($1, $2, $3, $4, $5, $6, $7)",
        member.id.to_string(),
        member.organization_id.to_string(),
        member.email.as_str(),
        member.name.as_str(),
        member.role.word(),
        member.created_at.millis(),
        member.profile.as_str()
    );
    match added {
        Ok(_) => Ok(()),
        Err(error) if crate::dialect::is_taken(&error) => {
            Err(Error::conflict("There already is a member with this e-mail address.".to_owned()))
        }
        Err(error) => Err(crate::dialect::failed(error)),
    }
}

/// The one with this id, in this organization.
pub async fn by_id(
    session: &mut Session,
    organization_id: OrganizationId,
    id: MemberId,
) -> Result<Option<Member>> {
    row!(
        session,
        "select * from members where organization_id = $1 and id = $2",
        organization_id.to_string(),
        id.to_string()
    )?
    .map(|row| read(&row))
    .transpose()
}

/// The one with this id, in whatever organization.
pub async fn anywhere(session: &mut Session, id: MemberId) -> Result<Option<Member>> {
    row!(session, "select * from members where id = $1", id.to_string())?
        .map(|row| read(&row))
        .transpose()
}

/// A page, by id.
pub async fn page(
    session: &mut Session,
    organization_id: OrganizationId,
    after: &str,
    limit: i64,
) -> Result<Vec<Member>> {
    rows!(
        session,
        "select * from members where organization_id = $1 and id > $2 order by id limit $3",
        organization_id.to_string(),
        after,
        limit
    )?
    .iter()
    .map(read)
    .collect()
}

/// Sets the role.
pub async fn set_role(session: &mut Session, id: MemberId, role: Role) -> Result<()> {
    execute!(session, "update members set role = $2 where id = $1", id.to_string(), role.word())?;
    Ok(())
}

/// Sets the name and how they present themselves.
pub async fn set_profile(
    session: &mut Session,
    id: MemberId,
    name: &str,
    profile: &str,
) -> Result<()> {
    execute!(
        session,
        "update members set name = $2, profile = $3 where id = $1",
        id.to_string(),
        name,
        profile
    )?;
    Ok(())
}

/// The Owner of an organization who has been a member for longest.
pub async fn first_owner(
    session: &mut Session,
    organization_id: OrganizationId,
) -> Result<Option<Member>> {
    row!(
        session,
        "select * from members where organization_id = $1 and role = 'owner' \
         order by created_at, id limit 1",
        organization_id.to_string()
    )?
    .map(|row| read(&row))
    .transpose()
}

/// The one with this e-mail address, in this organization.
pub async fn with_email(
    session: &mut Session,
    organization_id: OrganizationId,
    email: &str,
) -> Result<Option<Member>> {
    row!(
        session,
        "select * from members where organization_id = $1 and email = $2",
        organization_id.to_string(),
        email
    )?
    .map(|row| read(&row))
    .transpose()
}

/// Those with this e-mail address, in whatever organizations.
pub async fn by_email(session: &mut Session, email: &str, limit: i64) -> Result<Vec<Member>> {
    rows!(session, "select * from members where email = $1 order by id limit $2", email, limit)?
        .iter()
        .map(read)
        .collect()
}

/// Removes one.
pub async fn delete(session: &mut Session, id: MemberId) -> Result<()> {
    execute!(session, "delete from members where id = $1", id.to_string())?;
    Ok(())
}
