//! `claviger host update`.

use std::path::PathBuf;

use domain::Result;
use wire::UpdateHost;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::host;
use crate::connection;

/// Changes a host; its credentials wait for their secrets to be given again
#[derive(Debug, clap::Args)]
pub struct Update {
    /// Its id or web address
    #[arg(value_name = "ID")]
    reference: String,
    /// A new web address
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// A new certificate authority
    #[arg(long, value_name = "FILE.pem", conflicts_with = "no_ca")]
    ca: Option<PathBuf>,
    /// Takes its own certificate authority away
    #[arg(long)]
    no_ca: bool,
}

impl Update {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let id = host::id_of(&client, &self.reference).await?;
        let ca_pem = match self.ca {
            Some(path) => Some(connection::read_ca(&path)?),
            None => self.no_ca.then(String::new),
        };
        let request = UpdateHost { url: self.url, ca_pem };
        host::answer(&client.update_host(&id, &request).await?)
    }
}
