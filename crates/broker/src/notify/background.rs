//! Telling what waits: claim a channel, send, mark.
//!
//! A warning is marked after it was taken. Whoever dies in between leaves the claim to run out, and
//! the warning is told again under the same message id: at least once, never lost.

use std::sync::Arc;
use std::time::Duration;

use domain::Result;
use domain::id::RequestId;
use domain::limits;
use domain::notification::Channel;
use domain::notification::digests;
use domain::notification::next_attempt_after;
use store::notifications::Told;
use store::notifications::Waiting;
use tokio::task::JoinSet;

use super::message::Message;
use crate::Broker;
use crate::boxed;

/// Between two rounds.
const ROUND: Duration = Duration::from_secs(5);
/// Channels told by at once.
const CHANNELS_AT_ONCE_MAX: i64 = 16;
/// Tellings that one claim takes on.
const CLAIMED_MAX: i64 = 500;
/// How long a claim lasts.
const CLAIM_TIME: Duration = Duration::from_secs(120);
/// No sending begins later than this after the claim, so that it ends within it.
const SENDING_TIME_MAX: Duration = Duration::from_secs(60);

impl Broker {
    /// Tells until the process ends. A failed round is told to the log and tried again.
    #[boxed]
    pub async fn run_notify(self: Arc<Self>) {
        loop {
            tokio::time::sleep(ROUND).await;
            if let Err(error) = self.tell_waiting().await {
                tracing::warn!(%error, "warnings could not be told and will be tried again");
            }
        }
    }

    /// Tells everything that is due now.
    pub async fn tell_waiting(self: &Arc<Self>) -> Result<()> {
        let now = self.clock.now();
        let mut session = self.store.session().await?;
        let due =
            store::notifications::due_channels(&mut session, now, CHANNELS_AT_ONCE_MAX).await?;
        drop(session);
        let mut under_way = JoinSet::new();
        for channel in due {
            let broker = Arc::clone(self);
            under_way.spawn(async move {
                if let Err(error) = broker.tell_by(&channel).await {
                    tracing::warn!(%error, channel = %channel.id, "a channel could not be worked");
                }
            });
        }
        while under_way.join_next().await.is_some() {}
        Ok(())
    }

    async fn tell_by(&self, channel: &Channel) -> Result<()> {
        let claimant = RequestId::generate(self.clock.as_ref(), self.entropy.as_ref()).to_string();
        let begun = self.clock.now();
        // Whoever did not get the channel has nothing to give back.
        let Some((channel, waiting)) = self.claim_channel(channel, &claimant).await? else {
            return Ok(());
        };
        let mut messages = Vec::new();
        for recipient in channel.addressees() {
            let of_theirs = waiting.iter().filter(|item| item.recipient == recipient);
            let notices = of_theirs.map(|item| item.notice.clone()).collect();
            messages.extend(digests(notices).into_iter().map(|notices| (recipient, notices)));
        }
        for (recipient, notices) in messages {
            if self.clock.now() >= begun.plus(SENDING_TIME_MAX) {
                break;
            }
            let Some(message) = Message::of(&notices) else { continue };
            let sent = self.send_by(&channel, recipient, &message).await;
            let is_told = |item: &&Waiting| {
                item.recipient == recipient && notices.iter().any(|it| it.id == item.notice.id)
            };
            let told: Vec<Waiting> = waiting.iter().filter(is_told).cloned().collect();
            self.note(&channel, told, sent).await?;
        }
        let id = channel.id;
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    store::notifications::release(session, id, &claimant).await?;
                    Ok(((), Vec::new()))
                })
            })
            .await
    }

    /// Takes a channel, and what waits at it together with what would follow within a moment. `None`:
    /// another process has it, or it is to be left alone now.
    async fn claim_channel(
        &self,
        channel: &Channel,
        claimant: &str,
    ) -> Result<Option<(Channel, Vec<Waiting>)>> {
        let (id, organization) = (channel.id, channel.organization_id);
        let (now, claimant) = (self.clock.now(), claimant.to_owned());
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    if !store::notifications::claim(session, id, &claimant, CLAIM_TIME).await? {
                        return Ok((None, Vec::new()));
                    }
                    let found = store::channels::by_id(session, organization, id).await?;
                    let Some(channel) = found.filter(|channel| channel.is_enabled) else {
                        store::notifications::release(session, id, &claimant).await?;
                        return Ok((None, Vec::new()));
                    };
                    let quiet = channel.quiet_hours.as_ref();
                    if let Some(end) = quiet.and_then(|hours| hours.ends_after(now)) {
                        store::notifications::postpone(session, id, end).await?;
                        store::notifications::release(session, id, &claimant).await?;
                        return Ok((None, Vec::new()));
                    }
                    let due_by = now.plus(limits::SETTLE_TIME);
                    let waiting =
                        store::notifications::waiting(session, id, due_by, CLAIMED_MAX).await?;
                    let (wanted, unwanted): (Vec<_>, Vec<_>) =
                        waiting.into_iter().partition(|item| is_wanted(&channel, item));
                    let reason = "The channel does not tell this any more.".to_owned();
                    let never = Told::Never(reason);
                    for item in &unwanted {
                        store::notifications::mark(session, id, item, &never, now).await?;
                    }
                    Ok((Some((channel, wanted)), Vec::new()))
                })
            })
            .await
    }

    /// Marks what was sent, or when it is tried again.
    async fn note(&self, channel: &Channel, told: Vec<Waiting>, sent: Result<()>) -> Result<()> {
        let (id, now) = (channel.id, self.clock.now());
        if let Err(error) = &sent {
            tracing::warn!(%error, channel = %id, "a warning could not be told");
        }
        let failure = sent.err().map(|error| {
            domain::text::printable(error.message(), limits::DELIVERY_ERROR_CHARACTERS_MAX)
        });
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    for item in &told {
                        let attempts = item.attempts.saturating_add(1);
                        let outcome = match (&failure, next_attempt_after(attempts)) {
                            (None, _) => Told::Sent,
                            (Some(error), Some(wait)) => Told::Again(now.plus(wait), error.clone()),
                            (Some(error), None) => Told::Never(error.clone()),
                        };
                        store::notifications::mark(session, id, item, &outcome, now).await?;
                    }
                    Ok(((), Vec::new()))
                })
            })
            .await
    }
}

fn is_wanted(channel: &Channel, item: &Waiting) -> bool {
    channel.wants(item.notice.kind) && channel.addressees().contains(&item.recipient.as_str())
}
