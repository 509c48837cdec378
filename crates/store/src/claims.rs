//! The table of claims: what only one process may do at a time, and what was begun under a claim.
//!
//! A claim ends by itself, by the database's clock. Its intent does not: whoever claims next finds it
//! and must find out first how that ended.

use domain::Result;

use crate::row::execute;
use crate::row::row;
use crate::session::Session;

/// A claim that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What is claimed.
    pub name: String,
    /// Who holds it.
    pub owner: String,
    /// Grows with every holder, so that a late one is told apart.
    pub fencing: i64,
    /// What an earlier holder had begun, and nobody knows the end of.
    pub intent: Option<String>,
}

/// Takes a claim for some time; none while somebody else holds it.
pub async fn take(
    session: &mut Session,
    name: &str,
    owner: &str,
    for_millis: i64,
) -> Result<Option<Claim>> {
    let take = session.engine().take_claim();
    if execute!(session, take, name, owner, for_millis)? != 1 {
        return Ok(None);
    }
    row!(session, "select fencing, intent from claims where name = $1 and owner = $2", name, owner)?
        .map(|row| {
            Ok(Claim {
                name: name.to_owned(),
                owner: owner.to_owned(),
                fencing: row.number("fencing")?,
                intent: row.text_or_null("intent")?,
            })
        })
        .transpose()
}

/// Writes down what is begun under a claim; false if the claim was lost.
pub async fn intend(session: &mut Session, claim: &Claim, intent: &str) -> Result<bool> {
    let touched = execute!(
        session,
        "update claims set intent = $4 where name = $1 and owner = $2 and fencing = $3",
        claim.name.as_str(),
        claim.owner.as_str(),
        claim.fencing,
        intent
    )?;
    Ok(touched == 1)
}

/// Ends a claim and forgets its intent, whose end is known; false if the claim was lost.
pub async fn finish(session: &mut Session, claim: &Claim) -> Result<bool> {
    let touched = execute!(
        session,
        "delete from claims where name = $1 and owner = $2 and fencing = $3",
        claim.name.as_str(),
        claim.owner.as_str(),
        claim.fencing
    )?;
    Ok(touched == 1)
}

/// Ends a claim at once and leaves its intent standing: nobody knows how that ended.
pub async fn give_up(session: &mut Session, claim: &Claim) -> Result<()> {
    execute!(
        session,
        "update claims set expires_at = 0 where name = $1 and owner = $2 and fencing = $3",
        claim.name.as_str(),
        claim.owner.as_str(),
        claim.fencing
    )?;
    Ok(())
}
