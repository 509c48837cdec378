//! Webhooks of a GitLab project.
//!
//! Deliveries are signed where the instance can do so; it says so in its answer. An older one is
//! given the secret as the token it repeats in every delivery.

use async_trait::async_trait;
use domain::Error;
use domain::Result;
use domain::Secret;
use domain::url::Segments;
use serde_json::Value;
use serde_json::json;

use super::GitLab;
use super::project;
use crate::Api;
use crate::Deliveries;
use crate::Hooks;
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
/// The field of a secret that signs deliveries, and of one that is repeated in them.
const SIGNING: &str = "signing_token";
const TOKEN: &str = "token";
/// Secrets of this form can sign.
const SIGNING_PREFIX: &str = "whsec_";

const DELIVERIES: Deliveries = Deliveries {
    event: "x-gitlab-event",
    names: &["idempotency-key", "x-gitlab-webhook-uuid"],
    proof: Proof::Standard { token: "x-gitlab-token" },
    kind: delivery::like_gitlab,
};

#[async_trait]
impl Hooks for GitLab {
    fn deliveries(&self) -> Option<&'static Deliveries> {
        Some(&DELIVERIES)
    }

    async fn hooks(&self, api: &Api<'_>, path: &Segments) -> Result<Listed<Hook>> {
        let first = Call::get(project(path, "/hooks?per_page=100"));
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
        let field = field(wanted);
        let call = Call::post(project(path, "/hooks"), body(wanted, field)?);
        let made = send(api, call).await?;
        if field != SIGNING || made.is_signed == Some(true) {
            return Ok(made);
        }
        match repeat(api, path, &made.id, wanted).await {
            Ok(hook) => Ok(hook),
            Err(error) => {
                // A webhook whose deliveries prove nothing must not stay.
                let _ = self.delete_hook(api, path, &made.id).await;
                Err(error)
            }
        }
    }

    async fn update_hook(
        &self,
        api: &Api<'_>,
        path: &Segments,
        id: &str,
        wanted: &WantedHook<'_>,
    ) -> Result<Hook> {
        let field = field(wanted);
        let changed = send(api, Call::put(hook_path(path, id), body(wanted, field)?)).await?;
        if field != SIGNING || changed.is_signed == Some(true) || wanted.secret.is_none() {
            return Ok(changed);
        }
        repeat(api, path, id, wanted).await
    }

    async fn delete_hook(&self, api: &Api<'_>, path: &Segments, id: &str) -> Result<()> {
        api.call(Call::delete(hook_path(path, id))).await?.accepted("webhook")
    }
}

fn hook_path(repository: &Segments, id: &str) -> String {
    project(repository, &format!("/hooks/{}", path::segment(id)))
}

/// The field that takes the secret.
fn field(wanted: &WantedHook<'_>) -> &'static str {
    let text = wanted.secret.and_then(Secret::expose_text);
    if text.is_some_and(|text| text.starts_with(SIGNING_PREFIX)) { SIGNING } else { TOKEN }
}

fn body(wanted: &WantedHook<'_>, field: &'static str) -> Result<Value> {
    // There is no switch but to listen for nothing.
    let is_on = |event: &HookEvent| wanted.is_active && wanted.events.contains(event);
    let flags = EVENTS.iter().map(|(event, flag)| (*flag, Some(json!(is_on(event)))));
    let text = |secret: &Secret| {
        let text = secret.expose_text().map(|text| json!(text));
        text.ok_or_else(|| Error::invalid("The webhook's secret is no text."))
    };
    let fixed = [
        ("url", Some(json!(wanted.url))),
        ("enable_ssl_verification", Some(json!(true))),
        (field, wanted.secret.map(text).transpose()?),
    ];
    Ok(object(flags.chain(fixed)))
}

async fn send(api: &Api<'_>, call: Call<'_>) -> Result<Hook> {
    let answer = api.call(call).await?;
    hook(&answer.value("webhook")?).ok_or_else(|| answer.nonsense())
}

/// Gives the secret to an instance that cannot sign with it.
async fn repeat(api: &Api<'_>, path: &Segments, id: &str, wanted: &WantedHook<'_>) -> Result<Hook> {
    let hook = send(api, Call::put(hook_path(path, id), body(wanted, TOKEN)?)).await?;
    Ok(Hook { is_signed: Some(false), ..hook })
}

fn hook(value: &Value) -> Option<Hook> {
    let is_on = |name: &str| flag(value, &format!("/{name}")) == Some(true);
    let events = EVENTS.iter().filter(|(_, name)| is_on(name)).map(|(event, _)| *event);
    Some(Hook {
        id: text(value, "id")?,
        url: text(value, "url")?,
        events: events.collect(),
        is_active: text(value, "alert_status").as_deref() != Some("disabled"),
        is_signed: flag(value, "/signing_token_present"),
        created_at: moment(value, "created_at"),
    })
}
