//! The secret halves: sealed for good, opened to compute a signature, sealed again by `admin rekey`.

use domain::Result;
use domain::Secret;
use store::Session;
use store::access_keys::AccessKey;

use crate::Broker;
use crate::sealing::at_place;

impl Broker {
    /// Seals a secret half into a key that is about to be written down.
    pub(super) async fn seal_access_key(
        &self,
        session: &mut Session,
        mut key: AccessKey,
        secret: &Secret,
    ) -> Result<AccessKey> {
        let sealing = self.keyring.current(session, key.organization_id).await?;
        key.organization_key_id = sealing.id();
        key.envelope =
            at_place(&key, |place| vault::seal(&sealing, self.entropy.as_ref(), place, secret))?;
        Ok(key)
    }

    /// Opens the secret half of a live key.
    pub(super) async fn open_access_key(
        &self,
        session: &mut Session,
        key: &AccessKey,
    ) -> Result<Secret> {
        let sealing = self.keyring.by_id(session, key.organization_key_id).await?;
        at_place(key, |place| vault::open(&sealing, place, &key.envelope))
    }
}
