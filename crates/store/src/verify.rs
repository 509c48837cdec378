//! Verifying the audit log: every lane from its first record to its head, and the index beside it.
//!
//! A record's MAC is checked against the *stored* MAC before it, so that one edit is named once and
//! does not make everything after it look wrong. After a gap the next record is trusted to start
//! again, since its predecessor is gone; the gap itself is the finding.

use domain::Result;
use domain::audit;
use domain::audit::ChainMac;
use domain::audit::GENESIS;
use domain::audit::MAC_BYTES;
use domain::audit::Record;
use domain::id::OrganizationId;

use crate::audit::Head;
use crate::audit::heads;
use crate::audit::parse_line;
use crate::lane::parse_mac;
use crate::limits;
use crate::row::Row;
use crate::row::row;
use crate::row::rows;
use crate::session::Session;

/// Batches read at once.
const BATCHES_PER_READ: i64 = 100;

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// Its content or its MAC was changed.
    Edited,
    /// It is gone.
    Deleted,
    /// It stands in another place than it was written.
    Reordered,
    /// The lane ends before its head.
    Cut,
    /// The index does not show it, or shows it otherwise: `audit list` would not tell.
    Index,
}

/// One thing that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The lane.
    pub lane: i64,
    /// The record's number.
    pub sequence: i64,
    /// The last number concerned, for a run of records.
    pub last_sequence: i64,
    /// The record's id and tenant, as far as they can still be read.
    pub record: Option<(String, Option<OrganizationId>)>,
    /// What is wrong.
    pub damage: Damage,
}

/// The outcome of a verification.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// Records checked.
    pub records: i64,
    /// Lanes checked.
    pub lanes: i64,
    /// What was found, at most [`limits::FINDINGS_MAX`].
    pub findings: Vec<Finding>,
}

/// Verifies everything, against heads kept outside if there are any.
pub async fn verify(session: &mut Session, key: &dyn ChainMac, kept: &[Head]) -> Result<Verdict> {
    let heads = heads(session).await?;
    let mut verdict =
        Verdict { lanes: i64::try_from(heads.len()).unwrap_or(0), ..Verdict::default() };
    for (expected, head) in (1..).zip(&heads) {
        if head.lane != expected && !heads.iter().any(|other| other.lane == expected) {
            verdict.add(Finding::plain(expected, 1, Damage::Deleted));
        }
        let kept = kept.iter().find(|kept| kept.lane == head.lane);
        let mut walk = Walk::new(head, kept);
        walk.run(session, key, &mut verdict).await?;
    }
    for gone in kept.iter().filter(|kept| !heads.iter().any(|head| head.lane == kept.lane)) {
        verdict.add(Finding::plain(gone.lane, 1, Damage::Cut));
    }
    Ok(verdict)
}

impl Verdict {
    fn add(&mut self, finding: Finding) {
        if self.findings.len() < limits::FINDINGS_MAX && !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }
}

impl Finding {
    fn plain(lane: i64, sequence: i64, damage: Damage) -> Finding {
        Finding { lane, sequence, last_sequence: sequence, record: None, damage }
    }
}

/// The way along one lane.
struct Walk<'a> {
    head: &'a Head,
    kept: Option<&'a Head>,
    /// The number the next record should have.
    next: i64,
    /// The stored MAC before it; `None` after a gap.
    before: Option<[u8; MAC_BYTES]>,
    /// Whether the kept head's record was met with the right MAC.
    kept_is_met: bool,
}

impl<'a> Walk<'a> {
    fn new(head: &'a Head, kept: Option<&'a Head>) -> Walk<'a> {
        let kept_is_met = kept.is_none_or(|kept| kept.sequence == 0);
        Walk { head, kept, next: 1, before: Some(GENESIS), kept_is_met }
    }

    async fn run(
        &mut self,
        session: &mut Session,
        key: &dyn ChainMac,
        verdict: &mut Verdict,
    ) -> Result<()> {
        let mut after = i64::MIN;
        loop {
            let batches = rows!(
                session,
                "select first_sequence, record_count, body from audit_batches \
                 where lane = $1 and first_sequence > $2 and first_sequence <= $3 \
                 order by first_sequence limit $4",
                self.head.lane,
                after,
                self.head.sequence,
                BATCHES_PER_READ
            )?;
            for batch in &batches {
                after = batch.number("first_sequence")?;
                self.batch(session, key, batch, verdict).await?;
            }
            if batches.len() < usize::try_from(BATCHES_PER_READ).unwrap_or(usize::MAX) {
                break;
            }
        }
        self.end(session, verdict).await
    }

    async fn batch(
        &mut self,
        session: &mut Session,
        key: &dyn ChainMac,
        batch: &Row,
        verdict: &mut Verdict,
    ) -> Result<()> {
        let first = batch.number("first_sequence")?;
        let count = batch.number("record_count")?;
        let body = batch.text("body")?;
        let index = Index::read(session, self.head.lane, first).await?;
        if first > self.next {
            self.gap(session, first - 1, verdict).await?;
        }
        for line in body.lines() {
            match parse_line(line) {
                Some((sequence, mac, json)) => {
                    self.line(session, key, (sequence, mac, json), &index, verdict).await?;
                }
                None => {
                    verdict.add(Finding::plain(self.head.lane, self.next, Damage::Edited));
                    self.next += 1;
                    self.before = None;
                }
            }
        }
        if self.next < first + count {
            self.gap(session, first + count - 1, verdict).await?;
        }
        if index.rows.len() > body.lines().count() {
            verdict.add(Finding::plain(self.head.lane, first, Damage::Index));
        }
        Ok(())
    }

    async fn line(
        &mut self,
        session: &mut Session,
        key: &dyn ChainMac,
        (sequence, mac_text, json): (i64, &str, &str),
        index: &Index,
        verdict: &mut Verdict,
    ) -> Result<()> {
        let lane = self.head.lane;
        let record = serde_json::from_str::<Record>(json).ok();
        let named = record.as_ref().map(|r| (r.id.to_string(), Some(r.organization_id)));
        let finding =
            |damage| Finding { record: named.clone(), ..Finding::plain(lane, sequence, damage) };
        if sequence < self.next {
            verdict.add(finding(Damage::Reordered));
            return Ok(());
        }
        if sequence > self.next {
            self.gap(session, sequence - 1, verdict).await?;
        }
        verdict.records += 1;
        let stored = parse_mac(mac_text);
        let intact = match (stored, self.before) {
            (Some(stored), Some(before)) => {
                audit::chain(key, &before, lane, sequence, json.as_bytes()) == stored
            }
            (Some(_), None) => true,
            (None, _) => false,
        };
        if !intact {
            verdict.add(finding(Damage::Edited));
        } else if !index.agrees(sequence, record.as_ref()) {
            verdict.add(finding(Damage::Index));
        }
        if let Some(kept) = self.kept.filter(|kept| kept.sequence == sequence) {
            self.kept_is_met = kept.mac == mac_text;
        }
        self.before = stored;
        self.next = sequence + 1;
        Ok(())
    }

    /// Records from `next` to `last` are gone; the index may still know what they were.
    async fn gap(&mut self, session: &mut Session, last: i64, verdict: &mut Verdict) -> Result<()> {
        let known = row!(
            session,
            "select record_id, organization_id from audit_index where lane = $1 and sequence = $2",
            self.head.lane,
            self.next
        )?;
        let record = match known {
            Some(row) => Some((row.text("record_id")?, row.parsed("organization_id").ok())),
            None => None,
        };
        verdict.add(Finding {
            record,
            last_sequence: last,
            ..Finding::plain(self.head.lane, self.next, Damage::Deleted)
        });
        self.next = last + 1;
        self.before = None;
        Ok(())
    }

    async fn end(&mut self, session: &mut Session, verdict: &mut Verdict) -> Result<()> {
        if self.next <= self.head.sequence {
            self.gap(session, self.head.sequence, verdict).await?;
        } else if self.before.is_some_and(|before| crate::lane::hex(&before) != self.head.mac) {
            verdict.add(Finding::plain(self.head.lane, self.head.sequence, Damage::Edited));
        }
        let beyond = row!(
            session,
            "select coalesce(min(first_sequence), 0) as first from audit_batches \
             where lane = $1 and first_sequence > (select sequence from audit_lanes where lane = $1)",
            self.head.lane
        )?
        .map_or(Ok(0), |row| row.number("first"))?;
        if beyond > 0 {
            // Records behind the head: the head was set back.
            verdict.add(Finding::plain(self.head.lane, beyond, Damage::Reordered));
        }
        if let Some(kept) = self.kept.filter(|_| !self.kept_is_met) {
            let damage = if kept.sequence >= self.next { Damage::Cut } else { Damage::Edited };
            let sequence = if damage == Damage::Cut { self.next } else { kept.sequence };
            verdict.add(Finding {
                last_sequence: kept.sequence,
                ..Finding::plain(self.head.lane, sequence, damage)
            });
        }
        Ok(())
    }
}

/// What the index says of one batch.
struct Index {
    rows: Vec<(i64, String, String, Option<String>, i64)>,
    /// Up to where the lane is indexed.
    reached: i64,
}

impl Index {
    async fn read(session: &mut Session, lane: i64, first: i64) -> Result<Index> {
        let reached = row!(session, "select indexed from audit_lanes where lane = $1", lane)?
            .map_or(Ok(0), |row| row.number("indexed"))?;
        let rows = rows!(
            session,
            "select sequence, record_id, organization_id, credential_id, at from audit_index \
             where lane = $1 and first_sequence = $2",
            lane,
            first
        )?
        .iter()
        .map(|row| {
            Ok((
                row.number("sequence")?,
                row.text("record_id")?,
                row.text("organization_id")?,
                row.text_or_null("credential_id")?,
                row.number("at")?,
            ))
        })
        .collect::<Result<Vec<_>>>()?;
        Ok(Index { rows, reached })
    }

    fn agrees(&self, sequence: i64, record: Option<&Record>) -> bool {
        let Some(record) = record.filter(|_| sequence <= self.reached) else { return true };
        self.rows.iter().any(|(number, id, organization, credential, at)| {
            *number == sequence
                && *id == record.id.to_string()
                && *organization == record.organization_id.to_string()
                && *credential == record.credential_id.map(|id| id.to_string())
                && *at == record.at.millis()
        })
    }
}
