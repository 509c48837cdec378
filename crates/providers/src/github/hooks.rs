//! Webhooks of a GitHub repository.
//!
//! The event `push` is sent for tags too; it stands for both.

use async_trait::async_trait;
use domain::Error;
use domain::Result;
use domain::Secret;
use domain::url::Segments;
use serde_json::Value;
use serde_json::json;

use super::GitHub;
use super::repo;
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
use crate::limits;
use crate::shapes::Hook;
use crate::shapes::HookEvent;
use crate::shapes::Listed;
use crate::shapes::WantedHook;

/// The provider's word for each event.
const EVENTS: [(HookEvent, &str); 3] =
    [(HookEvent::Push, "push"), (HookEvent::Tag, "push"), (HookEvent::PullRequest, "pull_request")];

const DELIVERIES: Deliveries = Deliveries {
    event: "x-github-event",
    names: &["x-github-delivery"],
    proof: Proof::Body { header: "x-hub-signature-256", prefix: "sha256=" },
    kind: delivery::like_github,
};

#[async_trait]
impl Hooks for GitHub {
    fn deliveries(&self) -> Option<&'static Deliveries> {
        Some(&DELIVERIES)
    }

    async fn hooks(&self, api: &Api<'_>, path: &Segments) -> Result<Listed<Hook>> {
        let first = Call::get(repo(path, "/hooks?per_page=100"));
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
        let body = json!({
            "name": "web",
            "active": wanted.is_active,
            "events": words(wanted.events),
            "config": config(wanted)?,
        });
        let answer = api.call(Call::post(repo(path, "/hooks"), body)).await?;
        let is_there = answer.message().is_some_and(|said| said.contains("already exists"));
        if answer.code() == 422 && is_there {
            return Err(Error::conflict("The repository has this webhook already."));
        }
        read(&answer)
    }

    async fn update_hook(
        &self,
        api: &Api<'_>,
        path: &Segments,
        id: &str,
        wanted: &WantedHook<'_>,
    ) -> Result<Hook> {
        let target = repo(path, &format!("/hooks/{}", path::segment(id)));
        // A configuration without a secret would end the one that is there.
        let config_whole = wanted.secret.map(|_| config(wanted)).transpose()?;
        let body = object([
            ("active", Some(json!(wanted.is_active))),
            ("events", Some(json!(words(wanted.events)))),
            ("config", config_whole),
        ]);
        let hook = read(&api.call(Call::patch(&target, body)).await?)?;
        if hook.url == wanted.url {
            return Ok(hook);
        }
        // Here what is not named stays as it is.
        let call = Call::patch(format!("{target}/config"), config(wanted)?);
        let answer = api.call(call).await?;
        let url = text(&answer.value("webhook")?, "url").ok_or_else(|| answer.nonsense())?;
        Ok(Hook { url, ..hook })
    }

    async fn delete_hook(&self, api: &Api<'_>, path: &Segments, id: &str) -> Result<()> {
        let target = repo(path, &format!("/hooks/{}", path::segment(id)));
        api.call(Call::delete(target)).await?.accepted("webhook")
    }
}

fn words(events: &[HookEvent]) -> Vec<&'static str> {
    let mut words: Vec<&str> =
        EVENTS.iter().filter(|(event, _)| events.contains(event)).map(|(_, word)| *word).collect();
    words.dedup();
    words
}

fn config(wanted: &WantedHook<'_>) -> Result<Value> {
    let text = |secret: &Secret| {
        let text = secret.expose_text().map(|text| json!(text));
        text.ok_or_else(|| Error::invalid("The webhook's secret is no text."))
    };
    Ok(object([
        ("url", Some(json!(wanted.url))),
        ("content_type", Some(json!("json"))),
        ("insecure_ssl", Some(json!("0"))),
        ("secret", wanted.secret.map(text).transpose()?),
    ]))
}

fn read(answer: &Answer) -> Result<Hook> {
    hook(&answer.value("webhook")?).ok_or_else(|| answer.nonsense())
}

fn hook(value: &Value) -> Option<Hook> {
    let words = texts(value.get("events")).unwrap_or_default();
    let has = |word: &str| words.iter().any(|it| it == word || it == "*");
    let events = EVENTS.iter().filter(|(_, word)| has(word)).map(|(event, _)| *event);
    Some(Hook {
        id: text(value, "id")?,
        url: text_at(value, "/config/url")?,
        events: events.collect(),
        is_active: flag(value, "/active") == Some(true),
        // The secret itself is never told, only stars in its place.
        is_signed: Some(value.pointer("/config/secret").is_some()),
        created_at: moment(value, "created_at"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_to_words_and_back() {
        assert_eq!(words(&[HookEvent::Tag]), ["push"]);
        assert_eq!(
            words(&[HookEvent::PullRequest, HookEvent::Push, HookEvent::Tag]),
            ["push", "pull_request"]
        );
        let of = |events: Value| {
            let config = json!({"url": "https://x.example/h"});
            hook(&json!({"id": 1, "events": events, "config": config})).unwrap().events
        };
        assert_eq!(of(json!(["push", "issues"])), [HookEvent::Push, HookEvent::Tag]);
        assert_eq!(of(json!(["*"])).len(), 3);
        assert_eq!(of(json!("push")), []);
    }
}
