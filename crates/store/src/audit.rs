//! The audit log: lines of a batch, the index that finds them, the heads of all lanes. Searching is in
//! [`crate::audit_search`].

use std::collections::HashMap;
use std::ops::Range;

use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::audit::Record;
use domain::id::OrganizationId;

use crate::credentials;
use crate::limits;
use crate::row::execute;
use crate::row::row;
use crate::row::rows;
use crate::session::Session;
use crate::use_counts::Counting;
use crate::use_counts::is_use;

/// A record and its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its lane.
    pub lane: i64,
    /// Its number in the lane.
    pub sequence: i64,
    /// Its MAC, hexadecimal.
    pub mac: String,
    /// The record.
    pub record: Record,
}

/// The end of a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The lane.
    pub lane: i64,
    /// The number of its last record.
    pub sequence: i64,
    /// The MAC of its last record, hexadecimal.
    pub mac: String,
}

/// One line of a batch, taken apart: `sequence mac json`.
pub(crate) fn parse_line(line: &str) -> Option<(i64, &str, &str)> {
    let (sequence, rest) = line.split_once(' ')?;
    let (mac, json) = rest.split_once(' ')?;
    Some((sequence.parse().ok()?, mac, json))
}

/// The heads of all lanes.
pub async fn heads(session: &mut Session) -> Result<Vec<Head>> {
    rows!(session, "select lane, sequence, mac from audit_lanes order by lane")?
        .iter()
        .map(|row| {
            Ok(Head {
                lane: row.number("lane")?,
                sequence: row.number("sequence")?,
                mac: row.text("mac")?,
            })
        })
        .collect()
}

/// The newest record of an organization that is in the index.
pub async fn newest(session: &mut Session, organization: OrganizationId) -> Result<Option<String>> {
    row!(
        session,
        "select record_id from audit_index where organization_id = $1 \
         order by record_id desc limit 1",
        organization.to_string()
    )?
    .map(|row| row.text("record_id"))
    .transpose()
}

/// Whether some records are not yet in the index.
pub async fn has_unindexed(session: &mut Session) -> Result<bool> {
    Ok(row!(session, "select 1 as one from audit_lanes where indexed < sequence limit 1")?
        .is_some())
}

/// Puts a limited number of records into the index, inside a unit of work. Gives how many.
/// Also notes when credentials were last used, which the records tell.
pub async fn index_some(session: &mut Session) -> Result<i64> {
    let lanes = rows!(
        session,
        "select lane, indexed, sequence from audit_lanes where indexed < sequence order by lane"
    )?;
    let mut left = limits::INDEX_RECORDS_MAX;
    for lane in &lanes {
        if left > 0 {
            let (indexed, sequence) = (lane.number("indexed")?, lane.number("sequence")?);
            left -= index_lane(session, lane.number("lane")?, indexed..sequence, left).await?;
        }
    }
    Ok(limits::INDEX_RECORDS_MAX - left)
}

/// Indexes a lane from `range.start`, which is indexed, towards `range.end`, its head.
async fn index_lane(session: &mut Session, lane: i64, range: Range<i64>, left: i64) -> Result<i64> {
    let batches = rows!(
        session,
        "select first_sequence, record_count, body from audit_batches \
         where lane = $1 and first_sequence > $2 order by first_sequence limit $3",
        lane,
        range.start,
        left
    )?;
    let mut list = Vec::new();
    let mut uses: HashMap<String, Timestamp> = HashMap::new();
    let mut counting = Counting::default();
    // Where batches are gone there is nothing to index: verification names them, we go on.
    let mut reached = if batches.is_empty() { range.end } else { range.start };
    for batch in &batches {
        let first = batch.number("first_sequence")?;
        for (sequence, _, json) in batch.text("body")?.lines().filter_map(parse_line) {
            // A line that does not read is left out here and named by verification.
            let Ok(record) = serde_json::from_str::<Record>(json) else { continue };
            if let (Some(id), true) = (record.credential_id, is_use(record.action)) {
                let last = uses.entry(id.to_string()).or_default();
                *last = (*last).max(record.at);
            }
            counting.add(&record);
            list.push(index_row(lane, sequence, first, &record));
        }
        reached = reached.max(first + batch.number("record_count")? - 1);
        if i64::try_from(list.len()).unwrap_or(i64::MAX) >= left {
            break;
        }
    }
    // Whoever moves the mark counts; another replica that read the same records then finds it moved.
    let moved = execute!(
        session,
        "update audit_lanes set indexed = $2 where lane = $1 and indexed = $3",
        lane,
        reached,
        range.start
    )?;
    if moved == 0 {
        return Ok(1);
    }
    let json = serde_json::to_string(&list).map_err(Error::internal)?;
    let insert = session.engine().insert_index();
    execute!(session, insert, json)?;
    counting.write(session).await?;
    for (id, at) in uses {
        credentials::note_use(session, &id, at).await?;
    }
    Ok(i64::try_from(list.len()).unwrap_or(i64::MAX).max(1))
}

fn index_row(lane: i64, sequence: i64, first: i64, record: &Record) -> serde_json::Value {
    serde_json::json!({
        "lane": lane, "sequence": sequence, "first_sequence": first, "record_id": record.id,
        "organization_id": record.organization_id, "credential_id": record.credential_id,
        "at": record.at.millis(),
    })
}
