//! The table of how often credentials were used, and how often something was refused, per day (UTC).
//!
//! It is counted when records are indexed, in the same unit of work: once, however often that is tried.

use std::collections::HashMap;

use domain::Result;
use domain::Timestamp;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::audit::Record;
use domain::id::CredentialId;
use domain::id::OrganizationId;

use crate::row::execute;
use crate::row::rows;
use crate::session::Session;

const DAY_MILLIS: i64 = 24 * 3600 * 1000;
/// The rows of an organization as a whole.
const ALL: &str = "";

/// One day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayCount {
    /// Days since 1970-01-01, UTC.
    pub day: i64,
    /// Leases, fetches, pushes and reveals that were allowed.
    pub uses: i64,
    /// What was refused.
    pub refusals: i64,
}

/// The day of a moment.
pub fn day_of(at: Timestamp) -> i64 {
    at.millis().div_euclid(DAY_MILLIS)
}

/// Counts that are collected before they are written.
#[derive(Default)]
pub(crate) struct Counting(HashMap<(String, String, i64), (i64, i64)>);

impl Counting {
    /// Counts a record, for its credential and for its organization.
    pub fn add(&mut self, record: &Record) {
        let (uses, refusals) = match record.outcome {
            Outcome::Refused => (0, 1),
            Outcome::Ended => (0, 0),
            Outcome::Done | Outcome::Begun => (i64::from(is_use(record.action)), 0),
        };
        if uses + refusals == 0 {
            return;
        }
        let credential = record.credential_id.map(|id| id.to_string());
        for of in [Some(ALL.to_owned()), credential].into_iter().flatten() {
            let key = (record.organization_id.to_string(), of, day_of(record.at));
            let known = self.0.entry(key).or_default();
            *known = (known.0 + uses, known.1 + refusals);
        }
    }

    /// Writes them.
    pub async fn write(self, session: &mut Session) -> Result<()> {
        for ((organization, credential, day), (uses, refusals)) in self.0 {
            execute!(
                session,
                "insert into use_counts (organization_id, credential_id, day, uses, refusals) \
                 values ($1, $2, $3, $4, $5) on conflict (organization_id, credential_id, day) \
                 do update set uses = use_counts.uses + $4, \
                 refusals = use_counts.refusals + $5",
                organization,
                credential,
                day,
                uses,
                refusals
            )?;
        }
        Ok(())
    }
}

/// Whether a record tells that a credential is used.
pub(crate) fn is_use(action: Action) -> bool {
    matches!(
        action,
        Action::LeaseCreate | Action::GitFetch | Action::GitPush | Action::CredentialReveal
    )
}

/// The days from one on, of an organization or of one credential; days without anything are left out.
pub async fn since(
    session: &mut Session,
    organization: OrganizationId,
    credential: Option<CredentialId>,
    day: i64,
) -> Result<Vec<DayCount>> {
    rows!(
        session,
        "select day, uses, refusals from use_counts where organization_id = $1 \
         and credential_id = $2 and day >= $3 order by day",
        organization.to_string(),
        credential.map(|id| id.to_string()).unwrap_or_default(),
        day
    )?
    .iter()
    .map(|row| {
        Ok(DayCount {
            day: row.number("day")?,
            uses: row.number("uses")?,
            refusals: row.number("refusals")?,
        })
    })
    .collect()
}

/// Forgets the days before one.
pub async fn delete_before(session: &mut Session, day: i64) -> Result<()> {
    execute!(session, "delete from use_counts where day < $1", day)?;
    Ok(())
}
