//! Backup of the embedded database: online, whole, verified before it is called one.

use std::path::Path;

use domain::Error;
use domain::Result;
use store::Store;

use crate::Broker;
use crate::boxed;

impl Broker {
    /// Writes a verified copy to a file that is not there yet. Gives the number of audit records.
    #[boxed]
    pub async fn backup(&self, file: &Path) -> Result<i64> {
        if file.exists() {
            return Err(Error::conflict(format!(
                "{} is there already.",
                domain::text::printable(&file.display().to_string(), 300)
            ))
            .hint("choose another name; a backup never overwrites"));
        }
        store::backup::copy_to(&mut self.store.session().await?, file).await?;
        let outcome = self.verify_copy(file).await;
        if outcome.is_err() {
            // A copy that does not verify must not be taken for a backup.
            let _ = std::fs::remove_file(file);
        }
        outcome
    }

    async fn verify_copy(&self, file: &Path) -> Result<i64> {
        let copy = Store::connect(&Store::sqlite_url(file)).await?;
        let mut session = copy.session().await?;
        store::backup::check(&mut session).await?;
        let key = self.keyring.audit_key();
        let verdict = store::verify::verify(&mut session, key.as_ref(), &[]).await?;
        drop(session);
        copy.close().await;
        if verdict.findings.is_empty() {
            return Ok(verdict.records);
        }
        Err(Error::conflict("The audit log in the copy does not verify.".to_owned())
            .hint("run `claviger audit verify` to see where it was changed"))
    }
}
