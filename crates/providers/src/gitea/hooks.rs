//! Webhooks of a repository on Gitea and Forgejo.
//!
//! The event `push` is sent for branches and tags; `create` and `delete` tell of tags, too, and which
//! of them is meant is in what they send.

use async_trait::async_trait;
use domain::Error;
use domain::Result;
use domain::Secret;
use domain::url::Segments;
use serde_json::Value;
use serde_json::json;

use super::Gitea;
use crate::Api;
use crate::Deliveries;
use crate::Hooks;
use crate::api::Answer;
use crate::api::Call;
use crate::api::Next;
use crate::api::path;
use crate::delivery;
use crate::delivery::Proof;
use crate::json::flag;
use crate::json::items;
use crate::json::moment;
use crate::json::object;
use crate::json::text;
use crate::json::text_at;
use crate::json::texts;
use crate::like_github::repo;
use crate::limits;
use crate::shapes::Hook;
use crate::shapes::HookEvent;
use crate::shapes::Listed;
use crate::shapes::WantedHook;

/// The provider's words for each event; the first is the one that tells it.
const EVENTS: [(HookEvent, &[&str]); 3] = [
    (HookEvent::Push, &["push"]),
    (HookEvent::Tag, &["create", "delete"]),
    (HookEvent::PullRequest, &["pull_request", "pull_request_sync"]),
];

/// The deliveries of Gitea.
pub(super) const DELIVERIES: Deliveries = Deliveries {
    event: "x-gitea-event",
    names: &["x-gitea-delivery"],
    proof: Proof::Body { header: "x-gitea-signature", prefix: "" },
    kind: delivery::like_github,
};

#[async_trait]
impl Hooks for Gitea {
    fn deliveries(&self) -> Option<&'static Deliveries> {
        Some(self.deliveries)
    }

    async fn hooks(&self, api: &Api<'_>, path: &Segments) -> Result<Listed<Hook>> {
        let first = Call::get(repo(path, "/hooks?limit=50"));
        let listed =
            api.list("list of webhooks", first, Next::Link, items, limits::ITEMS_MAX).await?;
        Ok(listed.filter_map(|it| hook(&it)))
    }

    async fn create_hook(
        &self,
        api: &Api<'_>,
        path: &Segments,
        wanted: &WantedHook<'_>,
    ) -> Result<Hook> {
        let mut body = changed(wanted)?;
        if let Some(fields) = body.as_object_mut() {
            fields.insert("type".to_owned(), json!(self.hook_type));
        }
        read(&api.call(Call::post(repo(path, "/hooks"), body)).await?)
    }

    async fn update_hook(
        &self,
        api: &Api<'_>,
        path: &Segments,
        id: &str,
        wanted: &WantedHook<'_>,
    ) -> Result<Hook> {
        let target = repo(path, &format!("/hooks/{}", path::segment(id)));
        read(&api.call(Call::patch(target, changed(wanted)?)).await?)
    }

    async fn delete_hook(&self, api: &Api<'_>, path: &Segments, id: &str) -> Result<()> {
        let target = repo(path, &format!("/hooks/{}", path::segment(id)));
        api.call(Call::delete(target)).await?.accepted("webhook")
    }
}

/// What making and changing have in common. A secret that is not named stays as it is.
fn changed(wanted: &WantedHook<'_>) -> Result<Value> {
    let secret = |secret: &Secret| {
        let text = secret.expose_text().map(|text| json!(text));
        text.ok_or_else(|| Error::invalid("The webhook's secret is no text."))
    };
    let config = object([
        ("url", Some(json!(wanted.url))),
        ("content_type", Some(json!("json"))),
        ("secret", wanted.secret.map(secret).transpose()?),
    ]);
    let words = EVENTS.iter().filter(|(event, _)| wanted.events.contains(event));
    let words: Vec<&str> = words.flat_map(|(_, words)| words.iter().copied()).collect();
    Ok(json!({ "active": wanted.is_active, "events": words, "config": config }))
}

fn read(answer: &Answer) -> Result<Hook> {
    hook(&answer.value("webhook")?).ok_or_else(|| answer.nonsense())
}

fn hook(value: &Value) -> Option<Hook> {
    let words = texts(value.get("events")).unwrap_or_default();
    let tells =
        |known: &[&str]| known.first().is_some_and(|it| words.iter().any(|word| word == it));
    let events = EVENTS.iter().filter(|(_, known)| tells(known)).map(|(event, _)| *event);
    Some(Hook {
        id: text(value, "id")?,
        url: text_at(value, "/config/url")?,
        events: events.collect(),
        is_active: flag(value, "/active") == Some(true),
        // Whether there is a secret is never told.
        is_signed: None,
        created_at: moment(value, "created_at"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_to_words_and_back() {
        let all = [HookEvent::Push, HookEvent::Tag, HookEvent::PullRequest];
        for events in [&all[..], &all[1..2], &all[..1], &[]] {
            let wanted =
                WantedHook { url: "https://x.example/h", events, secret: None, is_active: true };
            let mut body = changed(&wanted).unwrap();
            body["id"] = json!(7);
            assert_eq!(hook(&body).unwrap().events, events);
        }
        let config = json!({ "url": "https://x.example/h" });
        let other = json!({ "id": 7, "events": ["issues", "wiki"], "config": config });
        assert_eq!(hook(&other).unwrap().events, []);
    }
}
