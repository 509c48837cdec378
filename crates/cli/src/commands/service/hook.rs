//! `claviger service hook`.

use domain::Result;

use crate::answer::Answer;
use crate::commands::Session;
use crate::lists;
use crate::table;
use crate::table::Table;

/// Shows how it stands with the webhook of a service's repository
#[derive(Debug, clap::Args)]
pub struct Hook {
    /// The service's id or unique name
    #[arg(value_name = "ID")]
    reference: String,
    /// Make it if it is missing, and mend it
    #[arg(long)]
    sync: bool,
}

impl Hook {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let fetch = async |page| client.services(&page).await;
        let id_and_name =
            |service: &wire::Service| Some((service.id.clone(), service.name.clone()));
        let id = lists::id_of(&self.reference, "service", fetch, id_and_name).await?;
        let hook = match self.sync {
            true => client.sync_service_hook(&id).await?,
            false => client.service_hook(&id).await?,
        };
        let fields = [
            ("Webhook", table::status(&hook.status.replace('_', " "))),
            ("Provider", hook.provider.as_deref().unwrap_or("-").into()),
            ("Missing events", hook.missing_events.join(", ").into()),
            ("Reason", hook.reason.as_deref().unwrap_or("-").into()),
        ];
        Answer::table(&hook, Table::fields(fields))
    }
}
