//! `claviger channel update`.

use std::path::PathBuf;

use domain::Result;
use domain::warning_days::WarningDays;
use wire::UpdateChannel;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::channel;
use crate::secret_input;
use crate::table::Table;

/// Changes a channel
#[derive(Debug, clap::Args)]
pub struct Update {
    /// Its id or name
    #[arg(value_name = "ID")]
    reference: String,
    /// A new name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// A mail address, instead of those before; again for more
    #[arg(long = "recipient", value_name = "ADDRESS")]
    recipients: Option<Vec<String>>,
    /// Where a new URL is; - for standard input
    #[arg(long, value_name = "FILE|-")]
    url_file: Option<PathBuf>,
    /// A kind of warning it is told, instead of those before; again for more; empty means all
    #[arg(long, value_name = "KIND", value_parser = channel::kind)]
    only: Option<Vec<String>>,
    /// How many days before an end it warns, as in 60,30,7; empty means 30,14,7,1
    #[arg(long, value_name = "DAYS", value_parser = WarningDays::parse)]
    days: Option<WarningDays>,
    /// When it is left alone; empty takes it away
    #[arg(long, value_name = "FROM-TO")]
    quiet: Option<String>,
    /// Put it in use again
    #[arg(long, conflicts_with = "disable")]
    enable: bool,
    /// Take it out of use; what it was to tell is given up
    #[arg(long)]
    disable: bool,
}

impl Update {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let id = channel::id_of(&client, &self.reference).await?;
        let url = match self.url_file.as_deref() {
            Some(file) => {
                Some(secret_input::read(session.surroundings, Some(file), "URL", "--url-file")?)
            }
            None => None,
        };
        let request = UpdateChannel {
            name: self.name,
            recipients: self.recipients,
            url,
            only: self.only.map(channel::without_empty),
            days: self.days.map(|days| days.given().to_vec()),
            quiet_hours: self.quiet,
            enabled: (self.enable || self.disable).then_some(self.enable),
        };
        let after = client.update_channel(&id, &request).await?;
        let fields = Table::fields([
            ("id", after.id.as_str().into()),
            ("name", after.name.as_str().into()),
            ("kind", after.kind.as_str().into()),
            ("recipients", after.recipients.join(" ").into()),
            ("address", after.address.clone().unwrap_or_default().into()),
            ("only", after.only.join(" ").into()),
            ("days", channel::days(&after).into()),
            ("quiet", after.quiet_hours.clone().unwrap_or_default().into()),
            ("state", if after.enabled { "" } else { "off" }.into()),
        ]);
        Answer::table(&after, fields)
    }
}
