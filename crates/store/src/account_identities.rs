//! The table of whose connected accounts are, by the providers' own ids.

use domain::Result;
use domain::id::CredentialId;

use crate::members::Member;
use crate::members::read;
use crate::row::execute;
use crate::row::rows;
use crate::session::Session;

/// Notes whose an account is, or that nobody knows.
pub async fn set(
    session: &mut Session,
    credential_id: CredentialId,
    identity: Option<&str>,
) -> Result<()> {
    let id = credential_id.to_string();
    execute!(session, "delete from account_identities where credential_id = $1", id.as_str())?;
    if let Some(identity) = identity {
        execute!(
            session,
            "insert into account_identities (credential_id, identity) values ($1, $2)",
            id,
            identity
        )?;
    }
    Ok(())
}

/// The members who connected this account of a host, in whatever organizations.
pub async fn members(
    session: &mut Session,
    host_url: &str,
    identity: &str,
    limit: i64,
) -> Result<Vec<Member>> {
    rows!(
        session,
        "select m.* from account_identities a join credentials c on c.id = a.credential_id \
         join hosts h on h.id = c.host_id join members m on m.id = c.member_id \
         where a.identity = $1 and h.url = $2 and c.kind = 'oauth' order by m.id limit $3",
        identity,
        host_url,
        limit
    )?
    .iter()
    .map(read)
    .collect()
}
