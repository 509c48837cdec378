//! `claviger credential revoke-version`.

use domain::Result;
use wire::ChangeVersion;

use crate::answer::Answer;
use crate::commands::Session;

/// Ends an old value at its provider, or says where to do that; then proves that it is dead
#[derive(Debug, clap::Args)]
pub struct RevokeVersion {
    /// Its id, handle or unique name
    #[arg(value_name = "ID")]
    reference: String,
    /// The number of the version
    #[arg(id = "number", value_name = "VERSION")]
    version: i64,
}

impl RevokeVersion {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let change = ChangeVersion { version: self.version };
        let revoked = session.client()?.revoke_version(&self.reference, &change).await?;
        Answer::text(&revoked, revoked.said.clone())
    }
}
