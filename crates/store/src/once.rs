//! The table of what is good once: signatures of requests, numbers of forms, states of sign-ins. It was
//! made for the first and is called after them; a version that runs beside this one knows it by that name.

use domain::Result;
use domain::Timestamp;

use crate::row::execute;
use crate::session::Session;

/// Takes one; says whether it came for the first time. What is over is forgotten.
pub async fn take(
    session: &mut Session,
    what: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<bool> {
    execute!(session, "delete from signatures_seen where expires_at < $1", now.millis())?;
    let touched = execute!(
        session,
        "insert into signatures_seen (signature, expires_at) values ($1, $2) on conflict do nothing",
        what,
        expires_at.millis()
    )?;
    Ok(touched == 1)
}
