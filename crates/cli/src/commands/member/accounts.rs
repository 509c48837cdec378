//! `claviger member accounts`.

use domain::Result;

use crate::answer::Answer;
use crate::commands::Session;
use crate::table::Table;

/// Lists your own connected accounts
#[derive(Debug, clap::Args)]
pub struct Accounts {}

impl Accounts {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let accounts = session.client()?.accounts().await?.items;
        let rows = accounts.iter().map(|account| {
            [
                account.handle.as_str().into(),
                account.name.as_str().into(),
                account.host.as_str().into(),
                account.status.as_str().into(),
            ]
        });
        let header = ["HANDLE", "ACCOUNT", "HOST", "STATUS"];
        Answer::table(&accounts, Table::list(header, "You have connected no account.", rows))
    }
}
