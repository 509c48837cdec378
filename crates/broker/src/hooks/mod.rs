//! The webhooks that Claviger makes for the repositories that services are built from.
//!
//! One for each repository of an organization. It is written down, with the word its path ends in and
//! its sealed secret, before the provider hears of it: whatever crashes in between, the next round
//! finds it there by that word and makes no second one. None is made unless the operator said at
//! which address providers reach this server.
//!
//! Deliberately not here: webhooks that people manage themselves (`browse/hooks.rs`), and what
//! follows from an event.

mod drop;
mod ensure;
mod limits;
mod list;
mod receive;
mod secret;
mod status;
mod sync;
mod watch;

use domain::Error;
use domain::Result;
use domain::host::Host;
use domain::id::CredentialId;
use domain::id::OrganizationId;
use domain::provider::Provider;
use domain::url::Segments;
use domain::url::parse_repository;
use providers::Deliveries;
use providers::shapes::Hook;
use providers::shapes::HookEvent;
use store::repository_hooks::RepositoryHook;
use store::services::Service;

use crate::Broker;
use crate::RepositoryAt;
use crate::guarded::About;

pub use receive::Incoming;
pub use receive::Received;

/// What our webhooks listen for.
const EVENTS: [HookEvent; 3] = [HookEvent::Push, HookEvent::Tag, HookEvent::PullRequest];
/// Where providers send to, below the public URL.
const PATH: &str = "hooks";

/// How it stands with the webhook of a service's repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookState {
    /// It is there, and as it should be.
    Active,
    /// There is none.
    NotConfigured,
    /// It is there, and not as it should be.
    Misconfigured,
    /// Nobody could be asked.
    UnableToVerify,
}

impl HookState {
    /// The word that is shown.
    pub const fn word(self) -> &'static str {
        match self {
            HookState::Active => "active",
            HookState::NotConfigured => "not_configured",
            HookState::Misconfigured => "misconfigured",
            HookState::UnableToVerify => "unable_to_verify",
        }
    }
}

/// The same with the reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookStatus {
    /// How it stands.
    pub state: HookState,
    /// The provider, if it is known.
    pub provider: Option<Provider>,
    /// What it should listen for and does not.
    pub missing_events: Vec<HookEvent>,
    /// Why it is not active, as a sentence.
    pub reason: Option<String>,
}

/// A repository that can have a webhook of ours.
struct Spot {
    organization_id: OrganizationId,
    at: RepositoryAt,
    repository: String,
    host: Host,
    path: Segments,
    rules: &'static Deliveries,
    base: String,
}

impl Spot {
    /// The address that a webhook sends to.
    fn address(&self, hook: &RepositoryHook) -> String {
        format!("{}{}", self.base, ending(hook))
    }

    fn about(&self, detail: &str) -> About {
        About { repository: Some(self.repository.clone()), ..About::default() }.detail(detail)
    }
}

/// What the address of a webhook ends in; nobody else's does.
fn ending(hook: &RepositoryHook) -> String {
    format!("/{PATH}/{}", hook.opaque)
}

/// Ours among those that are there: by its address, or else by its id.
fn own<'a>(hooks: &'a [Hook], hook: &RepositoryHook) -> Option<&'a Hook> {
    let end = ending(hook);
    let by_address = hooks.iter().find(|it| it.url.ends_with(&end));
    by_address.or_else(|| hooks.iter().find(|it| Some(&it.id) == hook.remote_id.as_ref()))
}

impl Broker {
    /// Where the webhook of a service belongs, or in a sentence why there can be none.
    async fn spot(&self, service: &Service) -> Result<std::result::Result<Spot, String>> {
        let source = service.source.as_ref().ok_or_else(|| {
            Error::invalid(format!("{} is not built from a Git repository.", service.path()))
                .hint("only a service with a Git source has a webhook")
        })?;
        self.spot_of(service.organization_id, &source.repository, source.credential_id).await
    }

    async fn spot_of(
        &self,
        organization_id: OrganizationId,
        repository: &str,
        credential_id: Option<CredentialId>,
    ) -> Result<std::result::Result<Spot, String>> {
        let Some(url) = &self.settings.hooks_url else {
            return Ok(Err("This server has no public URL that providers could reach: \
                           set --public-url, then sync."
                .to_owned()));
        };
        let target = self.target(organization_id, &parse_repository(repository)?).await?;
        let Some(target) = target else {
            return Ok(Err("The host of this repository is not registered.".to_owned()));
        };
        let provider = target.host.provider;
        let Some(rules) = providers::adapter(provider).deliveries() else {
            let word = provider.word();
            return Ok(Err(format!("The provider {word} does not offer webhooks.")));
        };
        let credential = credential_id.map(|id| id.to_string());
        Ok(Ok(Spot {
            organization_id,
            at: RepositoryAt { url: repository.to_owned(), credential },
            repository: repository.to_owned(),
            path: target.host.path_key(&target.repository),
            host: target.host,
            rules,
            base: url.to_string(),
        }))
    }

    /// What is there, asked of the provider itself.
    async fn hooks_now(
        &self,
        caller: &crate::Caller,
        spot: &Spot,
    ) -> Result<providers::shapes::Listed<Hook>> {
        self.kept.forget(spot.host.id, &spot.path);
        self.hooks(caller, &spot.at).await
    }
}
