//! Making the webhook of a repository what it should be: written down first, one at a time.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::id::RepositoryHookId;
use domain::id::RequestId;
use providers::shapes::Hook;
use store::claims;
use store::claims::Claim;
use store::repository_hooks;
use store::repository_hooks::RepositoryHook;

use super::EVENTS;
use super::Spot;
use super::limits::CALLS_TIME_MAX;
use super::limits::CLAIM_MILLIS;
use super::limits::LOOK_EVERY;
use super::limits::LOOKS_MAX;
use super::limits::OPAQUE_BYTES;
use super::own;
use super::status::faults;
use crate::Broker;
use crate::Caller;
use crate::UpdateHook;
use crate::WantedHook;

/// What is done to a webhook that looks right.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Zeal {
    /// Nothing.
    Trust,
    /// It is written again, with its secret, which nobody can look at.
    Renew,
}

impl Broker {
    /// Makes or mends the webhook of a repository.
    pub(super) async fn ensure_hook(&self, caller: &Caller, spot: &Spot, zeal: Zeal) -> Result<()> {
        let hook = self.write_down(caller, spot).await?;
        let claim = self.claim_hook(hook.id).await?;
        let work =
            tokio::time::timeout(CALLS_TIME_MAX, self.settle_hook(caller, spot, &hook, zeal));
        let outcome = work.await.unwrap_or_else(|_| {
            Err(Error::new(ErrorKind::Upstream, "The provider took too long.").hint("sync again"))
        });
        self.give_back(claim).await?;
        outcome
    }

    /// The row of a repository's webhook, made if there is none.
    async fn write_down(&self, caller: &Caller, spot: &Spot) -> Result<RepositoryHook> {
        let organization = spot.organization_id;
        let mut session = self.store.session().await?;
        let known =
            repository_hooks::of_repository(&mut session, organization, &spot.repository).await?;
        if let Some(known) = known {
            return Ok(known);
        }
        let mut opaque = [0u8; OPAQUE_BYTES];
        self.entropy.fill(&mut opaque);
        let hook = RepositoryHook {
            id: RepositoryHookId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            organization_id: organization,
            host_id: spot.host.id,
            provider: spot.host.provider,
            repository: spot.repository.clone(),
            opaque: URL_SAFE_NO_PAD.encode(opaque),
            remote_id: None,
            organization_key_id: self.keyring.current(&mut session, organization).await?.id(),
            envelope: Vec::new(),
            created_at: self.clock.now(),
        };
        let secret = spot.rules.new_secret(self.entropy.as_ref());
        let hook = self.seal_hook_secret(&mut session, hook, &secret).await?;
        drop(session);
        let about = spot.about("to be made");
        let record = self.record(caller, Action::HookSync, Outcome::Begun, about);
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    if repository_hooks::insert(session, &hook).await? {
                        return Ok((hook, vec![record]));
                    }
                    // Somebody else was faster.
                    let RepositoryHook { organization_id, repository, .. } = &hook;
                    let known =
                        repository_hooks::of_repository(session, *organization_id, repository)
                            .await?
                            .ok_or_else(|| Error::internal("a webhook came and went"))?;
                    Ok((known, Vec::new()))
                })
            })
            .await
    }

    async fn claim_hook(&self, id: RepositoryHookId) -> Result<Claim> {
        let owner = RequestId::generate(self.clock.as_ref(), self.entropy.as_ref()).to_string();
        for _ in 0..LOOKS_MAX {
            let (name, owner) = (format!("hook {id}"), owner.clone());
            let claim = self
                .committer
                .change(move |session| {
                    Box::pin(async move {
                        let claim = claims::take(session, &name, &owner, CLAIM_MILLIS).await?;
                        Ok((claim, Vec::new()))
                    })
                })
                .await?;
            if let Some(claim) = claim {
                return Ok(claim);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Err(Error::new(ErrorKind::Busy, "Somebody else is changing this webhook.")
            .hint("try again"))
    }

    async fn give_back(&self, claim: Claim) -> Result<()> {
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    claims::finish(session, &claim).await?;
                    Ok(((), Vec::new()))
                })
            })
            .await
    }

    /// Compares with what the provider has, and makes or mends it there.
    async fn settle_hook(
        &self,
        caller: &Caller,
        spot: &Spot,
        hook: &RepositoryHook,
        zeal: Zeal,
    ) -> Result<()> {
        let there = self.hooks_now(caller, spot).await?;
        let (done, remote) = match own(&there.items, hook) {
            None if !there.is_complete => {
                return Err(Error::new(
                    ErrorKind::Upstream,
                    "The repository has more webhooks than can be looked through.",
                )
                .hint("remove some that are not needed"));
            }
            None => ("made", self.make_hook(caller, spot, hook).await?),
            Some(found) if zeal == Zeal::Renew || !faults(spot, hook, found).is_empty() => {
                ("mended", self.mend_hook(caller, spot, hook, found).await?)
            }
            Some(found) if hook.remote_id.as_ref() == Some(&found.id) => return Ok(()),
            Some(found) => ("found again", found.clone()),
        };
        let record = self.done(caller, Action::HookSync, spot.about(done));
        let id = hook.id;
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    repository_hooks::set_remote(session, id, &remote.id).await?;
                    Ok(((), vec![record]))
                })
            })
            .await
    }

    async fn make_hook(&self, caller: &Caller, spot: &Spot, hook: &RepositoryHook) -> Result<Hook> {
        let wanted = WantedHook {
            url: spot.address(hook),
            events: EVENTS.to_vec(),
            secret: Some(self.open_hook_secret(hook).await?),
            is_active: true,
        };
        self.create_hook(caller, &spot.at, &wanted).await
    }

    async fn mend_hook(
        &self,
        caller: &Caller,
        spot: &Spot,
        hook: &RepositoryHook,
        found: &Hook,
    ) -> Result<Hook> {
        let change = UpdateHook {
            url: Some(spot.address(hook)),
            events: Some(EVENTS.to_vec()),
            secret: Some(self.open_hook_secret(hook).await?),
            is_active: Some(true),
        };
        self.update_hook(caller, &spot.at, &found.id, &change).await
    }
}
