//! Webhooks of a repository at a Bitbucket Data Center.

use http::Method;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::access;
use super::errors;
use super::events;
use super::lists;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::records::Hook;
use crate::records::Repository;
use crate::route::Route;
use crate::route::route;

#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/projects/{project}/repos/{repo}/webhooks", "", "", list),
    route(Method::POST, "/projects/{project}/repos/{repo}/webhooks", "", "", create),
    route(Method::POST, "/projects/{project}/repos/{repo}/webhooks/test", "", "", test),
    route(Method::GET, "/projects/{project}/repos/{repo}/webhooks/{id}", "", "", one),
    route(Method::PUT, "/projects/{project}/repos/{repo}/webhooks/{id}", "", "", change),
    route(Method::DELETE, "/projects/{project}/repos/{repo}/webhooks/{id}", "", "", delete),
];

/// What hooks may be told.
const EVENTS: [&str; 18] = [
    "repo:refs_changed",
    "repo:modified",
    "repo:forked",
    "repo:secret_detected",
    "repo:comment:added",
    "repo:comment:edited",
    "repo:comment:deleted",
    "pr:opened",
    "pr:from_ref_updated",
    "pr:to_ref_updated",
    "pr:modified",
    "pr:reviewer:updated",
    "pr:reviewer:approved",
    "pr:reviewer:unapproved",
    "pr:reviewer:needs_work",
    "pr:merged",
    "pr:declined",
    "pr:deleted",
];

/// A hook, without its secret.
fn written(hook: &Hook) -> Value {
    let detail = |name: &str| hook.details.get(name).cloned().unwrap_or_default();
    json!({
        "id": hook.id,
        "name": detail("name"),
        "createdDate": hook.created_at.millis(),
        "updatedDate": hook.updated_at.millis(),
        "events": hook.events,
        "configuration": detail("configuration"),
        "url": hook.url,
        "active": hook.is_active,
        "scopeType": "repository",
        "sslVerificationRequired": detail("sslVerificationRequired"),
    })
}

fn list(call: &Call<'_>) -> Answered {
    let repository = access::ranked(call, access::ADMIN)?;
    let wanted = call.query("event");
    let rows = {
        let state = call.state();
        let its = state.hooks.iter().filter(|it| it.repository == repository.path);
        let its =
            its.filter(|it| wanted.is_none_or(|event| it.events.iter().any(|it| it == event)));
        its.map(written).collect()
    };
    lists::page(call, rows)
}

/// Takes what a body says into a hook. A secret that is not said stays.
fn take(call: &Call<'_>, hook: &mut Hook, body: &Value) -> Result<(), Reply> {
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    for name in ["name", "url"] {
        if text(name).is_empty() {
            return Err(errors::invalid(name, &format!("The {name} must not be empty.")));
        }
    }
    if !text("url").starts_with("http") {
        return Err(errors::invalid("url", "The URL must be http or https."));
    }
    let events: Vec<String> = body
        .get("events")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|it| it.as_str().map(ToOwned::to_owned))
        .collect();
    if let Some(unknown) = events.iter().find(|it| !EVENTS.contains(&it.as_str())) {
        return Err(errors::invalid("events", &format!("{unknown} is not a known event.")));
    }
    if events.is_empty() {
        return Err(errors::invalid("events", "At least one event is needed."));
    }
    let mut configuration =
        body.get("configuration").and_then(Value::as_object).cloned().unwrap_or_else(Map::new);
    if let Some(secret) = configuration.remove("secret") {
        let secret = secret.as_str().filter(|it| !it.is_empty());
        hook.secret = secret.map(ToOwned::to_owned);
    }
    hook.url = text("url").to_owned();
    hook.events = events;
    hook.is_active = body.get("active").and_then(Value::as_bool).unwrap_or(true);
    hook.details = json!({
        "name": text("name"),
        "configuration": configuration,
        "sslVerificationRequired": body.get("sslVerificationRequired") != Some(&false.into()),
    });
    hook.updated_at = call.now;
    Ok(())
}

fn create(call: &Call<'_>) -> Answered {
    let repository = access::ranked(call, access::ADMIN)?;
    let mut hook = Hook { repository: repository.path, created_at: call.now, ..Hook::default() };
    take(call, &mut hook, &call.json())?;
    let mut state = call.state();
    hook.id = state.next_id();
    let body = written(&hook);
    state.hooks.push(hook);
    Ok(Reply::json(201, &body))
}

fn find(call: &Call<'_>) -> Result<(Repository, Hook), Reply> {
    let repository = access::ranked(call, access::ADMIN)?;
    let id = call.param("id").parse().unwrap_or_default();
    let found = call.state().hook_mut(&repository.path, id).cloned();
    let absent = || {
        errors::not_found(
            &format!("Webhook {id} does not exist."),
            "webhook.NoSuchWebhookException",
        )
    };
    Ok((repository, found.ok_or_else(absent)?))
}

fn one(call: &Call<'_>) -> Answered {
    let (_, hook) = find(call)?;
    Ok(Reply::json(200, &written(&hook)))
}

fn change(call: &Call<'_>) -> Answered {
    let (repository, mut hook) = find(call)?;
    take(call, &mut hook, &call.json())?;
    if let Some(kept) = call.state().hook_mut(&repository.path, hook.id) {
        *kept = hook.clone();
    }
    Ok(Reply::json(200, &written(&hook)))
}

fn delete(call: &Call<'_>) -> Answered {
    let (_, hook) = find(call)?;
    call.state().hooks.retain(|it| it.id != hook.id);
    Ok(Reply::empty(204))
}

/// Sends the event for trying out to a hook that there is.
fn test(call: &Call<'_>) -> Answered {
    let repository = access::ranked(call, access::ADMIN)?;
    let id = call.query("webhookId").and_then(|it| it.parse().ok()).unwrap_or_default();
    let hook = call.state().hook_mut(&repository.path, id).cloned();
    let hook = hook.ok_or_else(|| errors::invalid("url", "The URL must not be empty."))?;
    call.inner.deliver_later(events::ping(call.inner, &hook));
    let request = json!({"method": "POST", "url": hook.url});
    Ok(Reply::json(200, &json!({"request": request, "response": {"status": 200, "body": ""}})))
}
