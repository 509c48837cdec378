//! Webhooks of a repository at Gitee: with a password that is sent along, or with one that signs.

use http::Method;
use serde_json::Value;
use serde_json::json;

use super::access;
use super::errors;
use super::events;
use super::lists;
use super::shapes;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::changes;
use crate::deliver::NOTHING;
use crate::records::Hook;
use crate::records::Repository;
use crate::route::Route;
use crate::route::route;

pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/repos/{owner}/{repo}/hooks", "hook", "", list),
    route(Method::POST, "/repos/{owner}/{repo}/hooks", "hook", "", create),
    route(Method::GET, "/repos/{owner}/{repo}/hooks/{id}", "hook", "", one),
    route(Method::PATCH, "/repos/{owner}/{repo}/hooks/{id}", "hook", "", change),
    route(Method::DELETE, "/repos/{owner}/{repo}/hooks/{id}", "hook", "", delete),
    route(Method::POST, "/repos/{owner}/{repo}/hooks/{id}/tests", "hook", "", test),
];

/// What hooks may be told, as the fields are called.
const EVENTS: [&str; 5] =
    ["push_events", "tag_push_events", "issues_events", "note_events", "merge_requests_events"];

/// A hook, without its password.
fn written(call: &Call<'_>, repository: &Repository, hook: &Hook) -> Value {
    let base = format!("{}/repos/{}/hooks/{}", call.api_url(), repository.path, hook.id);
    let last = hook.deliveries.last();
    let mut body = json!({
        "id": hook.id,
        "url": hook.url,
        "created_at": shapes::moment(hook.created_at),
        "password": "",
        "project_id": repository.id,
        "result": last.map(|it| if it.status / 100 == 2 { "success" } else { "failed" }),
        "result_code": last.map(|it| it.status),
        "hook_url": base,
    });
    if let Some(fields) = body.as_object_mut() {
        for event in EVENTS {
            fields.insert(event.to_owned(), hook.events.iter().any(|it| it == event).into());
        }
    }
    body
}

fn list(call: &Call<'_>) -> Answered {
    let repository = access::ranked(call, access::ADMIN)?;
    let rows = {
        let state = call.state();
        let its = state.hooks.iter().filter(|it| it.repository == repository.path);
        its.map(|it| written(call, &repository, it)).collect()
    };
    lists::page(call, rows)
}

/// What a body says, in JSON or as a form.
fn said(call: &Call<'_>) -> Value {
    match call.json() {
        Value::Object(fields) => Value::Object(fields),
        _ => Value::Object(call.form().into_iter().map(|(k, v)| (k, v.into())).collect()),
    }
}

fn is_true(value: &Value) -> bool {
    matches!(value, Value::Bool(true)) || value.as_str() == Some("true")
}

/// Takes what a body says into a hook.
fn take(hook: &mut Hook, body: &Value) -> Result<(), Reply> {
    let url = body.get("url").and_then(Value::as_str).unwrap_or(&hook.url).to_owned();
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(errors::error(400, "url is invalid"));
    }
    hook.url = url;
    if let Some(password) = body.get("password").and_then(Value::as_str) {
        hook.secret = Some(password.to_owned()).filter(|it| !it.is_empty());
    }
    let kind = match body.get("encryption_type") {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.parse().ok(),
        _ => hook.details.get("encryption_type").and_then(Value::as_u64),
    };
    hook.details = json!({"encryption_type": kind.unwrap_or(0)});
    for event in EVENTS {
        if let Some(value) = body.get(event) {
            hook.events.retain(|it| it != event);
            if is_true(value) {
                hook.events.push(event.to_owned());
            }
        }
    }
    Ok(())
}

fn create(call: &Call<'_>) -> Answered {
    let repository = access::ranked(call, access::ADMIN)?;
    let mut hook = Hook {
        repository: repository.path.clone(),
        events: vec!["push_events".to_owned()],
        is_active: true,
        created_at: call.now,
        ..Hook::default()
    };
    take(&mut hook, &said(call))?;
    let mut state = call.state();
    hook.id = state.next_id();
    state.hooks.push(hook.clone());
    drop(state);
    Ok(Reply::json(201, &written(call, &repository, &hook)))
}

fn find(call: &Call<'_>) -> Result<(Repository, Hook), Reply> {
    let repository = access::ranked(call, access::ADMIN)?;
    let id = call.param("id").parse().unwrap_or_default();
    let found = call.state().hook_mut(&repository.path, id).cloned();
    Ok((repository, found.ok_or_else(errors::not_found)?))
}

fn one(call: &Call<'_>) -> Answered {
    let (repository, hook) = find(call)?;
    Ok(Reply::json(200, &written(call, &repository, &hook)))
}

fn change(call: &Call<'_>) -> Answered {
    let (repository, mut hook) = find(call)?;
    take(&mut hook, &said(call))?;
    if let Some(kept) = call.state().hook_mut(&repository.path, hook.id) {
        *kept = hook.clone();
    }
    Ok(Reply::json(200, &written(call, &repository, &hook)))
}

fn delete(call: &Call<'_>) -> Answered {
    let (_, hook) = find(call)?;
    call.state().hooks.retain(|it| it.id != hook.id);
    Ok(Reply::empty(204))
}

/// Delivers the newest commit as if it were just pushed.
fn test(call: &Call<'_>) -> Answered {
    let (repository, hook) = find(call)?;
    let bare = call.inner.bare(&repository);
    if let Some(head) = bare.resolve(&repository.default_branch) {
        let before = bare.resolve(&format!("{head}~1"));
        let places = (before.as_deref().unwrap_or(NOTHING), head.as_str());
        let reference = format!("refs/heads/{}", repository.default_branch);
        let push = call.inner.push(&repository, &reference, places, &changes::actor(call))?;
        call.inner.deliver_later(events::parcel_of(call.inner, &hook, &push));
    }
    Ok(Reply::empty(204))
}
