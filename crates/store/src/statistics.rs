//! Counting credentials, for the numbers people watch.

use domain::Result;
use domain::Timestamp;
use domain::id::OrganizationId;
use domain::status::Authentication;
use domain::status::Axes;
use domain::status::Capability;
use domain::status::EXPIRING_WITHIN;
use domain::status::Lifecycle;
use domain::status::Status;

use crate::credentials::Sight;
use crate::row::rows;
use crate::session::Session;

/// Credentials of one organization with one status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusCount {
    /// The organization's slug.
    pub organization: String,
    /// The status.
    pub status: Status,
    /// How many.
    pub count: i64,
}

/// How many credentials have which status now, of one organization or of all. The database groups; the
/// status table decides.
pub async fn status_counts(
    session: &mut Session,
    organization: Option<OrganizationId>,
    sight: Sight,
    now: Timestamp,
) -> Result<Vec<StatusCount>> {
    let soon = now.plus(EXPIRING_WITHIN);
    let found = rows!(
        session,
        "select o.slug, c.authentication, c.capability, c.lifecycle, \
         min(c.expires_at) as earliest, count(*) as n from credentials c \
         join organizations o on o.id = c.organization_id \
         where (cast($3 as text) is null or c.organization_id = $3) \
         and (c.member_id is null or c.member_id = $4 or $5 = 1) \
         group by o.slug, c.authentication, c.capability, c.lifecycle, \
         case when c.expires_at is null then 0 when c.expires_at <= $1 then 1 \
         when c.expires_at <= $2 then 2 else 3 end",
        now.millis(),
        soon.millis(),
        organization.map(|id| id.to_string()),
        sight.member(),
        sight.everything()
    )?;
    let mut counts: Vec<StatusCount> = Vec::new();
    for row in &found {
        let axes = Axes {
            authentication: row.word("authentication", Authentication::parse)?,
            capability: row.word("capability", Capability::parse)?,
            lifecycle: row.word("lifecycle", Lifecycle::parse)?,
        };
        let status = axes.status(row.moment_or_null("earliest")?, now);
        let (organization, count) = (row.text("slug")?, row.number("n")?);
        let known =
            counts.iter_mut().find(|it| it.organization == organization && it.status == status);
        match known {
            Some(known) => known.count += count,
            None => counts.push(StatusCount { organization, status, count }),
        }
    }
    Ok(counts)
}

/// When the next credential in use of each organization ends: slug and moment.
pub async fn next_ends(session: &mut Session, now: Timestamp) -> Result<Vec<(String, Timestamp)>> {
    rows!(
        session,
        "select o.slug, min(c.expires_at) as earliest from credentials c \
         join organizations o on o.id = c.organization_id \
         where c.expires_at > $1 and c.lifecycle = 'active' group by o.slug",
        now.millis()
    )?
    .iter()
    .map(|row| Ok((row.text("slug")?, row.moment("earliest")?)))
    .collect()
}
