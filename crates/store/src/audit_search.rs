//! Searching the audit log, newest first. The index finds records by their organization, credential and
//! time; everything else is read in the records themselves, so many for one page and no more.

use std::collections::HashMap;

use domain::Result;
use domain::Timestamp;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::audit::Record;
use domain::id::CredentialId;
use domain::id::OrganizationId;

use crate::audit::Placed;
use crate::audit::parse_line;
use crate::limits;
use crate::row::Row;
use crate::row::rows;
use crate::session::Session;

/// Which records are wanted.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Of this organization only.
    pub organization_id: OrganizationId,
    /// Of this credential only.
    pub credential_id: Option<CredentialId>,
    /// Of whoever has this id, or this in their name.
    pub actor: Option<String>,
    /// Of this action only.
    pub action: Option<Action>,
    /// Of this outcome only.
    pub outcome: Option<Outcome>,
    /// Of this request only.
    pub request_id: Option<String>,
    /// Since this moment.
    pub since: Option<Timestamp>,
    /// Up to this moment, with it.
    pub until: Option<Timestamp>,
    /// Records older than the one with this id; ids are ordered by time.
    pub before: String,
    /// How many at most.
    pub limit: usize,
}

/// A page of records.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The records, newest first; few or none where a search had to stop.
    pub records: Vec<Placed>,
    /// The id behind which it goes on, if it may.
    pub next: Option<String>,
}

impl Filter {
    /// Whether records have to be read to know whether they are wanted.
    fn is_search(&self) -> bool {
        self.actor.is_some()
            || self.action.is_some()
            || self.outcome.is_some()
            || self.request_id.is_some()
    }

    fn fits(&self, record: &Record) -> bool {
        self.action.is_none_or(|it| it == record.action)
            && self.outcome.is_none_or(|it| it == record.outcome)
            && self.request_id.as_ref().is_none_or(|it| record.request_id.as_ref() == Some(it))
            && self.actor.as_ref().is_none_or(|it| is_actor(record, it))
    }
}

fn is_actor(record: &Record, wanted: &str) -> bool {
    record.actor_id.as_deref() == Some(wanted)
        || record.actor_name.to_lowercase().contains(&wanted.to_lowercase())
}

/// What every id of a moment begins with.
fn id_at(millis: i64) -> String {
    let hex = format!("{:012x}", millis.clamp(0, (1 << 48) - 1));
    let (high, low) = hex.split_at(8);
    format!("{high}-{low}")
}

/// The part of the index a search is in.
struct Range<'a> {
    filter: &'a Filter,
    /// Ids below this one.
    before: String,
    /// Ids from this one on.
    from: String,
}

/// A page of records, newest first. Only what is indexed is found: index first.
pub async fn page(session: &mut Session, filter: &Filter) -> Result<Found> {
    let skew = i64::try_from(limits::ID_SKEW_MAX.as_millis()).unwrap_or(0);
    let from = filter.since.map(|at| id_at(at.millis().saturating_sub(skew)));
    let last = filter.until.map(|at| id_at(at.millis().saturating_add(skew)));
    let before = last.into_iter().chain([filter.before.clone()]).min().unwrap_or_default();
    let mut range = Range { filter, before, from: from.unwrap_or_default() };
    let mut found = Found::default();
    let mut left = limits::SEARCH_RECORDS_MAX;
    while left > 0 {
        let open = i64::try_from(filter.limit + 1 - found.records.len()).unwrap_or(i64::MAX);
        let rows = if filter.is_search() { limits::SEARCH_STEP_RECORDS } else { open }.min(left);
        let step = range.step(session, rows).await?;
        for placed in step.records.into_iter().filter(|it| filter.fits(&it.record)) {
            if found.records.len() == filter.limit {
                found.next = found.records.last().map(|it| it.record.id.to_string());
                return Ok(found);
            }
            found.records.push(placed);
        }
        left -= rows;
        found.next.clone_from(&step.next);
        let Some(next) = step.next else { break };
        range.before = next;
    }
    Ok(found)
}

/// The rows of the index in a range, of one organization or of one credential of it.
macro_rules! within {
    ($whose:literal) => {
        concat!(
            "from audit_index where ",
            $whose,
            " and record_id < $3 and record_id >= $4 and at >= $5 and at <= $6"
        )
    };
}

macro_rules! index_rows {
    ($whose:literal) => {
        concat!(
            "select lane, sequence, first_sequence, record_id ",
            within!($whose),
            " order by record_id desc limit $7"
        )
    };
}

macro_rules! index_batches {
    ($whose:literal) => {
        concat!(
            "select lane, first_sequence, body from audit_batches where (lane, first_sequence) in \
             (select lane, first_sequence ",
            within!($whose),
            ")"
        )
    };
}

/// The statements for rows and for batches. Where there is a credential, its index is to be used, and
/// not that of the organization.
const ALL: [&str; 2] = [
    index_rows!("organization_id = $1 and cast($2 as text) is null"),
    index_batches!("organization_id = $1 and cast($2 as text) is null"),
];
const OF_CREDENTIAL: [&str; 2] = [
    index_rows!("organization_id || '' = $1 and credential_id = $2"),
    index_batches!("organization_id || '' = $1 and credential_id = $2"),
];

impl Range<'_> {
    /// Reads so many records of the range, whether they fit or not.
    async fn step(&self, session: &mut Session, limit: i64) -> Result<Found> {
        let filter = self.filter;
        let organization = filter.organization_id.to_string();
        let credential = filter.credential_id.map(|id| id.to_string());
        let since = filter.since.map_or(i64::MIN, Timestamp::millis);
        let until = filter.until.map_or(i64::MAX, Timestamp::millis);
        let [of_rows, of_batches] = if credential.is_some() { OF_CREDENTIAL } else { ALL };
        let rows = rows!(
            session,
            of_rows,
            organization.as_str(),
            credential.as_deref(),
            self.before.as_str(),
            self.from.as_str(),
            since,
            until,
            limit
        )?;
        let Some(last) = rows.last() else { return Ok(Found::default()) };
        let last = last.text("record_id")?;
        // Each batch once, however many of its records are wanted.
        let batches = rows!(
            session,
            of_batches,
            organization.as_str(),
            credential.as_deref(),
            self.before.as_str(),
            last.as_str(),
            since,
            until
        )?;
        let records = records(&rows, &batches)?;
        let is_full = i64::try_from(rows.len()).unwrap_or(i64::MAX) == limit;
        Ok(Found { records, next: is_full.then_some(last) })
    }
}

/// The records of index rows, in their order.
fn records(rows: &[Row], batches: &[Row]) -> Result<Vec<Placed>> {
    let mut bodies = HashMap::with_capacity(batches.len());
    for batch in batches {
        let place = (batch.number("lane")?, batch.number("first_sequence")?);
        bodies.insert(place, batch.text("body")?);
    }
    let mut lines: HashMap<(i64, i64), (&str, &str)> = HashMap::new();
    for ((lane, _), body) in &bodies {
        for (sequence, mac, json) in body.lines().filter_map(parse_line) {
            lines.insert((*lane, sequence), (mac, json));
        }
    }
    let mut records = Vec::with_capacity(rows.len());
    for row in rows {
        let (lane, sequence) = (row.number("lane")?, row.number("sequence")?);
        // An index row whose record is gone is named by verification, not hidden by an error here.
        if let Some((mac, json)) = lines.get(&(lane, sequence))
            && let Ok(record) = serde_json::from_str::<Record>(json)
        {
            records.push(Placed { lane, sequence, mac: (*mac).to_owned(), record });
        }
    }
    Ok(records)
}
