//! Pages of credentials as people want them: filtered, and in an order of their own.
//!
//! A page begins behind a credential, so that it is found again whatever was added meanwhile. What a
//! status means is the printed table of [`domain::status`], here as conditions; a test holds both against
//! each other.

use domain::Result;
use domain::Timestamp;
use domain::credential::Credential;
use domain::id::OrganizationId;
use domain::provider::Provider;
use domain::status::EXPIRING_WITHIN;
use domain::status::Status;

use super::Sight;
use super::read;
use crate::row::rows;
use crate::session::Session;

/// In which order credentials come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By name.
    #[default]
    Name,
    /// What ends first comes first; what has no known end comes last.
    End,
    /// What was made last comes first.
    Newest,
}

/// Which page is wanted.
#[derive(Clone, Debug)]
pub struct Search<'a> {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Beginnings of words that all must be there (the first three count).
    pub words: &'a [String],
    /// Only of this provider.
    pub provider: Option<Provider>,
    /// Only with this status now.
    pub status: Option<Status>,
    /// Whose accounts are seen.
    pub sight: Sight,
    /// The order.
    pub order: Order,
    /// The credential the page begins behind.
    pub after: Option<&'a Credential>,
    /// Rows wanted.
    pub limit: i64,
    /// Now.
    pub now: Timestamp,
}

/// The end of what has none.
const NEVER: i64 = i64::MAX;

/// Before every end.
const EVER: i64 = i64::MIN;

macro_rules! select {
    ($which:literal, $after:literal, $order:literal) => {
        concat!(
            "select c.* from credentials c where ",
            $which,
            $after,
            " and (cast($6 as text) is null or exists (select 1 from credential_words w \
               where w.credential_id = c.id and w.word >= $6 and w.word < $7)) \
              and (cast($8 as text) is null or exists (select 1 from credential_words w \
               where w.credential_id = c.id and w.word >= $8 and w.word < $9)) \
              and (c.member_id is null or c.member_id = $10 or $11 = 1) \
              and (cast($12 as text) is null or c.host_id in (select h.id from hosts h \
               where h.organization_id = $1 and h.provider = $12)) \
              and (cast($13 as text) is null \
               or ($13 = 'disabled' and c.lifecycle <> 'active') \
               or (c.lifecycle = 'active' and ( \
                ($13 = 'rejected' and c.authentication = 'rejected') \
                or ($13 = 'expired' and c.authentication <> 'rejected' \
                 and (c.authentication = 'expired' or c.expires_at <= $14)) \
                or ((c.expires_at is null or c.expires_at > $14) and ( \
                 ($13 = 'unchecked' and c.authentication in ('unchecked', 'suspect')) \
                 or (c.authentication = 'valid' and ( \
                  ($13 = 'insufficient' and c.capability = 'insufficient') \
                  or (c.capability <> 'insufficient' and ( \
                   ($13 = 'expiring' and c.expires_at <= $15) \
                   or ($13 = 'valid' and (c.expires_at is null or c.expires_at > $15)) \
                  ))))))))) order by ",
            $order,
            " limit $2"
        )
    };
}

/// The statements of an order: for those with a word, which are found by it and not by looking at all
/// of them, and for the others.
macro_rules! both {
    ($after:literal, $order:literal) => {
        [
            select!(
                "c.id in (select w.credential_id from credential_words w \
                 where w.organization_id = $1 and w.word >= $4 and w.word < $5) ",
                $after,
                $order
            ),
            select!(
                "c.organization_id = $1 and cast($4 as text) is null and cast($5 as text) is null ",
                $after,
                $order
            ),
        ]
    };
}

const BY_NAME: [&str; 2] = both!(
    "and c.name >= $16 and (cast($3 as text) is null or c.name > $16 or c.id > $3)",
    "c.name, c.id"
);
const BY_END: [&str; 2] = both!(
    "and coalesce(c.expires_at, 9223372036854775807) >= $16 and (cast($3 as text) is null \
     or coalesce(c.expires_at, 9223372036854775807) > $16 or c.id > $3)",
    "coalesce(c.expires_at, 9223372036854775807), c.id"
);
const BY_NEWEST: [&str; 2] =
    both!("and (cast($3 as text) is null or c.id < $3) and cast($16 as text) is null", "c.id desc");

/// A page.
pub async fn search(session: &mut Session, search: &Search<'_>) -> Result<Vec<Credential>> {
    macro_rules! found {
        ($statement:expr, $key:expr) => {{
            let word = |index: usize| search.words.get(index).cloned();
            let end = |index: usize| word(index).map(|word| format!("{word}\u{10ffff}"));
            rows!(
                session,
                $statement,
                search.organization_id.to_string(),
                search.limit,
                search.after.map(|it| it.id.to_string()),
                word(0),
                end(0),
                word(1),
                end(1),
                word(2),
                end(2),
                search.sight.member(),
                search.sight.everything(),
                search.provider.map(Provider::word),
                search.status.map(Status::word),
                search.now.millis(),
                search.now.plus(EXPIRING_WITHIN).millis(),
                $key
            )?
        }};
    }
    let after = search.after;
    let [with_word, whatever] = match search.order {
        Order::Name => BY_NAME,
        Order::End => BY_END,
        Order::Newest => BY_NEWEST,
    };
    let statement = if search.words.is_empty() { whatever } else { with_word };
    let found = match search.order {
        Order::Name => found!(statement, after.map(|it| it.name.clone()).unwrap_or_default()),
        Order::End => {
            let end = after.map_or(EVER, |it| it.expires_at.map_or(NEVER, Timestamp::millis));
            found!(statement, end)
        }
        Order::Newest => found!(statement, None::<String>),
    };
    found.iter().map(read).collect()
}
