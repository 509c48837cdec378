//! Taking away the webhooks of repositories that no service is built from any more. The service is
//! gone, whatever comes of it; a webhook that could not be taken away is tried again the next time.

use domain::ErrorKind;
use domain::Result;
use domain::audit::Action;
use store::repository_hooks;
use store::repository_hooks::RepositoryHook;
use store::services::Source;

use super::limits::DROPPED_MAX;
use super::limits::WATCH_TIME_MAX;
use super::own;
use crate::Broker;
use crate::Caller;

impl Broker {
    /// Takes away, as well as can be, the webhooks that nobody needs after something was removed or
    /// moved. `before` is what the service was built from; its credential is used again.
    pub(crate) async fn unwatch(&self, caller: &Caller, before: Option<&Source>) {
        let work = self.drop_hooks(caller, before);
        match tokio::time::timeout(WATCH_TIME_MAX, work).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "a webhook was not taken away"),
            Err(_) => tracing::warn!("a webhook took too long to be taken away"),
        }
    }

    async fn drop_hooks(&self, caller: &Caller, before: Option<&Source>) -> Result<()> {
        let organization = caller.principal.organization_id;
        let mut session = self.store.session().await?;
        let spare =
            repository_hooks::without_services(&mut session, organization, DROPPED_MAX).await?;
        drop(session);
        for hook in spare {
            let before = before.filter(|source| source.repository == hook.repository);
            if let Err(error) = self.drop_hook(caller, &hook, before).await {
                tracing::warn!(%error, hook = %hook.id, "a webhook was not taken away");
            }
        }
        Ok(())
    }

    async fn drop_hook(
        &self,
        caller: &Caller,
        hook: &RepositoryHook,
        before: Option<&Source>,
    ) -> Result<()> {
        let credential = before.and_then(|source| source.credential_id);
        let spot = self.spot_of(hook.organization_id, &hook.repository, credential).await?;
        let Ok(spot) = spot else { return Ok(()) };
        let work = async {
            let there = self.hooks_now(caller, &spot).await?;
            let Some(found) = own(&there.items, hook) else { return Ok(()) };
            match self.delete_hook(caller, &spot.at, &found.id).await {
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
                outcome => outcome,
            }
        };
        self.guarded(caller, Action::HookSync, spot.about("to be taken away"), work).await?;
        let record = self.done(caller, Action::HookSync, spot.about("taken away"));
        let hook = hook.clone();
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    let RepositoryHook { id, organization_id, repository, .. } = hook;
                    let users =
                        store::services::count_of_repository(session, organization_id, &repository)
                            .await?;
                    // One that came meanwhile needs it, and its sync makes it anew.
                    if users == 0 {
                        repository_hooks::delete(session, id).await?;
                    }
                    Ok(((), vec![record]))
                })
            })
            .await
    }
}
