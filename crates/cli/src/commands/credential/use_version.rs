//! `claviger credential use-version`.

use domain::Result;
use wire::ChangeVersion;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::credential::show;

/// Puts another kept version of the value in use
#[derive(Debug, clap::Args)]
pub struct UseVersion {
    /// Its id, handle or unique name
    #[arg(value_name = "ID")]
    reference: String,
    /// The number of the version
    #[arg(id = "number", value_name = "VERSION")]
    version: i64,
}

impl UseVersion {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let change = ChangeVersion { version: self.version };
        show::answer(&session.client()?.use_version(&self.reference, &change).await?)
    }
}
