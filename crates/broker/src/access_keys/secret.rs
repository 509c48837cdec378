//! The secret halves: sealed for good, opened to compute a signature, sealed again by `admin rekey`.

use domain::Result;
use domain::Secret;
use store::Session;
use store::access_keys;
use store::access_keys::AccessKey;
use store::keys::StoredOrganizationKey;
use vault::Place;

use crate::Broker;

/// Runs with the place of a sealed secret half.
fn at_place<T>(key: &AccessKey, run: impl FnOnce(&Place<'_>) -> T) -> T {
    let id = key.id.to_string();
    run(&Place {
        organization: Some(key.organization_id),
        record_kind: "access key",
        record_id: &id,
        version: 1,
        purpose: "signs requests",
    })
}

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

    /// Seals some secret halves again that an old key seals; says how many. For `admin rekey`.
    pub(crate) async fn reseal_access_keys(
        &self,
        old: &StoredOrganizationKey,
        rows_max: i64,
    ) -> Result<usize> {
        let mut session = self.store.session().await?;
        let sealed = access_keys::under_key(&mut session, old.id, rows_max).await?;
        let older = self.keyring.by_id(&mut session, old.id).await?;
        let newer = self.keyring.current(&mut session, old.organization_id).await?;
        drop(session);
        let mut again = Vec::with_capacity(sealed.len());
        for key in sealed {
            // What was revoked has nothing left to seal.
            let envelope = match key.envelope.is_empty() {
                true => Vec::new(),
                false => at_place(&key, |place| {
                    vault::rewrap(&older, &newer, self.entropy.as_ref(), place, &key.envelope)
                })?,
            };
            again.push(AccessKey { envelope, organization_key_id: newer.id(), ..key });
        }
        let (count, old_key) = (again.len(), old.id);
        if count > 0 {
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        for key in &again {
                            access_keys::replace_envelope(session, key, old_key).await?;
                        }
                        Ok(((), Vec::new()))
                    })
                })
                .await?;
        }
        Ok(count)
    }
}
