//! The tables of channels and of their sealed secrets.

use domain::Error;
use domain::Result;
use domain::id::ChannelId;
use domain::id::OrganizationId;
use domain::id::OrganizationKeyId;
use domain::limits;
use domain::notification::Channel;
use domain::notification::ChannelKind;
use domain::quiet::QuietHours;
use domain::warning_days::WarningDays;
use serde::de::DeserializeOwned;

use crate::row::Row;
use crate::row::execute;
use crate::row::inconsistent;
use crate::row::row;
use crate::row::rows;
use crate::row::touch;
use crate::session::Session;

/// A sealed secret of a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedChannelSecret {
    /// The channel.
    pub channel_id: ChannelId,
    /// What it is for.
    pub purpose: String,
    /// Counts how often it was given.
    pub version: i64,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The key that seals it.
    pub organization_key_id: OrganizationKeyId,
    /// The envelope.
    pub envelope: Vec<u8>,
}

pub(crate) fn read(row: &Row) -> Result<Channel> {
    let quiet_hours = row.text_or_null("quiet_hours")?;
    let quiet_hours = quiet_hours.map(|text| QuietHours::parse(&text)).transpose();
    Ok(Channel {
        id: row.parsed("id")?,
        organization_id: row.parsed("organization_id")?,
        name: row.text("name")?,
        kind: row.word("kind", |word| ChannelKind::parse(word).ok())?,
        recipients: list(row, "recipients")?,
        address: row.text_or_null("address")?,
        only: list(row, "only_kinds")?,
        days: WarningDays::new(list(row, "days")?).map_err(|_| inconsistent("days"))?,
        quiet_hours: quiet_hours.map_err(|_| inconsistent("quiet_hours"))?,
        is_enabled: row.flag("is_enabled")?,
        created_at: row.moment("created_at")?,
    })
}

fn list<T: DeserializeOwned>(row: &Row, column: &'static str) -> Result<Vec<T>> {
    serde_json::from_str(&row.text(column)?).map_err(|_| inconsistent(column))
}

fn taken(error: sqlx::Error) -> Error {
    if crate::dialect::is_taken(&error) {
        Error::conflict("There already is a channel with this name.".to_owned())
    } else {
        crate::dialect::failed(error)
    }
}

/// Adds one; a taken name is a conflict.
pub async fn insert(session: &mut Session, channel: &Channel) -> Result<()> {
    touch!(
        session,
        "insert into channels (id, organization_id, name, kind, recipients, address, only_kinds, \
         days, quiet_hours, is_enabled, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        channel.id.to_string(),
        channel.organization_id.to_string(),
        channel.name.as_str(),
        channel.kind.word(),
        serde_json::json!(channel.recipients).to_string(),
        channel.address.as_deref(),
        serde_json::json!(channel.only).to_string(),
        serde_json::json!(channel.days.given()).to_string(),
        channel.quiet_hours.as_ref().map(ToString::to_string),
        i64::from(channel.is_enabled),
        channel.created_at.millis()
    )
    .map_err(taken)?;
    Ok(())
}

/// Writes every field that can change.
pub async fn update(session: &mut Session, channel: &Channel) -> Result<()> {
    touch!(
        session,
        "update channels set name = $2, recipients = $3, address = $4, only_kinds = $5, \
         days = $6, quiet_hours = $7, is_enabled = $8 where id = $1",
        channel.id.to_string(),
        channel.name.as_str(),
        serde_json::json!(channel.recipients).to_string(),
        channel.address.as_deref(),
        serde_json::json!(channel.only).to_string(),
        serde_json::json!(channel.days.given()).to_string(),
        channel.quiet_hours.as_ref().map(ToString::to_string),
        i64::from(channel.is_enabled)
    )
    .map_err(taken)?;
    Ok(())
}

/// Removes one, with its secrets and what was to be told by it.
pub async fn delete(session: &mut Session, id: ChannelId) -> Result<()> {
    execute!(session, "delete from channels where id = $1", id.to_string())?;
    Ok(())
}

/// The one with this id, in this organization.
pub async fn by_id(
    session: &mut Session,
    organization_id: OrganizationId,
    id: ChannelId,
) -> Result<Option<Channel>> {
    row!(
        session,
        "select * from channels where organization_id = $1 and id = $2",
        organization_id.to_string(),
        id.to_string()
    )?
    .map(|row| read(&row))
    .transpose()
}

/// A page, by id.
pub async fn page(
    session: &mut Session,
    organization_id: OrganizationId,
    after: &str,
    limit: i64,
) -> Result<Vec<Channel>> {
    rows!(
        session,
        "select * from channels where organization_id = $1 and id > $2 order by id limit $3",
        organization_id.to_string(),
        after,
        limit
    )?
    .iter()
    .map(read)
    .collect()
}

/// All that an organization has.
pub(crate) async fn all(
    session: &mut Session,
    organization_id: OrganizationId,
) -> Result<Vec<Channel>> {
    let most = i64::try_from(limits::CHANNELS_MAX).unwrap_or(i64::MAX);
    page(session, organization_id, "", most).await
}

/// The days before an end on which somebody is warned: the usual ones, which are told in any case if
/// only in the list of warnings, and those of each channel.
pub async fn warning_days(
    session: &mut Session,
    organization_id: OrganizationId,
) -> Result<Vec<WarningDays>> {
    let mut days = vec![WarningDays::default()];
    for channel in all(session, organization_id).await? {
        if channel.is_enabled && channel.is_about_ends() && !days.contains(&channel.days) {
            days.push(channel.days);
        }
    }
    Ok(days)
}

/// How many an organization has.
pub async fn count(session: &mut Session, organization_id: OrganizationId) -> Result<i64> {
    let id = organization_id.to_string();
    row!(session, "select count(*) as n from channels where organization_id = $1", id)?
        .map_or(Ok(0), |row| row.number("n"))
}

fn read_secret(row: &Row) -> Result<SealedChannelSecret> {
    Ok(SealedChannelSecret {
        channel_id: row.parsed("channel_id")?,
        purpose: row.text("purpose")?,
        version: row.number("version")?,
        organization_id: row.parsed("organization_id")?,
        organization_key_id: row.parsed("organization_key_id")?,
        envelope: row.bytes("envelope")?,
    })
}

/// Stores a secret in place of the one with this purpose, if there is one.
pub async fn put_secret(session: &mut Session, sealed: &SealedChannelSecret) -> Result<()> {
    execute!(
        session,
        "insert into channel_secrets (channel_id, purpose, version, organization_id, \
         organization_key_id, envelope) values ($1, $2, $3, $4, $5, $6) \
         on conflict (channel_id, purpose) do update set version = excluded.version, \
         organization_key_id = excluded.organization_key_id, envelope = excluded.envelope",
        sealed.channel_id.to_string(),
        sealed.purpose.as_str(),
        sealed.version,
        sealed.organization_id.to_string(),
        sealed.organization_key_id.to_string(),
        sealed.envelope.clone()
    )?;
    Ok(())
}

/// The secret of a channel with this purpose.
pub async fn secret(
    session: &mut Session,
    id: ChannelId,
    purpose: &str,
) -> Result<Option<SealedChannelSecret>> {
    row!(
        session,
        "select * from channel_secrets where channel_id = $1 and purpose = $2",
        id.to_string(),
        purpose
    )?
    .map(|row| read_secret(&row))
    .transpose()
}
