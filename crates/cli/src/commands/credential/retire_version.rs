//! `claviger credential retire-version`.

use domain::Result;
use wire::ChangeVersion;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::credential::show;

/// Destroys a version of the value that is no longer in use
#[derive(Debug, clap::Args)]
pub struct RetireVersion {
    /// Its id, handle or unique name
    #[arg(value_name = "ID")]
    reference: String,
    /// The number of the version
    #[arg(id = "number", value_name = "VERSION")]
    version: i64,
}

impl RetireVersion {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let change = ChangeVersion { version: self.version };
        show::answer(&session.client()?.retire_version(&self.reference, &change).await?)
    }
}
