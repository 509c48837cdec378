//! Finding many credentials: pages, those that serve a path, those that need attention.

use domain::Result;
use domain::Timestamp;
use domain::credential::Credential;
use domain::id::HostId;
use domain::id::MemberId;
use domain::id::OrganizationId;
use domain::url::Segments;

use super::Match;
use super::Sight;
use super::read;
use crate::row::rows;
use crate::session::Session;

macro_rules! select_page {
    ($which:literal) => {
        concat!(
            "select c.* from credentials c where ",
            $which,
            " and c.id > $2 and (cast($6 as text) is null or exists (select 1 from \
               credential_words w where w.credential_id = c.id and w.word >= $6 and w.word < $7)) \
              and (cast($8 as text) is null or exists (select 1 from credential_words w \
               where w.credential_id = c.id and w.word >= $8 and w.word < $9)) \
              and (c.member_id is null or c.member_id = $10 or $11 = 1) order by c.id limit $3"
        )
    };
}

/// Those with a word are found by it, and not by looking at all of them.
const WITH_WORD: &str = select_page!(
    "c.id in (select w.credential_id from credential_words w \
     where w.organization_id = $1 and w.word >= $4 and w.word < $5)"
);
const WHATEVER_WORDS: &str = select_page!(
    "c.organization_id = $1 and cast($4 as text) is null and cast($5 as text) is null"
);

/// A page, by id; `words` are beginnings of words that all must be there (the first three count).
pub async fn page(
    session: &mut Session,
    organization_id: OrganizationId,
    words: &[String],
    after: &str,
    limit: i64,
    sight: Sight,
) -> Result<Vec<Credential>> {
    let word = |index: usize| words.get(index).cloned();
    let end = |index: usize| words.get(index).map(|word| format!("{word}\u{10ffff}"));
    let statement = if words.is_empty() { WHATEVER_WORDS } else { WITH_WORD };
    rows!(
        session,
        statement,
        organization_id.to_string(),
        after,
        limit,
        word(0),
        end(0),
        word(1),
        end(1),
        word(2),
        end(2),
        sight.member(),
        sight.everything()
    )?
    .iter()
    .map(read)
    .collect()
}

/// What may stand in for one: others of its host that are the organization's or this member's, by name.
pub async fn others_of_host(
    session: &mut Session,
    credential: &Credential,
    member: Option<MemberId>,
    limit: i64,
) -> Result<Vec<Credential>> {
    rows!(
        session,
        "select c.* from credentials c where c.organization_id = $1 and c.host_id = $2 \
         and c.id <> $3 and (c.member_id is null or c.member_id = $4) \
         order by c.name, c.id limit $5",
        credential.organization_id.to_string(),
        credential.host_id.to_string(),
        credential.id.to_string(),
        member.map(|id| id.to_string()),
        limit
    )?
    .iter()
    .map(read)
    .collect()
}

/// The next ones in use to end, soonest first, until a moment; those that have ended lately are among
/// them.
pub async fn ending(
    session: &mut Session,
    organization_id: OrganizationId,
    (from, until): (Timestamp, Timestamp),
    limit: i64,
    sight: Sight,
) -> Result<Vec<Credential>> {
    rows!(
        session,
        "select c.* from credentials c where c.organization_id = $1 and c.lifecycle = 'active' \
         and coalesce(c.expires_at, 9223372036854775807) >= $2 \
         and coalesce(c.expires_at, 9223372036854775807) < $3 \
         and (c.member_id is null or c.member_id = $5 or $6 = 1) \
         order by coalesce(c.expires_at, 9223372036854775807), c.id limit $4",
        organization_id.to_string(),
        from.millis(),
        until.millis(),
        limit,
        sight.member(),
        sight.everything()
    )?
    .iter()
    .map(read)
    .collect()
}

/// Those that do not work as they should: rejected, expired, waiting for their secret, or lacking a
/// permission. The condition is that of the index `credentials_in_trouble`.
pub async fn troubled(
    session: &mut Session,
    organization_id: OrganizationId,
    limit: i64,
    sight: Sight,
) -> Result<Vec<Credential>> {
    rows!(
        session,
        "select c.* from credentials c where c.organization_id = $1 and (c.lifecycle = 'pending' \
         or (c.lifecycle = 'active' and (c.authentication in ('rejected', 'expired') \
         or c.capability = 'insufficient'))) \
         and (c.member_id is null or c.member_id = $3 or $4 = 1) order by c.id desc limit $2",
        organization_id.to_string(),
        limit,
        sight.member(),
        sight.everything()
    )?
    .iter()
    .map(read)
    .collect()
}

/// Credentials of a host whose prefixes match a path, most specific first: the organization's, and
/// this member's own. `keys` are the path's prefixes in the form they are compared by, the whole path
/// first.
pub async fn matching(
    session: &mut Session,
    host_id: HostId,
    keys: &[Segments],
    member: Option<MemberId>,
    limit: i64,
) -> Result<Vec<Match>> {
    let whole = keys.first().map(Segments::to_string).unwrap_or_default();
    let key = |index: usize| keys.get(index).map_or_else(|| whole.clone(), Segments::to_string);
    let found = rows!(
        session,
        "select c.*, v.prefix_key as matched_key, v.is_repository as matched_repository \
         from credential_covers v join credentials c on c.id = v.credential_id \
         where v.host_id = $1 and v.prefix_key in ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, \
         $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27) \
         and (v.is_repository = 0 or v.prefix_key = $3) \
         and (c.member_id is null or c.member_id = $28) \
         order by v.is_repository desc, length(v.prefix_key) desc, c.is_default desc, c.id limit $2",
        host_id.to_string(),
        limit,
        whole.clone(),
        key(1),
        key(2),
        key(3),
        key(4),
        key(5),
        key(6),
        key(7),
        key(8),
        key(9),
        key(10),
        key(11),
        key(12),
        key(13),
        key(14),
        key(15),
        key(16),
        key(17),
        key(18),
        key(19),
        key(20),
        key(21),
        key(22),
        key(23),
        key(24),
        member.map(|id| id.to_string())
    )?;
    found
        .iter()
        .map(|row| {
            Ok(Match {
                credential: read(row)?,
                prefix_key: row.segments("matched_key")?,
                is_repository: row.flag("matched_repository")?,
            })
        })
        .collect()
}
