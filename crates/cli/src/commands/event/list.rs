//! `claviger event list`.

use domain::Result;

use crate::answer::Answer;
use crate::commands::Session;
use crate::lists;
use crate::table;
use crate::table::Table;

/// Lists events, newest first
#[derive(Debug, clap::Args)]
pub struct List {
    /// Only so many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

impl List {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let most = usize::try_from(self.limit).ok();
        let events = lists::all(None, most, async |page| client.events(&page).await).await?;
        let rows = events.iter().map(|event| {
            [
                table::moment(event.received_at).into(),
                event.kind.as_str().into(),
                event.repository.as_str().into(),
                event.delivery.as_str().into(),
            ]
        });
        let header = ["WHEN", "EVENT", "REPOSITORY", "DELIVERY"];
        Answer::table(&events, Table::list(header, "Nothing was told.", rows))
    }
}
