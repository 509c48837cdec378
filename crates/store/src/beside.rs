//! What is shown beside credentials – host, versions, services, last check –, for a whole page of
//! them in one query.

use std::collections::HashMap;

use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::host::Host;
use domain::id::CredentialId;

use crate::hosts;
use crate::row::rows;
use crate::session::Session;

/// What is shown beside a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// Its host.
    pub host: Host,
    /// Every version that is still kept, in order.
    pub versions: Vec<i64>,
    /// How many services use it.
    pub services_count: i64,
    /// When it was checked last.
    pub checked_at: Option<Timestamp>,
}

/// What is shown beside each of these credentials.
pub async fn credentials(
    session: &mut Session,
    ids: &[CredentialId],
) -> Result<HashMap<CredentialId, Beside>> {
    let statement = session.engine().beside_credentials();
    let ids: Vec<String> = ids.iter().map(CredentialId::to_string).collect();
    let ids = serde_json::to_string(&ids).map_err(Error::internal)?;
    let mut found: HashMap<CredentialId, Beside> = HashMap::new();
    // A row for each version, and one where there is none.
    for row in rows!(session, statement, ids)? {
        let id = row.parsed("credential_id")?;
        let known = match found.remove(&id) {
            Some(known) => known,
            None => Beside {
                host: hosts::read(&row)?,
                versions: Vec::new(),
                services_count: row.number("services_count")?,
                checked_at: row.moment_or_null("checked_at")?,
            },
        };
        let versions = known.versions.into_iter().chain(row.number_or_null("version")?).collect();
        found.insert(id, Beside { versions, ..known });
    }
    Ok(found)
}
