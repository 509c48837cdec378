//! `claviger host list`.

use domain::Result;

use crate::answer::Answer;
use crate::commands::Session;
use crate::lists;
use crate::table::Table;

/// Lists the registered Git hosts
#[derive(Debug, clap::Args)]
pub struct List {}

impl List {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let hosts = lists::all(None, None, async |page| client.hosts(&page).await).await?;
        let rows = hosts.iter().map(|host| {
            [
                host.id.as_str().into(),
                host.provider.as_str().into(),
                host.url.as_str().into(),
                if host.has_ca { "yes" } else { "" }.into(),
                host.gateway_url.as_str().into(),
            ]
        });
        let header = ["ID", "PROVIDER", "URL", "OWN CA", "GATEWAY URL"];
        Answer::table(&hosts, Table::list(header, "There are no hosts.", rows))
    }
}
