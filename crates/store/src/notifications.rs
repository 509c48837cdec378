//! The tables of warnings and of their tellings: what is told once, and what still waits.
//!
//! One process at a time tells by a channel: it claims the channel until a moment of the database's
//! clock. Whoever dies before a telling is marked leaves it waiting, so that it is told again; none
//! is lost.

use std::time::Duration;

use domain::Result;
use domain::Timestamp;
use domain::id::ChannelId;
use domain::id::NotificationId;
use domain::id::OrganizationId;
use domain::limits;
use domain::notification::Channel;
use domain::notification::Kind;
use domain::notification::Notice;

use crate::channels;
use crate::row::Row;
use crate::row::execute;
use crate::row::inconsistent;
use crate::row::row;
use crate::row::rows;
use crate::session::Session;

/// How a telling stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// It is to be told.
    Waiting,
    /// It was told.
    Sent,
    /// It was given up.
    Failed,
}

impl DeliveryState {
    /// The stored and shown word.
    pub const fn word(self) -> &'static str {
        match self {
            DeliveryState::Waiting => "waiting",
            DeliveryState::Sent => "sent",
            DeliveryState::Failed => "failed",
        }
    }

    fn parse(word: &str) -> Option<DeliveryState> {
        [DeliveryState::Waiting, DeliveryState::Sent, DeliveryState::Failed]
            .into_iter()
            .find(|state| state.word() == word)
    }
}

/// A telling of a warning, as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The warning.
    pub notification_id: NotificationId,
    /// The channel's name.
    pub channel: String,
    /// The recipient; empty where a channel has none.
    pub recipient: String,
    /// How it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, while it waits.
    pub next_attempt_at: Timestamp,
    /// Why it did not work.
    pub last_error: Option<String>,
    /// When that was written.
    pub changed_at: Timestamp,
}

/// A warning that waits to be told to a recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The warning.
    pub notice: Notice,
    /// The recipient.
    pub recipient: String,
    /// How often it was tried.
    pub attempts: i64,
}

fn read(row: &Row) -> Result<Notice> {
    let days = row.number_or_null("days")?.map(u16::try_from).transpose();
    let days = days.map_err(|_| inconsistent("days"))?;
    Ok(Notice {
        id: row.parsed("id")?,
        organization_id: row.parsed("organization_id")?,
        credential_id: row.parsed_or_null("credential_id")?,
        handle: row.text("handle")?,
        name: row.text("name")?,
        kind: row.word("kind", |word| Kind::parse(word, days))?,
        key: row.text("once_key")?,
        sentence: row.text("sentence")?,
        group: row.text("group_key")?,
        at: row.moment("created_at")?,
    })
}

/// Stores a warning and what is to be told of it, unless it was told before; says whether it is new.
/// Runs inside the unit of work that found it out.
pub async fn tell(session: &mut Session, notice: &Notice) -> Result<bool> {
    tell_those(session, notice, |_| true).await
}

/// The same, where not every channel that wants it is to be told.
pub async fn tell_those(
    session: &mut Session,
    notice: &Notice,
    is_meant: impl Fn(&Channel) -> bool,
) -> Result<bool> {
    let added = execute!(
        session,
        "insert into notifications (id, organization_id, credential_id, handle, name, kind, days, \
         once_key, sentence, group_key, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         on conflict (organization_id, credential_id, once_key) do nothing",
        notice.id.to_string(),
        notice.organization_id.to_string(),
        notice.credential_id.map(|id| id.to_string()),
        notice.handle.as_str(),
        notice.name.as_str(),
        notice.kind.word(),
        notice.kind.days().map(i64::from),
        notice.key.as_str(),
        notice.sentence.as_str(),
        notice.group.as_str(),
        notice.at.millis()
    )?;
    if added == 0 {
        return Ok(false);
    }
    for channel in channels::all(session, notice.organization_id).await? {
        if channel.wants(notice.kind) && is_meant(&channel) {
            enqueue(session, notice, &channel).await?;
        }
    }
    Ok(true)
}

async fn enqueue(session: &mut Session, notice: &Notice, channel: &Channel) -> Result<()> {
    for recipient in channel.addressees() {
        execute!(
            session,
            "insert into notification_deliveries (notification_id, channel_id, recipient, state, \
             attempts, next_attempt_at, changed_at) values ($1, $2, $3, 'waiting', 0, $4, $5) \
             on conflict (notification_id, channel_id, recipient) do nothing",
            notice.id.to_string(),
            channel.id.to_string(),
            recipient,
            notice.at.plus(limits::SETTLE_TIME).millis(),
            notice.at.millis()
        )?;
    }
    Ok(())
}

/// A page, newest first.
pub async fn page(
    session: &mut Session,
    organization_id: OrganizationId,
    before: &str,
    limit: i64,
) -> Result<Vec<Notice>> {
    rows!(
        session,
        "select * from notifications where organization_id = $1 and id < $2 \
         order by id desc limit $3",
        organization_id.to_string(),
        before,
        limit
    )?
    .iter()
    .map(read)
    .collect()
}

/// The tellings of all warnings between two ids, both included.
pub async fn deliveries_between(
    session: &mut Session,
    organization_id: OrganizationId,
    first: NotificationId,
    last: NotificationId,
) -> Result<Vec<Delivery>> {
    rows!(
        session,
        "select d.*, c.name as channel from notification_deliveries d \
         join notifications n on n.id = d.notification_id join channels c on c.id = d.channel_id \
         where n.organization_id = $1 and n.id >= $2 and n.id <= $3 \
         order by d.notification_id, c.name, d.recipient",
        organization_id.to_string(),
        first.to_string(),
        last.to_string()
    )?
    .iter()
    .map(|row| {
        Ok(Delivery {
            notification_id: row.parsed("notification_id")?,
            channel: row.text("channel")?,
            recipient: row.text("recipient")?,
            state: row.word("state", DeliveryState::parse)?,
            attempts: row.number("attempts")?,
            next_attempt_at: row.moment("next_attempt_at")?,
            last_error: row.text_or_null("last_error")?,
            changed_at: row.moment("changed_at")?,
        })
    })
    .collect()
}

async fn database_now(session: &mut Session) -> Result<i64> {
    let sql = session.engine().clock();
    row!(session, sql)?.map_or_else(|| Err(inconsistent("now")), |row| row.number("now"))
}

/// Channels by which something is to be told now, and by which nobody is telling.
pub async fn due_channels(
    session: &mut Session,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Channel>> {
    let free_since = database_now(session).await?;
    rows!(
        session,
        "select * from channels where is_enabled = 1 and claimed_until <= $2 and id in \
         (select channel_id from notification_deliveries \
         where state = 'waiting' and next_attempt_at <= $1) order by id limit $3",
        now.millis(),
        free_since,
        limit
    )?
    .iter()
    .map(channels::read)
    .collect()
}

/// Takes a channel for a while, if nobody has it; says whether it was got.
pub async fn claim(
    session: &mut Session,
    id: ChannelId,
    claimant: &str,
    span: Duration,
) -> Result<bool> {
    let now = database_now(session).await?;
    let until = now.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX));
    let touched = execute!(
        session,
        "update channels set claimed_by = $2, claimed_until = $3 \
         where id = $1 and claimed_until <= $4",
        id.to_string(),
        claimant,
        until,
        now
    )?;
    Ok(touched == 1)
}

/// Gives a channel back, if it is still this claimant's.
pub async fn release(session: &mut Session, id: ChannelId, claimant: &str) -> Result<()> {
    execute!(
        session,
        "update channels set claimed_until = 0 where id = $1 and claimed_by = $2",
        id.to_string(),
        claimant
    )?;
    Ok(())
}

/// What waits to be told by a channel and is due by a moment, oldest first.
pub async fn waiting(
    session: &mut Session,
    id: ChannelId,
    due_by: Timestamp,
    limit: i64,
) -> Result<Vec<Waiting>> {
    rows!(
        session,
        "select n.*, d.recipient, d.attempts from notification_deliveries d \
         join notifications n on n.id = d.notification_id \
         where d.channel_id = $1 and d.state = 'waiting' and d.next_attempt_at <= $2 \
         order by n.id, d.recipient limit $3",
        id.to_string(),
        due_by.millis(),
        limit
    )?
    .iter()
    .map(|row| {
        Ok(Waiting {
            notice: read(row)?,
            recipient: row.text("recipient")?,
            attempts: row.number("attempts")?,
        })
    })
    .collect()
}

/// What became of a telling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It went out.
    Sent,
    /// It did not, and is tried again at this moment.
    Again(Timestamp, String),
    /// It did not, and is given up.
    Never(String),
}

/// Writes what became of a telling that was waiting.
pub async fn mark(
    session: &mut Session,
    channel: ChannelId,
    waiting: &Waiting,
    told: &Told,
    at: Timestamp,
) -> Result<()> {
    let (state, next, error) = match told {
        Told::Sent => (DeliveryState::Sent, at, None),
        Told::Again(next, error) => (DeliveryState::Waiting, *next, Some(error.as_str())),
        Told::Never(error) => (DeliveryState::Failed, at, Some(error.as_str())),
    };
    execute!(
        session,
        "update notification_deliveries set state = $4, attempts = $5, next_attempt_at = $6, \
         last_error = $7, changed_at = $8 \
         where notification_id = $1 and channel_id = $2 and recipient = $3 and state = 'waiting'",
        waiting.notice.id.to_string(),
        channel.to_string(),
        waiting.recipient.as_str(),
        state.word(),
        waiting.attempts.saturating_add(1),
        next.millis(),
        error,
        at.millis()
    )?;
    Ok(())
}

/// Lets everything that waits at a channel wait until a moment at least.
pub async fn postpone(session: &mut Session, id: ChannelId, until: Timestamp) -> Result<()> {
    execute!(
        session,
        "update notification_deliveries set next_attempt_at = $2 \
         where channel_id = $1 and state = 'waiting' and next_attempt_at < $2",
        id.to_string(),
        until.millis()
    )?;
    Ok(())
}

/// Gives up everything that waits at a channel.
pub async fn give_up(
    session: &mut Session,
    id: ChannelId,
    reason: &str,
    at: Timestamp,
) -> Result<()> {
    execute!(
        session,
        "update notification_deliveries set state = 'failed', last_error = $2, changed_at = $3 \
         where channel_id = $1 and state = 'waiting'",
        id.to_string(),
        reason,
        at.millis()
    )?;
    Ok(())
}

/// Forgets warnings of long ago that wait for nobody.
pub async fn delete_before(session: &mut Session, before: Timestamp) -> Result<u64> {
    execute!(
        session,
        "delete from notifications where created_at < $1 and id not in \
         (select notification_id from notification_deliveries where state = 'waiting')",
        before.millis()
    )
}
