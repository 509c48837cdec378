//! Webhooks of a Data Center repository.
//!
//! One event tells about pushes of branches and of tags alike.

use async_trait::async_trait;
use domain::Error;
use domain::Result;
use domain::Secret;
use domain::url::Segments;
use serde_json::Value;
use serde_json::json;

use super::BitbucketDc;
use super::repo;
use crate::Api;
use crate::Deliveries;
use crate::Hooks;
use crate::api::Call;
use crate::api::Next;
use crate::api::path;
use crate::delivery;
use crate::delivery::Proof;
use crate::json::flag;
use crate::json::moment_of_millis;
use crate::json::object;
use crate::json::text;
use crate::json::text_at;
use crate::json::texts;
use crate::json::values;
use crate::limits;
use crate::shapes::Hook;
use crate::shapes::HookEvent;
use crate::shapes::Listed;
use crate::shapes::WantedHook;

const PUSH: &str = "repo:refs_changed";
const PULL_REQUEST: [&str; 6] =
    ["pr:opened", "pr:from_ref_updated", "pr:modified", "pr:merged", "pr:declined", "pr:deleted"];

const DELIVERIES: Deliveries = Deliveries {
    event: "x-event-key",
    names: &["x-request-id"],
    proof: Proof::Body { header: "x-hub-signature", prefix: "sha256=" },
    kind: delivery::bitbucket_dc,
};

#[async_trait]
impl Hooks for BitbucketDc {
    fn deliveries(&self) -> Option<&'static Deliveries> {
        Some(&DELIVERIES)
    }

    async fn hooks(&self, api: &Api<'_>, path: &Segments) -> Result<Listed<Hook>> {
        let first = Call::get(repo(path, "/webhooks?limit=100"));
        let found =
            api.list("list of webhooks", first, Next::Start, values, limits::ITEMS_MAX).await?;
        Ok(found.filter_map(|value| hook(&value)))
    }

    async fn create_hook(
        &self,
        api: &Api<'_>,
        path: &Segments,
        wanted: &WantedHook<'_>,
    ) -> Result<Hook> {
        send(api, Call::post(repo(path, "/webhooks"), body(wanted)?)).await
    }

    async fn update_hook(
        &self,
        api: &Api<'_>,
        path: &Segments,
        id: &str,
        wanted: &WantedHook<'_>,
    ) -> Result<Hook> {
        send(api, Call::put(of(path, id), body(wanted)?)).await
    }

    async fn delete_hook(&self, api: &Api<'_>, path: &Segments, id: &str) -> Result<()> {
        api.call(Call::delete(of(path, id))).await?.accepted("webhook")
    }
}

fn of(repository: &Segments, id: &str) -> String {
    repo(repository, &format!("/webhooks/{}", path::segment(id)))
}

async fn send(api: &Api<'_>, call: Call<'_>) -> Result<Hook> {
    let answer = api.call(call).await?;
    hook(&answer.value("webhook")?).ok_or_else(|| answer.nonsense())
}

/// A secret that is not named stays as it is.
fn body(wanted: &WantedHook<'_>) -> Result<Value> {
    let configuration = |secret: &Secret| {
        let text = secret.expose_text().map(|text| json!({ "secret": text }));
        text.ok_or_else(|| Error::invalid("The webhook's secret is no text."))
    };
    Ok(object([
        ("name", Some(json!("Claviger"))),
        ("url", Some(json!(wanted.url))),
        ("active", Some(json!(wanted.is_active))),
        ("configuration", wanted.secret.map(configuration).transpose()?),
        ("events", Some(json!(words(wanted.events)))),
    ]))
}

fn words(events: &[HookEvent]) -> Vec<&'static str> {
    let has = |event| events.contains(&event);
    let push = [PUSH].into_iter().filter(|_| has(HookEvent::Push) || has(HookEvent::Tag));
    let pull = PULL_REQUEST.into_iter().filter(|_| has(HookEvent::PullRequest));
    push.chain(pull).collect()
}

fn events(words: &[String]) -> Vec<HookEvent> {
    let has = |word: &str| words.iter().any(|it| it == word);
    let pushes = [HookEvent::Push, HookEvent::Tag].into_iter().filter(|_| has(PUSH));
    let pull = PULL_REQUEST.into_iter().any(has).then_some(HookEvent::PullRequest);
    pushes.chain(pull).collect()
}

fn hook(value: &Value) -> Option<Hook> {
    Some(Hook {
        id: text(value, "id")?,
        url: text(value, "url")?,
        events: events(&texts(value.get("events")).unwrap_or_default()),
        is_active: flag(value, "/active").unwrap_or(true),
        // Some versions hide it, so that its absence shows nothing.
        is_signed: text_at(value, "/configuration/secret").map(|_| true),
        created_at: moment_of_millis(value, "createdDate"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_there_and_back() {
        assert_eq!(words(&[HookEvent::Push, HookEvent::Tag]), [PUSH]);
        assert_eq!(words(&[HookEvent::PullRequest]), PULL_REQUEST);
        let read = |words: &[&str]| {
            events(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(read(&[PUSH, "mirror:repo_synchronized"]), [HookEvent::Push, HookEvent::Tag]);
        assert_eq!(read(&["pr:merged"]), [HookEvent::PullRequest]);
        assert_eq!(read(&["pr:comment:added"]), []);
    }
}
