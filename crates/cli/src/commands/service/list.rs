//! `claviger service list`.

use domain::Result;

use crate::answer::Answer;
use crate::commands::Session;
use crate::lists;
use crate::table::Table;

/// Lists the services
#[derive(Debug, clap::Args)]
pub struct List {}

impl List {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let services = lists::all(None, None, async |page| client.services(&page).await).await?;
        let rows = services.iter().map(|service| {
            [
                service.id.as_str().into(),
                service.name.as_str().into(),
                service.repository.as_deref().unwrap_or("-").into(),
                service.credential_id.as_deref().unwrap_or("-").into(),
            ]
        });
        let header = ["ID", "NAME", "REPOSITORY", "CREDENTIAL"];
        Answer::table(&services, Table::list(header, "There are no services.", rows))
    }
}
