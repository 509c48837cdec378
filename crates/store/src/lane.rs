//! A lane: this process's chain of audit records, and its place in the database.
//!
//! A lane belongs to one owner at a time. Every commit moves the lane's head only if owner and
//! sequence are still ours, so a process that was taken over can never fork the chain.

use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::audit;
use domain::audit::ChainMac;
use domain::audit::GENESIS;
use domain::audit::MAC_BYTES;
use domain::audit::Record;

use crate::limits;
use crate::row::execute;
use crate::row::row;
use crate::row::touch;
use crate::session::Session;

/// The head of a lane that is ours.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    number: i64,
    owner: String,
    sequence: i64,
    mac: [u8; MAC_BYTES],
}

/// The records of one commit, chained: a line each, `sequence mac json`.
pub(crate) struct Batch {
    first_sequence: i64,
    record_count: i64,
    body: String,
    head: Lane,
}

impl Lane {
    /// Takes a lane: our own after a failed commit, one that was given back or lies idle, else a
    /// new one.
    pub async fn claim(session: &mut Session, owner: &str, now: Timestamp) -> Result<Lane> {
        let idle_since = now
            .millis()
            .saturating_sub(i64::try_from(limits::LANE_IDLE_MAX.as_millis()).unwrap_or(i64::MAX));
        let free = row!(
            session,
            "select lane, owner, sequence, mac from audit_lanes \
             where owner = $2 or is_released = 1 or touched_at < $1 \
             order by case when owner = $2 then 0 else 1 end, lane limit 1",
            idle_since,
            owner
        )?;
        if let Some(free) = free {
            let (number, sequence) = (free.number("lane")?, free.number("sequence")?);
            let taken = execute!(
                session,
                "update audit_lanes set owner = $1, is_released = 0, touched_at = $2 \
                 where lane = $3 and owner = $4 and sequence = $5",
                owner,
                now.millis(),
                number,
                free.text("owner")?,
                sequence
            )?;
            if taken == 1 {
                let mac = parse_mac(&free.text("mac")?).ok_or_else(damaged)?;
                return Ok(Lane { number, owner: owner.to_owned(), sequence, mac });
            }
        }
        Lane::open_new(session, owner, now).await
    }

    async fn open_new(session: &mut Session, owner: &str, now: Timestamp) -> Result<Lane> {
        for _ in 0..16 {
            let next = row!(session, "select coalesce(max(lane), 0) + 1 as next from audit_lanes")?
                .ok_or_else(damaged)?
                .number("next")?;
            let made = touch!(
                session,
                "insert into audit_lanes (lane, owner, sequence, mac, indexed, touched_at, is_released) \
                 values ($1, $2, 0, $3, 0, $4, 0) on conflict (lane) do nothing",
                next,
                owner,
                hex(&GENESIS),
                now.millis()
            );
            if matches!(made, Ok(1)) {
                return Ok(Lane {
                    number: next,
                    owner: owner.to_owned(),
                    sequence: 0,
                    mac: GENESIS,
                });
            }
            made.map_err(crate::dialect::failed)?;
        }
        Err(Error::new(domain::ErrorKind::Busy, "No audit lane could be opened.".to_owned()))
    }

    /// Keeps the lane from looking idle while commits bring no records.
    pub async fn stay(&self, session: &mut Session, now: Timestamp) -> Result<()> {
        let quiet = i64::try_from(limits::LANE_IDLE_MAX.as_millis()).unwrap_or(i64::MAX) / 4;
        execute!(
            session,
            "update audit_lanes set touched_at = $1 \
             where lane = $2 and owner = $3 and touched_at < $4",
            now.millis(),
            self.number,
            self.owner.as_str(),
            now.millis().saturating_sub(quiet)
        )?;
        Ok(())
    }

    /// Gives the lane back at a clean end.
    pub async fn release(&self, session: &mut Session) -> Result<()> {
        execute!(
            session,
            "update audit_lanes set is_released = 1 where lane = $1 and owner = $2",
            self.number,
            self.owner.as_str()
        )?;
        Ok(())
    }

    /// Chains records behind the head.
    pub fn chain(&self, key: &dyn ChainMac, records: &[Record]) -> Result<Batch> {
        let mut head = self.clone();
        let mut body = String::with_capacity(records.len() * 512);
        for record in records {
            let json = serde_json::to_string(record).map_err(Error::internal)?;
            head.sequence += 1;
            head.mac = audit::chain(key, &head.mac, head.number, head.sequence, json.as_bytes());
            body.push_str(&format!("{} {} {json}\n", head.sequence, hex(&head.mac)));
        }
        let record_count = head.sequence - self.sequence;
        Ok(Batch { first_sequence: self.sequence + 1, record_count, body, head })
    }

    /// Writes a batch and moves the head, inside the open transaction. The new head counts only
    /// once the transaction is committed.
    pub async fn append(
        &self,
        session: &mut Session,
        batch: Batch,
        now: Timestamp,
    ) -> Result<Lane> {
        let Batch { first_sequence, record_count, body, head } = batch;
        execute!(
            session,
            "insert into audit_batches (lane, first_sequence, record_count, body) \
             values ($1, $2, $3, $4)",
            self.number,
            first_sequence,
            record_count,
            body
        )?;
        let moved = execute!(
            session,
            "update audit_lanes set sequence = $1, mac = $2, touched_at = $3 \
             where lane = $4 and owner = $5 and sequence = $6",
            head.sequence,
            hex(&head.mac),
            now.millis(),
            self.number,
            self.owner.as_str(),
            self.sequence
        )?;
        if moved == 1 { Ok(head) } else { Err(fenced()) }
    }
}

fn fenced() -> Error {
    Error::unavailable("Another process took this audit lane over; nothing was stored.".to_owned())
        .hint("try again; a new lane is taken by itself")
}

fn damaged() -> Error {
    Error::internal("an audit lane is not readable")
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).map_or('0', |byte| char::from(*byte));
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

pub(crate) fn parse_mac(text: &str) -> Option<[u8; MAC_BYTES]> {
    let mut mac = [0u8; MAC_BYTES];
    if text.len() != 2 * MAC_BYTES || !text.is_ascii() {
        return None;
    }
    for (index, byte) in mac.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(mac)
}
