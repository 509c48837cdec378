//! `claviger channel add`.

use std::path::PathBuf;

use domain::Result;
use domain::notification::ChannelKind;
use domain::warning_days::WarningDays;
use wire::AddChannel;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::channel;
use crate::secret_input;
use crate::table::Table;

/// Adds a channel; the key that signs a webhook's messages is shown this once
#[derive(Debug, clap::Args)]
pub struct Add {
    /// Its name
    #[arg(long, value_name = "NAME")]
    name: String,
    /// email, slack (and chats that take its messages) or webhook (signed as Standard Webhooks says)
    #[arg(long, value_name = "KIND", value_parser = ChannelKind::parse)]
    kind: ChannelKind,
    /// A mail address; again for more
    #[arg(long = "recipient", value_name = "ADDRESS")]
    recipients: Vec<String>,
    /// Where the URL is that messages go to, which is a secret; - for standard input
    #[arg(long, value_name = "FILE|-")]
    url_file: Option<PathBuf>,
    /// A kind of warning it is told, as in rejected or expires_soon; again for more [default: all]
    #[arg(long, value_name = "KIND", value_parser = channel::kind)]
    only: Vec<String>,
    /// How many days before an end it warns, at most 366 and eight times [default: 30,14,7,1]
    #[arg(long, value_name = "DAYS", value_parser = WarningDays::parse)]
    days: Option<WarningDays>,
    /// When it is left alone, with a time zone unless UTC is meant: "22:00-07:00 Europe/Berlin"
    #[arg(long, value_name = "FROM-TO")]
    quiet: Option<String>,
}

impl Add {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let url = match (self.kind, self.url_file.as_deref()) {
            (ChannelKind::Email, None) => None,
            (_, file) => Some(secret_input::read(session.surroundings, file, "URL", "--url-file")?),
        };
        let request = AddChannel {
            name: self.name,
            kind: self.kind.word().to_owned(),
            recipients: self.recipients,
            url,
            only: channel::without_empty(self.only),
            days: self.days.unwrap_or_default().given().to_vec(),
            quiet_hours: self.quiet,
        };
        let created = session.client()?.add_channel(&request).await?;
        let secret = created.secret.clone().unwrap_or_default();
        let table = Table::fields([("id", created.id.as_str().into()), ("secret", secret.into())]);
        Answer::table(&created, table)
    }
}
