//! The table of invitations that nobody has accepted yet.

use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::id::InvitationId;
use domain::id::OrganizationId;
use domain::role::Role;

use crate::row::Row;
use crate::row::execute;
use crate::row::row;
use crate::row::rows;
use crate::row::touch;
use crate::session::Session;

/// An invitation as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The e-mail address, folded.
    pub email: String,
    /// The role the member would have.
    pub role: Role,
    /// Who invited, for people.
    pub inviter: String,
    /// When.
    pub created_at: Timestamp,
}

fn read(row: &Row) -> Result<Invitation> {
    Ok(Invitation {
        id: row.parsed("id")?,
        organization_id: row.parsed("organization_id")?,
        email: row.text("email")?,
        role: row.word("role", |word| Role::parse(word).ok())?,
        inviter: row.text("inviter")?,
        created_at: row.moment("created_at")?,
    })
}

/// Adds one; an address that is invited already is a conflict.
pub async fn insert(session: &mut Session, invitation: &Invitation) -> Result<()> {
    let added = touch!(
        session,
        "insert into invitations (id, organization_id, email, role, inviter, created_at) \
         values ($1, $2, $3, $4, $5, $6)",
        invitation.id.to_string(),
        invitation.organization_id.to_string(),
        invitation.email.as_str(),
        invitation.role.word(),
        invitation.inviter.as_str(),
        invitation.created_at.millis()
    );
    match added {
        Ok(_) => Ok(()),
        Err(error) if crate::dialect::is_taken(&error) => {
            Err(Error::conflict("This e-mail address is invited already."))
        }
        Err(error) => Err(crate::dialect::failed(error)),
    }
}

/// The one with this id, in this organization.
pub async fn by_id(
    session: &mut Session,
    organization_id: OrganizationId,
    id: InvitationId,
) -> Result<Option<Invitation>> {
    row!(
        session,
        "select * from invitations where organization_id = $1 and id = $2",
        organization_id.to_string(),
        id.to_string()
    )?
    .map(|row| read(&row))
    .transpose()
}

/// The one with this id, in whatever organization.
pub async fn anywhere(session: &mut Session, id: InvitationId) -> Result<Option<Invitation>> {
    row!(session, "select * from invitations where id = $1", id.to_string())?
        .map(|row| read(&row))
        .transpose()
}

/// Those of an organization, newest last.
pub async fn of_organization(
    session: &mut Session,
    organization_id: OrganizationId,
    limit: i64,
) -> Result<Vec<Invitation>> {
    rows!(
        session,
        "select * from invitations where organization_id = $1 order by id limit $2",
        organization_id.to_string(),
        limit
    )?
    .iter()
    .map(read)
    .collect()
}

/// Removes one.
pub async fn delete(session: &mut Session, id: InvitationId) -> Result<()> {
    execute!(session, "delete from invitations where id = $1", id.to_string())?;
    Ok(())
}
