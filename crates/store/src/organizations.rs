//! The table of organizations, and their epochs.

use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::id::OrganizationId;

use crate::epoch::Epoch;
use crate::row::Row;
use crate::row::execute;
use crate::row::row;
use crate::row::rows;
use crate::row::touch;
use crate::session::Session;

/// An organization as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its slug, unique.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Whether deleting a credential in use only warns.
    pub delete_in_use_warns_only: bool,
    /// Whether a credential that could not be checked is refused.
    pub requires_checks: bool,
    /// Whether harmless writes may be tried, to prove a right to write.
    pub allows_write_probes: bool,
    /// From which age in days a value is old, if the organization has its own idea of that.
    pub value_age_days_max: Option<i64>,
    /// How it presents itself, as JSON.
    pub profile: String,
    /// Counts changes that can end a right.
    pub epoch: Epoch,
    /// When it was created.
    pub created_at: Timestamp,
}

fn read(row: &Row) -> Result<Organization> {
    Ok(Organization {
        id: row.parsed("id")?,
        slug: row.text("slug")?,
        name: row.text("name")?,
        delete_in_use_warns_only: row.flag("delete_in_use_warns_only")?,
        requires_checks: row.flag("requires_checks")?,
        allows_write_probes: row.flag("allows_write_probes")?,
        value_age_days_max: row.number_or_null("value_age_days_max")?,
        profile: row.text("profile")?,
        epoch: Epoch(row.number("epoch")?),
        created_at: row.moment("created_at")?,
    })
}

/// Adds one; a taken slug is a conflict.
pub async fn insert(session: &mut Session, organization: &Organization) -> Result<()> {
    let added = touch!(
        session,
        "insert into organizations (id, slug, name, delete_in_use_warns_only, epoch, created_at) \
         values ($1, $2, $3, $4, $5, $6)",
        organization.id.to_string(),
        organization.slug.as_str(),
        organization.name.as_str(),
        i64::from(organization.delete_in_use_warns_only),
        organization.epoch.0,
        organization.created_at.millis()
    );
    match added {
        Ok(_) => Ok(()),
        Err(error) if crate::dialect::is_taken(&error) => Err(Error::conflict(format!(
            "There already is an organization with the slug {}.",
            organization.slug
        ))
        .hint("choose another slug; `claviger admin sign-in-link` signs in to what is there")),
        Err(error) => Err(crate::dialect::failed(error)),
    }
}

/// The one with this id.
pub async fn by_id(session: &mut Session, id: OrganizationId) -> Result<Option<Organization>> {
    row!(session, "select * from organizations where id = $1", id.to_string())?
        .map(|row| read(&row))
        .transpose()
}

/// The one with this slug.
pub async fn by_slug(session: &mut Session, slug: &str) -> Result<Option<Organization>> {
    row!(session, "select * from organizations where slug = $1", slug)?
        .map(|row| read(&row))
        .transpose()
}

/// Whether there is any.
pub async fn is_any(session: &mut Session) -> Result<bool> {
    Ok(row!(session, "select 1 as one from organizations limit 1")?.is_some())
}

/// All of them, for administration.
pub async fn all(session: &mut Session) -> Result<Vec<Organization>> {
    rows!(session, "select * from organizations order by slug")?.iter().map(read).collect()
}

/// Changes name and settings.
pub async fn update(session: &mut Session, organization: &Organization) -> Result<()> {
    execute!(
        session,
        "update organizations set name = $2, delete_in_use_warns_only = $3, requires_checks = $4, \
         allows_write_probes = $5, value_age_days_max = $6, profile = $7 where id = $1",
        organization.id.to_string(),
        organization.name.as_str(),
        i64::from(organization.delete_in_use_warns_only),
        i64::from(organization.requires_checks),
        i64::from(organization.allows_write_probes),
        organization.value_age_days_max,
        organization.profile.as_str()
    )?;
    Ok(())
}

/// Moves the epoch: called by every change that can end a right or move a decision.
pub async fn move_epoch(session: &mut Session, id: OrganizationId) -> Result<()> {
    execute!(session, "update organizations set epoch = epoch + 1 where id = $1", id.to_string())?;
    Ok(())
}

/// The epoch now.
pub async fn epoch(session: &mut Session, id: OrganizationId) -> Result<Epoch> {
    row!(session, "select epoch from organizations where id = $1", id.to_string())?
        .ok_or_else(|| Error::not_found("organization"))?
        .number("epoch")
        .map(Epoch)
}
