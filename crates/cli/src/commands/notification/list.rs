//! `claviger notification list`.

use domain::Result;
use wire::NotificationDelivery;

use crate::answer::Answer;
use crate::commands::Session;
use crate::lists;
use crate::table;
use crate::table::Table;

/// Lists warnings, newest first, a line for each recipient
#[derive(Debug, clap::Args)]
pub struct List {
    /// Only so many warnings
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

impl List {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let most = usize::try_from(self.limit).ok();
        let fetch = async |page| client.notifications(&page).await;
        let warnings = lists::all(None, most, fetch).await?;
        let rows = warnings.iter().flat_map(|warning| {
            let told = warning.deliveries.iter().map(Some);
            let nobody = warning.deliveries.is_empty().then_some(None);
            told.chain(nobody).map(|delivery| {
                let (to, state, note) = delivery.map_or_else(nobody_told, shown);
                [
                    table::moment(warning.created_at).into(),
                    warning.sentence.as_str().into(),
                    to.into(),
                    table::status(&state),
                    note.into(),
                ]
            })
        });
        let header = ["WHEN", "WARNING", "TOLD TO", "STATE", "NOTE"];
        Answer::table(&warnings, Table::list(header, "There are no warnings.", rows))
    }
}

fn nobody_told() -> (String, String, String) {
    ("nobody".to_owned(), String::new(), "no channel wanted it".to_owned())
}

fn shown(delivery: &NotificationDelivery) -> (String, String, String) {
    let to = match &delivery.recipient {
        Some(recipient) => format!("{} {recipient}", delivery.channel),
        None => delivery.channel.clone(),
    };
    let error = delivery.error.as_deref();
    let note = match (error, delivery.next_attempt_at) {
        (Some(error), Some(next)) => format!("{error} Again at {}.", table::moment(next)),
        (Some(error), None) => error.to_owned(),
        (None, _) => String::new(),
    };
    (to, delivery.state.clone(), note)
}
