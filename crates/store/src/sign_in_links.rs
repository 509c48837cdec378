//! The table of links that sign somebody in, once. Only hashes of them are in it.

use domain::Result;
use domain::Timestamp;
use domain::id::OrganizationId;
use domain::session::Holder;

use crate::lane::hex;
use crate::row::Row;
use crate::row::execute;
use crate::row::inconsistent;
use crate::row::row;
use crate::session::Session;
use crate::sessions::columns;
use crate::sessions::holder;

/// A link as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLink {
    /// Whom it signs in; nobody yet, if it is the one that sets an empty server up.
    pub owner: Option<(OrganizationId, Holder)>,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

impl StoredLink {
    /// Whether it is still good.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.used_at.is_none() && now < self.expires_at
    }
}

fn read(row: &Row) -> Result<StoredLink> {
    let organization: Option<OrganizationId> = row.parsed_or_null("organization_id")?;
    let owner = match (organization, holder(row)?) {
        (Some(organization), Some(holder)) => Some((organization, holder)),
        (None, None) => None,
        _ => return Err(inconsistent("organization_id")),
    };
    Ok(StoredLink {
        owner,
        made_at: row.moment("made_at")?,
        expires_at: row.moment("expires_at")?,
        used_at: row.moment_or_null("used_at")?,
    })
}

/// Forgets those whose time was over before then.
pub async fn delete_over_before(session: &mut Session, before: Timestamp) -> Result<u64> {
    execute!(session, "delete from sign_in_links where expires_at <= $1", before.millis())
}

/// Adds one, by its hash; those whose time is over go.
pub async fn insert(session: &mut Session, link: &StoredLink, hash: &[u8; 32]) -> Result<()> {
    delete_over_before(session, link.made_at).await?;
    let (token, member) = columns(link.owner.map(|(_, holder)| holder));
    execute!(
        session,
        "insert into sign_in_links (hash, organization_id, api_token_id, member_id, made_at, \
         expires_at) values ($1, $2, $3, $4, $5, $6)",
        hex(hash),
        link.owner.map(|(organization, _)| organization.to_string()),
        token,
        member,
        link.made_at.millis(),
        link.expires_at.millis()
    )?;
    Ok(())
}

/// The one with this hash, live or not.
pub async fn by_hash(session: &mut Session, hash: &[u8; 32]) -> Result<Option<StoredLink>> {
    row!(session, "select * from sign_in_links where hash = $1", hex(hash))?
        .map(|row| read(&row))
        .transpose()
}

/// Uses one up: true for the first who comes in time, and for nobody else.
pub async fn take(session: &mut Session, hash: &[u8; 32], now: Timestamp) -> Result<bool> {
    let touched = execute!(
        session,
        "update sign_in_links set used_at = $2 \
         where hash = $1 and used_at is null and expires_at > $2",
        hex(hash),
        now.millis()
    )?;
    Ok(touched == 1)
}

/// Uses every one up, as after a restore.
pub async fn take_all(session: &mut Session, at: Timestamp) -> Result<u64> {
    execute!(session, "update sign_in_links set used_at = $1 where used_at is null", at.millis())
}
