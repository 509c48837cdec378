//! The watcher: looks at every credential in use from time to time. Several servers share the work:
//! a check is claimed before it is made, and a claim that nobody finishes runs out.

use std::sync::Arc;
use std::time::Duration;

use domain::Result;
use domain::id::CredentialId;
use domain::id::OrganizationId;
use tokio::task::JoinSet;

use crate::Broker;

/// Between two rounds. With what [`store::checks::due`] starts of each host in one round, this is a
/// host's budget: about two checks a second.
const ROUND: Duration = Duration::from_secs(2);
/// Checks started in one round.
const STARTED_MAX: i64 = 64;
/// Checks under way at once.
const AT_ONCE_MAX: usize = 16;
/// How long a claim lasts; a check takes less.
const CLAIM_MILLIS: i64 = 10 * 60 * 1000;
/// A use that the provider refused brings the next check forward, but not closer to the last one.
const HASTENED_NOT_WITHIN_MILLIS: i64 = 60 * 1000;

impl Broker {
    /// Watches until the process ends. A failed round is told and tried again.
    pub async fn run_watch(self: Arc<Self>) {
        let mut under_way = JoinSet::new();
        loop {
            tokio::time::sleep(ROUND).await;
            while under_way.try_join_next().is_some() {}
            if let Err(error) = self.watch_round(&mut under_way).await {
                tracing::warn!(%error, "the watcher could not look for what is due");
            }
        }
    }

    async fn watch_round(self: &Arc<Self>, under_way: &mut JoinSet<()>) -> Result<()> {
        let due = {
            let mut session = self.store.session().await?;
            store::checks::due(&mut session, self.clock.now(), STARTED_MAX).await?
        };
        for (organization_id, id) in due {
            while under_way.len() >= AT_ONCE_MAX {
                under_way.join_next().await;
            }
            if self.claim_check(id).await? {
                let broker = Arc::clone(self);
                under_way.spawn(async move { broker.watch_one(organization_id, id).await });
            }
        }
        Ok(())
    }

    async fn claim_check(&self, id: CredentialId) -> Result<bool> {
        let now = self.clock.now();
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    Ok((store::checks::claim(session, id, now, CLAIM_MILLIS).await?, Vec::new()))
                })
            })
            .await
    }

    /// One check of the watcher's own. What fails is tried again when its claim has run out.
    async fn watch_one(&self, organization_id: OrganizationId, id: CredentialId) {
        let caller = self.system(organization_id);
        let work = async {
            let mut session = self.store.session().await?;
            let found = store::credentials::by_id(&mut session, organization_id, id).await?;
            drop(session);
            match found {
                Some(credential) => self.check_stored(&caller, credential).await.map(|_| ()),
                None => Ok(()),
            }
        };
        if let Err(error) = work.await {
            tracing::warn!(%error, credential = %id, "a credential could not be checked");
        }
    }

    /// Brings the next check of a credential forward: a provider just refused it in use.
    pub async fn suspect(&self, id: CredentialId) {
        let now = self.clock.now();
        let hasten = self.committer.change(move |session| {
            Box::pin(async move {
                store::checks::hasten(session, id, now, HASTENED_NOT_WITHIN_MILLIS).await?;
                Ok(((), Vec::new()))
            })
        });
        if let Err(error) = hasten.await {
            tracing::warn!(%error, "a check was not brought forward");
        }
    }
}
