//! The secrets of our webhooks: sealed for good, opened to tell a provider or to prove a delivery.

use domain::Result;
use domain::Secret;
use store::Session;
use store::repository_hooks::RepositoryHook;

use crate::Broker;
use crate::sealing::at_place;

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
}
