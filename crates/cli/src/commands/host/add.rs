//! `claviger host add`.

use std::path::PathBuf;

use domain::Result;
use domain::provider::Provider;
use wire::AddHost;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::host;
use crate::connection;

/// Registers a Git host
#[derive(Debug, clap::Args)]
pub struct Add {
    /// github, gitlab, bitbucket, bitbucket-dc, gitea, forgejo, sourcehut, gitee or generic
    #[arg(long, value_name = "PROVIDER", value_parser = Provider::parse)]
    provider: Provider,
    /// Its web address
    #[arg(long, value_name = "URL")]
    url: String,
    /// Its own certificate authority
    #[arg(long, value_name = "FILE.pem")]
    ca: Option<PathBuf>,
}

impl Add {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let request = AddHost {
            provider: self.provider.word().to_owned(),
            url: self.url,
            ca_pem: self.ca.map(|path| connection::read_ca(&path)).transpose()?,
        };
        host::answer(&session.client()?.add_host(&request).await?)
    }
}
