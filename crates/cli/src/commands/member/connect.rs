//! `claviger member connect`.

use domain::Result;
use domain::provider::Provider;
use wire::ConnectAccount;

use crate::answer::Answer;
use crate::commands::Session;
use crate::table;

/// Prints the address at which you connect your own account at a provider
#[derive(Debug, clap::Args)]
pub struct Connect {
    /// github, gitlab, bitbucket, gitea or forgejo
    #[arg(value_name = "PROVIDER", value_parser = Provider::parse)]
    provider: Provider,
    /// The web address of its host; by default the provider's cloud
    #[arg(long, value_name = "URL")]
    host: Option<String>,
}

impl Connect {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let wanted = ConnectAccount { provider: self.provider.word().to_owned(), host: self.host };
        let begun = session.client()?.connect_account(&wanted).await?;
        let until = table::moment(begun.expires_at);
        let text = format!("Open this in a browser until {until}:\n{}", begun.authorize_url);
        Answer::text(&begun, text)
    }
}
