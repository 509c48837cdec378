//! `claviger channel list`.

use domain::Result;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::channel;
use crate::lists;
use crate::table::Table;

/// Lists the channels
#[derive(Debug, clap::Args)]
pub struct List {}

impl List {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let channels = lists::all(None, None, async |page| client.channels(&page).await).await?;
        let rows = channels.iter().map(|channel| {
            let to = channel.address.clone().unwrap_or_else(|| channel.recipients.join(" "));
            [
                channel.id.as_str().into(),
                channel.name.as_str().into(),
                channel.kind.as_str().into(),
                to.into(),
                channel.only.join(" ").into(),
                channel::days(channel).into(),
                channel.quiet_hours.clone().unwrap_or_default().into(),
                if channel.enabled { "" } else { "off" }.into(),
            ]
        });
        let header = ["ID", "NAME", "KIND", "TO", "ONLY", "DAYS", "QUIET", "STATE"];
        Answer::table(&channels, Table::list(header, "There are no channels.", rows))
    }
}
