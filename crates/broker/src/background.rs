//! What goes on by itself: the index of the audit log, and forgetting leases, sessions, warnings and
//! events of long ago.

use std::sync::Arc;
use std::time::Duration;

use domain::Timestamp;

use crate::Broker;
use crate::boxed;

/// Between two rounds.
const ROUND: Duration = Duration::from_secs(5);
/// Events are counted to be forgotten, which takes a look at all of them.
const ROUNDS_PER_SWEEP: u64 = 12;
/// Sessions that are over do not hurry to be forgotten.
const ROUNDS_PER_HOUR: u64 = 720;
/// How long a session that is over is listed.
const ENDED_SESSIONS_KEPT: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long an ended lease is listed.
const ENDED_LEASES_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// How long a warning is listed.
const WARNINGS_KEPT: Duration = Duration::from_secs(400 * 24 * 3600);

impl Broker {
    /// Runs until the process ends. A failed round is told and tried again.
    #[boxed]
    pub async fn run_background(self: Arc<Self>) {
        for round in 1_u64.. {
            tokio::time::sleep(ROUND).await;
            let outcome = match self.background_round().await {
                Ok(()) if round % ROUNDS_PER_SWEEP == 0 => self.sweep_events().await,
                outcome => outcome,
            };
            let outcome = match outcome {
                Ok(()) if round % ROUNDS_PER_HOUR == 0 => self.forget_old().await,
                outcome => outcome,
            };
            if let Err(error) = outcome {
                tracing::warn!(%error, "background work failed and will be tried again");
            }
        }
    }

    async fn background_round(&self) -> domain::Result<()> {
        self.committer.index_audit(&self.store).await?;
        let (leases, warnings) = (self.ago(ENDED_LEASES_KEPT), self.ago(WARNINGS_KEPT));
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    store::leases::delete_ended_before(session, leases).await?;
                    store::notifications::delete_before(session, warnings).await?;
                    Ok(((), Vec::new()))
                })
            })
            .await
    }

    async fn forget_old(&self) -> domain::Result<()> {
        self.forget_sessions().await?;
        self.forget_use_counts().await
    }

    /// Forgets sessions, and links that begin them, that were over long ago.
    #[boxed]
    pub async fn forget_sessions(&self) -> domain::Result<()> {
        let before = self.ago(ENDED_SESSIONS_KEPT);
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    store::sessions::delete_over_before(session, before).await?;
                    store::sign_in_links::delete_over_before(session, before).await?;
                    Ok(((), Vec::new()))
                })
            })
            .await
    }

    pub(crate) fn ago(&self, span: Duration) -> Timestamp {
        let millis = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(self.clock.now().millis().saturating_sub(millis))
    }
}
