//! Webhooks of a repository on Gitee.
//!
//! There is a flag for each event. A secret is used to sign the moment of a delivery instead of being
//! sent with it. A webhook cannot be switched off.

use async_trait::async_trait;
use domain::Error;
use domain::Result;
use domain::Secret;
use domain::url::Segments;
use serde_json::Value;
use serde_json::json;

use super::Gitee;
use crate::Api;
use crate::Deliveries;
use crate::Hooks;
use crate::adapter::unsupported;
use crate::api::Answer;
use crate::api::Call;
use crate::api::Next;
use crate::api::path;
use crate::delivery;
use crate::delivery::Proof;
use crate::json::flag;
use crate::json::items;
use crate::json::link;
use crate::json::moment;
use crate::json::object;
use crate::json::text;
use crate::like_github::repo;
use crate::limits;
use crate::shapes::Hook;
use crate::shapes::HookEvent;
use crate::shapes::Listed;
use crate::shapes::WantedHook;

/// The flag of each event.
const EVENTS: [(HookEvent, &str); 3] = [
    (HookEvent::Push, "push_events"),
    (HookEvent::Tag, "tag_push_events"),
    (HookEvent::PullRequest, "merge_requests_events"),
];
/// Sign with the secret instead of sending it.
const SIGNED: u8 = 1;

const DELIVERIES: Deliveries = Deliveries {
    event: "x-gitee-event",
    names: &[],
    proof: Proof::Moment { sign: "x-gitee-token", timestamp: "x-gitee-timestamp" },
    kind: delivery::like_gitlab,
};

#[async_trait]
impl Hooks for Gitee {
    fn deliveries(&self) -> Option<&'static Deliveries> {
        Some(&DELIVERIES)
    }

    async fn hooks(&self, api: &Api<'_>, path: &Segments) -> Result<Listed<Hook>> {
        let first = Call::get(repo(path, "/hooks?per_page=100"));
        let listed =
            api.list("list of webhooks", first, Next::Count, items, limits::ITEMS_MAX).await?;
        Ok(listed.filter_map(|it| hook(&it)))
    }

    async fn create_hook(
        &self,
        api: &Api<'_>,
        path: &Segments,
        wanted: &WantedHook<'_>,
    ) -> Result<Hook> {
        read(&api.call(Call::post(repo(path, "/hooks"), body(api, wanted)?)).await?)
    }

    async fn update_hook(
        &self,
        api: &Api<'_>,
        path: &Segments,
        id: &str,
        wanted: &WantedHook<'_>,
    ) -> Result<Hook> {
        let target = repo(path, &format!("/hooks/{}", path::segment(id)));
        read(&api.call(Call::patch(target, body(api, wanted)?)).await?)
    }

    async fn delete_hook(&self, api: &Api<'_>, path: &Segments, id: &str) -> Result<()> {
        let target = repo(path, &format!("/hooks/{}", path::segment(id)));
        api.call(Call::delete(target)).await?.accepted("webhook")
    }
}

fn body(api: &Api<'_>, wanted: &WantedHook<'_>) -> Result<Value> {
    if !wanted.is_active {
        return Err(unsupported(api, "webhooks that are switched off"));
    }
    let secret = |secret: &Secret| {
        let text = secret.expose_text().map(|text| json!(text));
        text.ok_or_else(|| Error::invalid("The webhook's secret is no text."))
    };
    let flags = EVENTS.map(|(event, name)| (name, Some(json!(wanted.events.contains(&event)))));
    let others = [
        ("url", Some(json!(wanted.url))),
        ("encryption_type", wanted.secret.map(|_| json!(SIGNED))),
        ("password", wanted.secret.map(secret).transpose()?),
    ];
    Ok(object(flags.into_iter().chain(others)))
}

fn read(answer: &Answer) -> Result<Hook> {
    hook(&answer.value("webhook")?).ok_or_else(|| answer.nonsense())
}

fn hook(value: &Value) -> Option<Hook> {
    let is_on = |name: &str| value.get(name).and_then(Value::as_bool) == Some(true);
    let events = EVENTS.iter().filter(|(_, name)| is_on(name)).map(|(event, _)| *event);
    Some(Hook {
        id: text(value, "id")?,
        url: link(value, "/url")?,
        events: events.collect(),
        is_active: flag(value, "/active") != Some(false),
        is_signed: value
            .get("encryption_type")
            .and_then(Value::as_u64)
            .map(|it| it == u64::from(SIGNED)),
        created_at: moment(value, "created_at"),
    })
}
