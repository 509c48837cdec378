//! `claviger credential list`.

use domain::Result;

use crate::answer::Answer;
use crate::commands::Session;
use crate::lists;
use crate::table;
use crate::table::Table;

/// Lists the credentials
#[derive(Debug, clap::Args)]
pub struct List {
    /// Only those whose name has words that begin so
    #[arg(long, value_name = "WORDS")]
    search: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
}

impl List {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let rows_max = self.limit.and_then(|limit| usize::try_from(limit).ok());
        let fetch = async |page| client.credentials(&page).await;
        let credentials = lists::all(self.search, rows_max, fetch).await?;
        let rows = credentials.iter().map(|credential| {
            [
                credential.handle.as_str().into(),
                credential.name.as_str().into(),
                credential.provider.as_str().into(),
                credential.host.as_str().into(),
                table::status(&credential.status),
                table::moment_or(credential.expires_at, "").into(),
                table::moment_or(credential.last_used_at, "never").into(),
                credential.services_count.to_string().into(),
            ]
        });
        let header =
            ["HANDLE", "NAME", "PROVIDER", "HOST", "STATUS", "EXPIRES", "LAST USED", "SERVICES"];
        Answer::table(&credentials, Table::list(header, "There are no credentials.", rows))
    }
}
