//! Webhooks of a repository at its provider.

use domain::Error;
use domain::Result;
use domain::Secret;
use domain::access::Access;
use domain::access::Purpose;
use domain::limits;
use providers::shapes;
use providers::shapes::Hook;
use providers::shapes::HookEvent;
use providers::shapes::Listed;

use super::Place;
use super::RepositoryAt;
use super::arguments;
use crate::Broker;
use crate::Caller;
use crate::boxed;

/// A webhook to be made.
pub struct WantedHook {
    /// Where it sends to.
    pub url: String,
    /// What it listens for.
    pub events: Vec<HookEvent>,
    /// The secret that signs what it sends.
    pub secret: Option<Secret>,
    /// Whether it is switched on.
    pub is_active: bool,
}

/// A webhook to be changed; what is absent stays.
#[derive(Default)]
pub struct UpdateHook {
    /// Where it sends to.
    pub url: Option<String>,
    /// What it listens for.
    pub events: Option<Vec<HookEvent>>,
    /// A new secret.
    pub secret: Option<Secret>,
    /// Whether it is switched on.
    pub is_active: Option<bool>,
}

impl Broker {
    /// The webhooks of a repository.
    #[boxed]
    pub async fn hooks(&self, caller: &Caller, at: &RepositoryAt) -> Result<Listed<Hook>> {
        let place = Place::Repository(at);
        let way =
            self.way(caller, place, Purpose::Hooks(Access::Read), "list webhooks", Ok(())).await?;
        let api = way.api(self)?;
        let asked = way.adapter().hooks(&api, &way.path);
        self.look(caller, &way, &api, "hooks", asked).await
    }

    /// Makes a webhook.
    #[boxed]
    pub async fn create_hook(
        &self,
        caller: &Caller,
        at: &RepositoryAt,
        wanted: &WantedHook,
    ) -> Result<Hook> {
        let (place, checked) = (Place::Repository(at), check(&wanted.url, &wanted.events));
        let way = self
            .way(caller, place, Purpose::Hooks(Access::Write), "create a webhook", checked)
            .await?;
        let api = way.api(self)?;
        let hook = shapes::WantedHook {
            url: &wanted.url,
            events: &wanted.events,
            secret: wanted.secret.as_ref(),
            is_active: wanted.is_active,
        };
        let asked = way.adapter().create_hook(&api, &way.path, &hook);
        self.write(caller, &way, &api, asked).await
    }

    /// Changes a webhook.
    #[boxed]
    pub async fn update_hook(
        &self,
        caller: &Caller,
        at: &RepositoryAt,
        id: &str,
        change: &UpdateHook,
    ) -> Result<Hook> {
        let place = Place::Repository(at);
        let checked = arguments::id(id)
            .and_then(|()| change.url.as_deref().map_or(Ok(()), check_url))
            .and_then(|()| change.events.as_deref().map_or(Ok(()), check_events));
        let way = self
            .way(caller, place, Purpose::Hooks(Access::Write), "update a webhook", checked)
            .await?;
        let api = way.api(self)?;
        let asked = async {
            // Providers replace a webhook whole, so what stays is read first.
            let known = way.adapter().hooks(&api, &way.path).await?;
            let before = known.items.into_iter().find(|hook| hook.id == id);
            let before = before.ok_or_else(|| Error::not_found("webhook"))?;
            let hook = shapes::WantedHook {
                url: change.url.as_deref().unwrap_or(&before.url),
                events: change.events.as_deref().unwrap_or(&before.events),
                secret: change.secret.as_ref(),
                is_active: change.is_active.unwrap_or(before.is_active),
            };
            way.adapter().update_hook(&api, &way.path, id, &hook).await
        };
        self.write(caller, &way, &api, asked).await
    }

    /// Removes a webhook.
    #[boxed]
    pub async fn delete_hook(&self, caller: &Caller, at: &RepositoryAt, id: &str) -> Result<()> {
        let (place, checked) = (Place::Repository(at), arguments::id(id));
        let way = self
            .way(caller, place, Purpose::Hooks(Access::Write), "delete a webhook", checked)
            .await?;
        let api = way.api(self)?;
        let asked = way.adapter().delete_hook(&api, &way.path, id);
        self.write(caller, &way, &api, asked).await
    }
}

fn check(url: &str, events: &[HookEvent]) -> Result<()> {
    check_url(url)?;
    check_events(events)
}

fn check_events(events: &[HookEvent]) -> Result<()> {
    if events.is_empty() {
        return Err(Error::invalid("The webhook would listen for nothing.")
            .hint("events are push, tag and pull_request"));
    }
    Ok(())
}

fn check_url(url: &str) -> Result<()> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let is_plain = rest.is_some_and(|rest| !rest.is_empty())
        && url.len() <= limits::URL_BYTES_MAX
        && url.bytes().all(|byte| byte.is_ascii_graphic());
    if is_plain {
        return Ok(());
    }
    Err(Error::invalid("The webhook's address is not an http or https URL."))
}
