//! `claviger lease list`.

use domain::Result;
use wire::Lease;

use crate::answer::Answer;
use crate::commands::Session;
use crate::lists;
use crate::table;
use crate::table::Table;

/// Lists the leases
#[derive(Debug, clap::Args)]
pub struct List {}

impl List {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let leases = lists::all(None, None, async |page| client.leases(&page).await).await?;
        let rows = leases.iter().map(|lease| {
            [
                lease.id.as_str().into(),
                lease.repository.as_str().into(),
                lease.access.word().into(),
                lease.refs.join(" ").into(),
                table::status(state(lease)),
                table::moment(lease.expires_at).into(),
            ]
        });
        let header = ["ID", "REPOSITORY", "ACCESS", "REFS", "STATE", "EXPIRES"];
        Answer::table(&leases, Table::list(header, "There are no leases.", rows))
    }
}

fn state(lease: &Lease) -> &'static str {
    match (lease.live, lease.revoked_at) {
        (true, _) => "live",
        (false, Some(_)) => "revoked",
        (false, None) => "expired",
    }
}
