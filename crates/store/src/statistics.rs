//! Counting credentials, for the numbers people watch.

use std::collections::BTreeMap;

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

macro_rules! select_counts {
    ($which:literal) => {
        concat!(
            "select o.slug, counted.* from (select organization_id, lifecycle, authentication, \
             capability, count(*) as n, count(case when expires_at <= $1 then 1 end) as past, \
             count(case when expires_at <= $2 then 1 end) as soon from credentials where ",
            $which,
            " and (member_id is null or member_id = $4 or $5 = 1) \
             group by organization_id, lifecycle, authentication, capability) counted \
             join organizations o on o.id = counted.organization_id"
        )
    };
}

/// Both read one index, `credentials_by_axes`, and no row: it has every column they name.
const COUNTS_OF_ONE: &str = select_counts!("organization_id = $3");
const COUNTS_OF_ALL: &str = select_counts!("cast($3 as text) is null");

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
        if organization.is_some() { COUNTS_OF_ONE } else { COUNTS_OF_ALL },
        now.millis(),
        soon.millis(),
        organization.map(|id| id.to_string()),
        sight.member(),
        sight.everything()
    )?;
    let mut counts: BTreeMap<(String, &'static str), StatusCount> = BTreeMap::new();
    for row in &found {
        let axes = Axes {
            authentication: row.word("authentication", Authentication::parse)?,
            capability: row.word("capability", Capability::parse)?,
            lifecycle: row.word("lifecycle", Lifecycle::parse)?,
        };
        let (all, soon_or_past, past) =
            (row.number("n")?, row.number("soon")?, row.number("past")?);
        let ends =
            [(Some(now), past), (Some(soon), soon_or_past - past), (None, all - soon_or_past)];
        for (end, count) in ends.into_iter().filter(|(_, count)| *count > 0) {
            let (organization, status) = (row.text("slug")?, axes.status(end, now));
            let key = (organization.clone(), status.word());
            let known = counts.entry(key);
            known.or_insert(StatusCount { organization, status, count: 0 }).count += count;
        }
    }
    Ok(counts.into_values().collect())
}

/// When the next credential in use of each organization ends: slug and moment.
pub async fn next_ends(session: &mut Session, now: Timestamp) -> Result<Vec<(String, Timestamp)>> {
    rows!(
        session,
        "select o.slug, ends.earliest from (select organization_id, min(expires_at) as earliest \
         from credentials where expires_at > $1 and lifecycle = 'active' group by organization_id) \
         ends join organizations o on o.id = ends.organization_id",
        now.millis()
    )?
    .iter()
    .map(|row| Ok((row.text("slug")?, row.moment("earliest")?)))
    .collect()
}
