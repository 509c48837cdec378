//! What a provider delivers: proven by the secret of its webhook, kept once, and kept for sure before
//! anybody is told so.
//!
//! Whoever calls is a stranger until the proof holds. Strangers are counted, and leave no record.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::id::EventId;
use http::HeaderMap;
use providers::Announced;
use store::events::Event;
use store::repository_hooks::RepositoryHook;

use super::limits::EVENT_AGE_MAX;
use super::limits::EVENTS_MAX;
use super::limits::OPAQUE_CHARACTERS;
use super::limits::SWEPT_EVENTS_MAX;
use crate::Broker;
use crate::boxed;

/// A delivery whose headers are read; its body may come.
pub struct Incoming {
    hook: RepositoryHook,
    announced: Announced,
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// It is kept.
    New,
    /// One of this name was kept before.
    Known,
}

impl Broker {
    /// Looks whether a webhook sends to this path, and whether the headers are those of its provider.
    /// A word that is nobody's is not found; headers that cannot prove anything are unauthenticated.
    #[boxed]
    pub async fn begin_delivery(&self, opaque: &str, headers: &HeaderMap) -> Result<Incoming> {
        let hook = match is_opaque(opaque) {
            true => {
                let mut session = self.store.session().await?;
                store::repository_hooks::by_opaque(&mut session, opaque).await?
            }
            false => None,
        };
        let Some(hook) = hook else {
            self.deliveries.count("unknown");
            return Err(Error::not_found("webhook"));
        };
        let rules = providers::adapter(hook.provider).deliveries();
        match rules.and_then(|rules| rules.read(headers)) {
            Some(announced) => Ok(Incoming { hook, announced }),
            None => Err(self.unproven()),
        }
    }

    /// Proves a delivery and keeps it, unless it is kept already: by its name, or – since most
    /// providers prove the body and not the name – under another one.
    #[boxed]
    pub async fn end_delivery(&self, incoming: Incoming, body: Vec<u8>) -> Result<Received> {
        let Incoming { hook, announced } = incoming;
        let secret = self.open_hook_secret(&hook).await?;
        let now = self.clock.now();
        let delivered = announced.prove(&secret, &body, now).ok_or_else(|| self.unproven())?;
        let event = Event {
            id: EventId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            organization_id: hook.organization_id,
            hook_id: hook.id,
            delivery: delivered.name,
            kind: delivered.kind,
            digest: vault::digest(&body),
            body,
            received_at: now,
        };
        let is_new = self
            .committer
            .change(move |session| {
                Box::pin(async move {
                    let known = store::repository_hooks::by_opaque(session, &hook.opaque).await?;
                    // It was taken away while the body came in.
                    known.ok_or_else(|| Error::not_found("webhook"))?;
                    Ok((store::events::insert(session, &event).await?, Vec::new()))
                })
            })
            .await?;
        let received = if is_new { Received::New } else { Received::Known };
        self.deliveries.count(if is_new { "kept" } else { "known" });
        Ok(received)
    }

    fn unproven(&self) -> Error {
        self.deliveries.count("refused");
        Error::new(ErrorKind::Unauthenticated, "The delivery does not prove where it comes from.")
    }

    /// Forgets events that are old or too many.
    pub(crate) async fn sweep_events(&self) -> Result<()> {
        let before = self.ago(EVENT_AGE_MAX);
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    store::events::delete_before(session, before, SWEPT_EVENTS_MAX).await?;
                    store::events::delete_beyond(session, EVENTS_MAX, SWEPT_EVENTS_MAX).await?;
                    Ok(((), Vec::new()))
                })
            })
            .await
    }
}

fn is_opaque(word: &str) -> bool {
    word.len() == OPAQUE_CHARACTERS
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
