//! `claviger lease create`.

use std::time::Duration;

use domain::Result;
use domain::access::Access;
use domain::time::parse_span;
use wire::CreateLease;

use crate::answer::Answer;
use crate::commands::Session;
use crate::table;
use crate::table::Table;

/// Makes a lease; its token is shown this once
#[derive(Debug, clap::Args)]
pub struct Create {
    /// The repository's URL at its provider
    #[arg(long, value_name = "URL")]
    repository: String,
    /// read or write
    #[arg(long, value_name = "ACCESS", value_parser = Access::parse)]
    access: Access,
    /// The refs a write may touch; by default all
    #[arg(long, value_name = "PATTERN", num_args = 1..)]
    refs: Vec<String>,
    /// How long it lives, as in 90s, 15m, 8h; by default 15m
    #[arg(long, value_name = "SPAN", value_parser = parse_span)]
    ttl: Option<Duration>,
    /// The credential to draw on, by id, handle or unique name; by default the one that fits best
    #[arg(long, value_name = "ID")]
    credential: Option<String>,
}

impl Create {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let request = CreateLease {
            repository: self.repository,
            access: self.access,
            refs: self.refs,
            ttl_seconds: self.ttl.map(|ttl| ttl.as_secs()),
            credential: self.credential,
        };
        let created = session.client()?.create_lease(&request).await?;
        let table = Table::fields([
            ("id", created.id.as_str().into()),
            ("token", created.token.as_str().into()),
            ("expires", table::moment(created.expires_at).into()),
            ("gateway url", created.gateway_url.as_str().into()),
        ]);
        Answer::table(&created, table)
    }
}
