//! The secrets of our webhooks: sealed for good, opened to tell a provider or to prove a delivery.

use domain::Result;
use domain::Secret;
use store::Session;
use store::keys::StoredOrganizationKey;
use store::repository_hooks;
use store::repository_hooks::RepositoryHook;
use vault::Place;

use crate::Broker;

/// Runs with the place of a webhook's sealed secret.
fn at_place<T>(hook: &RepositoryHook, run: impl FnOnce(&Place<'_>) -> T) -> T {
    let id = hook.id.to_string();
    run(&Place {
        organization: Some(hook.organization_id),
        record_kind: "repository hook",
        record_id: &id,
        version: 1,
        purpose: "signs deliveries",
    })
}

impl Broker {
    /// Seals a secret into a webhook that is about to be written down.
    pub(super) async fn seal_hook_secret(
        &self,
        session: &mut Session,
        mut hook: RepositoryHook,
        secret: &Secret,
    ) -> Result<RepositoryHook> {
        let key = self.keyring.current(session, hook.organization_id).await?;
        hook.organization_key_id = key.id();
        hook.envelope =
            at_place(&hook, |place| vault::seal(&key, self.entropy.as_ref(), place, secret))?;
        Ok(hook)
    }

    /// Opens the secret of a webhook.
    pub(super) async fn open_hook_secret(&self, hook: &RepositoryHook) -> Result<Secret> {
        let mut session = self.store.session().await?;
        let key = self.keyring.by_id(&mut session, hook.organization_key_id).await?;
        at_place(hook, |place| vault::open(&key, place, &hook.envelope))
    }

    /// Seals some webhooks' secrets again that an old key seals; says how many. For `admin rekey`.
    pub(crate) async fn reseal_hooks(
        &self,
        old: &StoredOrganizationKey,
        rows_max: i64,
    ) -> Result<usize> {
        let mut session = self.store.session().await?;
        let sealed = repository_hooks::under_key(&mut session, old.id, rows_max).await?;
        let older = self.keyring.by_id(&mut session, old.id).await?;
        let newer = self.keyring.current(&mut session, old.organization_id).await?;
        drop(session);
        let mut again = Vec::with_capacity(sealed.len());
        for hook in sealed {
            let envelope = at_place(&hook, |place| {
                vault::rewrap(&older, &newer, self.entropy.as_ref(), place, &hook.envelope)
            })?;
            again.push(RepositoryHook { envelope, organization_key_id: newer.id(), ..hook });
        }
        let (count, old_key) = (again.len(), old.id);
        if count > 0 {
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        for hook in &again {
                            repository_hooks::replace_envelope(session, hook, old_key).await?;
                        }
                        Ok(((), Vec::new()))
                    })
                })
                .await?;
        }
        Ok(count)
    }
}
