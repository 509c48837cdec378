//! The watcher: looks at every credential in use from time to time. Several servers share the work:
//! a check is claimed before it is made, and a claim that nobody finishes runs out.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use domain::Result;
use domain::id::CredentialId;
use domain::id::OrganizationId;
use store::checks::DueQuery;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::Semaphore;

use crate::Broker;
use crate::boxed;

/// Between two rounds. With what is started of each host in one round, this is a host's budget: about
/// two checks a second.
const ROUND: Duration = Duration::from_secs(2);
/// Checks started in one round.
const STARTED_MAX: i64 = 64;
/// Checks of one host under way at once, and those started in one round: a host that hangs holds up
/// its own checks only.
const PER_HOST_MAX: u16 = 4;
/// Checks under way at once, of all hosts.
const AT_ONCE_MAX: usize = 256;
/// How long a claim lasts; a check takes less.
const CLAIM_MILLIS: i64 = 10 * 60 * 1000;
/// A use that the provider refused brings the next check forward, but not closer to the last one.
const HASTENED_NOT_WITHIN_MILLIS: i64 = 60 * 1000;

/// The checks under way. Each holds one place of all, and one of its host.
struct Places {
    all: Arc<Semaphore>,
    hosts: HashMap<String, Arc<Semaphore>>,
}

impl Places {
    fn new() -> Places {
        Places { all: Arc::new(Semaphore::new(AT_ONCE_MAX)), hosts: HashMap::new() }
    }

    /// The hosts that have no place left. Those with nothing under way are forgotten.
    fn full(&mut self) -> Vec<String> {
        self.hosts.retain(|_, places| places.available_permits() < usize::from(PER_HOST_MAX));
        let full = self.hosts.iter().filter(|(_, places)| places.available_permits() == 0);
        full.map(|(authority, _)| authority.clone()).collect()
    }

    /// A place for one check; it is free again when this is dropped.
    fn take(&mut self, authority: &str) -> Option<[OwnedSemaphorePermit; 2]> {
        let of_host = self
            .hosts
            .entry(authority.to_owned())
            .or_insert_with(|| Arc::new(Semaphore::new(usize::from(PER_HOST_MAX))));
        let place = Arc::clone(of_host).try_acquire_owned().ok()?;
        Some([place, Arc::clone(&self.all).try_acquire_owned().ok()?])
    }
}

impl Broker {
    /// Watches until the process ends. A failed round is told and tried again.
    #[boxed]
    pub async fn run_watch(self: Arc<Self>) {
        let mut places = Places::new();
        loop {
            tokio::time::sleep(ROUND).await;
            if let Err(error) = self.watch_round(&mut places).await {
                tracing::warn!(%error, "the watcher could not look for what is due");
            }
        }
    }

    /// Starts what is due and has a place; the rest is due in the next round, too.
    async fn watch_round(self: &Arc<Self>, places: &mut Places) -> Result<()> {
        let wanted = DueQuery {
            now: self.clock.now(),
            per_host: PER_HOST_MAX.into(),
            limit: STARTED_MAX,
            but: &places.full(),
        };
        let due = store::checks::due(&mut self.store.session().await?, wanted).await?;
        for one in due {
            let Some(place) = places.take(&one.authority) else { continue };
            if self.claim_check(one.credential_id).await? {
                let broker = Arc::clone(self);
                tokio::spawn(async move {
                    broker.watch_one(one.organization_id, one.credential_id).await;
                    drop(place);
                });
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
    #[boxed]
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
