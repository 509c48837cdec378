//! How it stands with the webhook of a service, as its provider tells.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::policy::Permission;
use domain::provider::Provider;
use providers::shapes::Hook;
use providers::shapes::HookEvent;
use store::repository_hooks;
use store::repository_hooks::RepositoryHook;
use store::services::Service;

use super::EVENTS;
use super::HookState;
use super::HookStatus;
use super::Spot;
use super::own;
use crate::Broker;
use crate::Caller;
use crate::boxed;

/// What is wrong with a webhook, as parts of a sentence.
pub(super) fn faults(spot: &Spot, hook: &RepositoryHook, found: &Hook) -> Vec<&'static str> {
    let is_unsigned = found.is_signed == Some(false) && !spot.rules.may_repeat_secret();
    [
        (found.url != spot.address(hook), "sends to another address"),
        (!found.is_active, "is switched off"),
        (!missing(found).is_empty(), "does not listen for everything"),
        (is_unsigned, "does not sign what it sends"),
    ]
    .into_iter()
    .filter_map(|(is_so, words)| is_so.then_some(words))
    .collect()
}

fn missing(found: &Hook) -> Vec<HookEvent> {
    EVENTS.into_iter().filter(|event| !found.events.contains(event)).collect()
}

impl HookStatus {
    fn without(state: HookState, provider: Option<Provider>, reason: String) -> HookStatus {
        HookStatus { state, provider, missing_events: Vec::new(), reason: Some(reason) }
    }
}

impl Broker {
    /// How it stands with the webhook of a service's repository. A service without one is invalid.
    #[boxed]
    pub async fn hook_status(&self, caller: &Caller, service: &str) -> Result<HookStatus> {
        caller.require(Permission::Look)?;
        let service = self.service(caller, service).await?;
        match self.spot(&service).await? {
            Ok(spot) => self.status_at(caller, &spot).await,
            Err(reason) => Ok(no_hook(&service, reason)),
        }
    }

    pub(super) async fn status_at(&self, caller: &Caller, spot: &Spot) -> Result<HookStatus> {
        let provider = Some(spot.host.provider);
        let mut session = self.store.session().await?;
        let hook =
            repository_hooks::of_repository(&mut session, spot.organization_id, &spot.repository)
                .await?;
        drop(session);
        let none = |reason: &str| {
            HookStatus::without(HookState::NotConfigured, provider, reason.to_owned())
        };
        let Some(hook) = hook else { return Ok(none("No webhook was made yet: sync makes it.")) };
        let unable =
            |reason: String| HookStatus::without(HookState::UnableToVerify, provider, reason);
        // Looking needs the credential, which these roles may not use.
        if let Err(error) = caller.require(Permission::Lend) {
            return Ok(unable(error.message().to_owned()));
        }
        let there = match self.hooks_now(caller, spot).await {
            Ok(there) => there,
            Err(error) if is_ours(&error) => return Err(error),
            Err(error) => return Ok(unable(error.message().to_owned())),
        };
        let Some(found) = own(&there.items, &hook) else {
            return Ok(match there.is_complete {
                true => none("The webhook is not at its provider: sync makes it."),
                false => unable("The repository has too many webhooks to look through.".to_owned()),
            });
        };
        let faults = faults(spot, &hook, found);
        let is_right = faults.is_empty();
        Ok(HookStatus {
            state: if is_right { HookState::Active } else { HookState::Misconfigured },
            provider,
            missing_events: missing(found),
            reason: (!is_right)
                .then(|| format!("The webhook {}: sync mends it.", faults.join(" and "))),
        })
    }
}

/// Where there can be none.
pub(super) fn no_hook(service: &Service, reason: String) -> HookStatus {
    let provider = service.source.as_ref().and_then(|source| source.provider);
    HookStatus::without(HookState::NotConfigured, provider, reason)
}

/// A failure of ours tells nothing about the webhook.
fn is_ours(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Internal | ErrorKind::Unavailable)
}
