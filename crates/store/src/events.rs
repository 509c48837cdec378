//! The table of events: what repositories told us by their webhooks, each delivery once.

use domain::Result;
use domain::Timestamp;
use domain::event::EventKind;
use domain::id::EventId;
use domain::id::OrganizationId;
use domain::id::RepositoryHookId;
use domain::provider::Provider;

use crate::lane::hex;
use crate::row::Row;
use crate::row::execute;
use crate::row::row;
use crate::row::rows;
use crate::session::Session;

/// An event as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The webhook that it came by.
    pub hook_id: RepositoryHookId,
    /// The provider's name of the delivery.
    pub delivery: String,
    /// What sort of thing happened.
    pub kind: EventKind,
    /// What was told, byte for byte.
    pub body: Vec<u8>,
    /// A digest of that: most providers prove it and not the name of a delivery.
    pub digest: [u8; 32],
    /// When it came.
    pub received_at: Timestamp,
}

/// An event as it is listed, without its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedEvent {
    /// Its id.
    pub id: EventId,
    /// The provider.
    pub provider: Provider,
    /// The repository's canonical URL.
    pub repository: String,
    /// The provider's name of the delivery.
    pub delivery: String,
    /// What sort of thing happened.
    pub kind: EventKind,
    /// When it came.
    pub received_at: Timestamp,
}

fn read(row: &Row) -> Result<ListedEvent> {
    Ok(ListedEvent {
        id: row.parsed("id")?,
        provider: row.word("provider", |word| Provider::parse(word).ok())?,
        repository: row.text("repository")?,
        delivery: row.text("delivery")?,
        kind: row.word("kind", |word| EventKind::parse(word).ok())?,
        received_at: row.moment("received_at")?,
    })
}

/// Keeps one; false if its webhook told of this delivery before, by this name or another.
pub async fn insert(session: &mut Session, event: &Event) -> Result<bool> {
    let touched = execute!(
        session,
        "insert into events (id, organization_id, hook_id, delivery, kind, body, digest, \
         received_at) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
        event.id.to_string(),
        event.organization_id.to_string(),
        event.hook_id.to_string(),
        event.delivery.as_str(),
        event.kind.word(),
        event.body.clone(),
        hex(&event.digest),
        event.received_at.millis()
    )?;
    Ok(touched == 1)
}

/// What was told, byte for byte.
pub async fn body(session: &mut Session, id: EventId) -> Result<Option<Vec<u8>>> {
    row!(session, "select body from events where id = $1", id.to_string())?
        .map(|row| row.bytes("body"))
        .transpose()
}

/// A page, the newest first; `before` is the id that the last page ended with.
pub async fn page(
    session: &mut Session,
    organization_id: OrganizationId,
    before: &str,
    limit: i64,
) -> Result<Vec<ListedEvent>> {
    rows!(
        session,
        "select e.id, e.delivery, e.kind, e.received_at, h.provider, h.repository from events e \
         join repository_hooks h on h.id = e.hook_id \
         where e.organization_id = $1 and e.id < $2 order by e.id desc limit $3",
        organization_id.to_string(),
        before,
        limit
    )?
    .iter()
    .map(read)
    .collect()
}

/// Forgets some that came before a moment; says how many.
pub async fn delete_before(session: &mut Session, moment: Timestamp, limit: i64) -> Result<u64> {
    // Ids begin with the moment, and an index of their own has them.
    let millis = moment.millis().max(0);
    let first = format!("{:08x}-{:04x}", millis >> 16, millis & 0xffff);
    execute!(
        session,
        "delete from events where id in \
         (select id from events where id < $1 order by id limit $2)",
        first,
        limit
    )
}

/// Forgets some of the oldest of every organization that has more than so many; says how many.
pub async fn delete_beyond(session: &mut Session, count_max: i64, limit: i64) -> Result<u64> {
    let full = rows!(
        session,
        "select organization_id, count(*) as n from events \
         group by organization_id having count(*) > $1",
        count_max
    )?;
    let mut deleted = 0;
    for row in full {
        let spare = row.number("n")?.saturating_sub(count_max).min(limit);
        deleted += execute!(
            session,
            "delete from events where id in \
             (select id from events where organization_id = $1 order by id limit $2)",
            row.text("organization_id")?,
            spare
        )?;
    }
    Ok(deleted)
}
