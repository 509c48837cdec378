//! Webhooks of a repository at GitHub, and what they delivered.

use http::Method;
use serde_json::Value;
use serde_json::json;

use super::access;
use super::errors;
use super::events;
use super::lists;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::codes;
use crate::deliver::Parcel;
use crate::moments;
use crate::paging;
use crate::paging::Page;
use crate::records::Delivery;
use crate::records::Hook;
use crate::records::Repository;
use crate::route::Route;
use crate::route::route;

const READ: &str = "repository_hooks=read";
const WRITE: &str = "repository_hooks=write";
const READ_SCOPES: &str = "admin:repo_hook, public_repo, read:repo_hook, repo, write:repo_hook";
const WRITE_SCOPES: &str = "admin:repo_hook, public_repo, repo, write:repo_hook";
const DELETE_SCOPES: &str = "admin:repo_hook, public_repo, repo";
/// Hooks a repository may have for one event.
const HOOKS_OF_EVENT_MAX: usize = 20;

#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/repos/{owner}/{repo}/hooks", READ_SCOPES, READ, list),
    route(Method::POST, "/repos/{owner}/{repo}/hooks", WRITE_SCOPES, WRITE, create),
    route(Method::GET, "/repos/{owner}/{repo}/hooks/{id}", READ_SCOPES, READ, one),
    route(Method::PATCH, "/repos/{owner}/{repo}/hooks/{id}", WRITE_SCOPES, WRITE, change),
    route(Method::PATCH, "/repos/{owner}/{repo}/hooks/{id}/config", WRITE_SCOPES, WRITE, configure),
    route(Method::DELETE, "/repos/{owner}/{repo}/hooks/{id}", DELETE_SCOPES, WRITE, delete),
    route(Method::POST, "/repos/{owner}/{repo}/hooks/{id}/pings", READ_SCOPES, READ, ping),
    route(Method::POST, "/repos/{owner}/{repo}/hooks/{id}/tests", READ_SCOPES, READ, test),
    route(Method::GET, "/repos/{owner}/{repo}/hooks/{id}/deliveries", READ_SCOPES, READ, deliveries),
    route(Method::GET, "/repos/{owner}/{repo}/hooks/{id}/deliveries/{delivery}", READ_SCOPES, READ, delivery),
    route(Method::POST, "/repos/{owner}/{repo}/hooks/{id}/deliveries/{delivery}/attempts", WRITE_SCOPES, WRITE, again),
];

/// A hook, without its secret.
pub(super) fn written(api_url: &str, hook: &Hook) -> Value {
    let base = format!("{api_url}/repos/{}/hooks/{}", hook.repository, hook.id);
    let detail = |name: &str, otherwise: &str| {
        hook.details.get(name).cloned().unwrap_or_else(|| otherwise.into())
    };
    let mut config = json!({
        "url": hook.url,
        "content_type": detail("content_type", "form"),
        "insecure_ssl": detail("insecure_ssl", "0"),
    });
    if let (Some(_), Some(fields)) = (&hook.secret, config.as_object_mut()) {
        fields.insert("secret".to_owned(), "********".into());
    }
    let last = match hook.deliveries.last() {
        Some(it) => json!({"code": it.status, "status": "active", "message": word(it)}),
        None => json!({"code": null, "status": "unused", "message": null}),
    };
    json!({
        "type": "Repository",
        "id": hook.id,
        "name": "web",
        "active": hook.is_active,
        "events": hook.events,
        "config": config,
        "updated_at": moments::seconds(hook.updated_at),
        "created_at": moments::seconds(hook.created_at),
        "url": base,
        "test_url": format!("{base}/test"),
        "ping_url": format!("{base}/pings"),
        "deliveries_url": format!("{base}/deliveries"),
        "last_response": last,
    })
}

fn list(call: &Call<'_>) -> Answered {
    let repository = access::repository(call)?;
    let api_url = call.api_url();
    let rows = {
        let state = call.state();
        let its = state.hooks.iter().filter(|it| it.repository == repository.path);
        its.map(|it| written(&api_url, it)).collect()
    };
    lists::page(call, rows)
}

fn fault(message: &str) -> Reply {
    errors::invalid_with(&[json!({"resource": "Hook", "code": "custom", "message": message})])
}

/// Takes what a body says into a hook.
fn take(hook: &mut Hook, body: &Value) -> Result<(), Reply> {
    let texts = |name: &str| -> Option<Vec<String>> {
        let list = body.get(name)?.as_array()?;
        Some(list.iter().filter_map(|it| it.as_str().map(ToOwned::to_owned)).collect())
    };
    if let Some(config) = body.get("config") {
        let text = |name: &str| config.get(name).and_then(Value::as_str);
        hook.url = text("url").unwrap_or_default().to_owned();
        hook.secret = text("secret").filter(|it| !it.is_empty()).map(ToOwned::to_owned);
        let insecure = match config.get("insecure_ssl") {
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::String(text)) => text.clone(),
            _ => "0".to_owned(),
        };
        let content_type = text("content_type").unwrap_or("form");
        hook.details = json!({"content_type": content_type, "insecure_ssl": insecure});
    }
    if hook.url.is_empty() {
        return Err(fault("Config must contain URL for webhooks"));
    }
    if let Some(events) = texts("events") {
        hook.events = events;
    }
    hook.events.extend(texts("add_events").unwrap_or_default());
    let removed = texts("remove_events").unwrap_or_default();
    hook.events.retain(|event| !removed.contains(event));
    if hook.events.is_empty() {
        hook.events.push("push".to_owned());
    }
    hook.is_active = body.get("active").and_then(Value::as_bool).unwrap_or(hook.is_active);
    Ok(())
}

fn create(call: &Call<'_>) -> Answered {
    let repository = access::repository(call)?;
    let body = call.json();
    if body.get("name").and_then(Value::as_str).is_some_and(|name| name != "web") {
        return Err(fault("The name must be web"));
    }
    let mut hook = Hook {
        repository: repository.path.clone(),
        is_active: true,
        created_at: call.now,
        updated_at: call.now,
        ..Hook::default()
    };
    take(&mut hook, &body)?;
    {
        let mut state = call.state();
        let its = |it: &&Hook| it.repository == repository.path;
        if state.hooks.iter().filter(its).any(|it| it.url == hook.url && it.events == hook.events) {
            return Err(fault("Hook already exists on this repository"));
        }
        for event in &hook.events {
            let count =
                state.hooks.iter().filter(its).filter(|it| it.events.contains(event)).count();
            if count >= HOOKS_OF_EVENT_MAX {
                let message = format!("The \"{event}\" event cannot have more than 20 hooks");
                return Err(fault(&message));
            }
        }
        hook.id = state.next_id();
        state.hooks.push(hook.clone());
    }
    if hook.is_active {
        call.inner.deliver_later(events::ping(call.inner, &repository, &hook));
    }
    let reply = Reply::json(201, &written(&call.api_url(), &hook));
    let address = format!("{}/repos/{}/hooks/{}", call.api_url(), repository.path, hook.id);
    Ok(reply.header("location", address))
}

/// The hook of the path. The right is looked at first: who has none learns of no hook.
fn find(call: &Call<'_>) -> Result<(Repository, Hook), Reply> {
    let repository = access::repository(call)?;
    let id = call.param("id").parse().map_err(|_| errors::not_found())?;
    let hook = call.state().hook_mut(&repository.path, id).cloned();
    Ok((repository, hook.ok_or_else(errors::not_found)?))
}

fn one(call: &Call<'_>) -> Answered {
    let (_, hook) = find(call)?;
    Ok(Reply::json(200, &written(&call.api_url(), &hook)))
}

fn change(call: &Call<'_>) -> Answered {
    let (repository, hook) = find(call)?;
    let mut state = call.state();
    let found = state.hook_mut(&repository.path, hook.id).ok_or_else(errors::not_found)?;
    let mut changed = found.clone();
    take(&mut changed, &call.json())?;
    changed.updated_at = call.now;
    *found = changed;
    Ok(Reply::json(200, &written(&call.api_url(), found)))
}

/// Changes single parts of the configuration; the others stay as they are, the secret too.
fn configure(call: &Call<'_>) -> Answered {
    let (repository, hook) = find(call)?;
    let mut state = call.state();
    let found = state.hook_mut(&repository.path, hook.id).ok_or_else(errors::not_found)?;
    let shown = written(&call.api_url(), found);
    let mut config = shown.get("config").cloned().unwrap_or_default();
    if let Some(fields) = config.as_object_mut() {
        fields.insert("secret".to_owned(), found.secret.clone().into());
        fields.extend(call.json().as_object().cloned().unwrap_or_default());
    }
    take(found, &json!({ "config": config }))?;
    found.updated_at = call.now;
    let changed = written(&call.api_url(), found);
    Ok(Reply::json(200, changed.get("config").unwrap_or(&Value::Null)))
}

fn delete(call: &Call<'_>) -> Answered {
    let (_, hook) = find(call)?;
    call.state().hooks.retain(|it| it.id != hook.id);
    Ok(Reply::empty(204))
}

fn ping(call: &Call<'_>) -> Answered {
    let (repository, hook) = find(call)?;
    call.inner.deliver_later(events::ping(call.inner, &repository, &hook));
    Ok(Reply::empty(204))
}

/// Delivers the newest push again, if the hook wants pushes.
fn test(call: &Call<'_>) -> Answered {
    let (repository, hook) = find(call)?;
    let bare = call.inner.bare(&repository);
    let user = call.caller.user().cloned().unwrap_or_default();
    if let Some(head) = bare.resolve(&repository.default_branch) {
        let before = bare.resolve(&format!("{head}~1"));
        let places = (before.as_deref().unwrap_or(crate::deliver::NOTHING), head.as_str());
        let reference = format!("refs/heads/{}", repository.default_branch);
        let push = call.inner.push(&repository, &reference, places, &user)?;
        if let Some(parcel) = events::push(call.inner, &hook, &push) {
            call.inner.deliver_later(parcel);
        }
    }
    Ok(Reply::empty(204))
}

fn word(it: &Delivery) -> &'static str {
    match it.status {
        0 => "failed to connect to host",
        200..=299 => "OK",
        _ => "Invalid HTTP Response",
    }
}

fn in_short(repository: &Repository, it: &Delivery) -> Value {
    json!({
        "id": it.id,
        "guid": it.guid,
        "delivered_at": moments::seconds(it.at),
        "redelivery": it.is_again,
        "duration": 0.1,
        "status": word(it),
        "status_code": it.status,
        "event": it.event,
        "action": null,
        "installation_id": null,
        "repository_id": repository.id,
        "throttled_at": null,
    })
}

/// The newest first, with a cursor instead of a number.
fn deliveries(call: &Call<'_>) -> Answered {
    let (repository, hook) = find(call)?;
    let wanted = call.query("status").map(|it| it == "success");
    let is_wanted = |it: &&Delivery| wanted.is_none_or(|good| good == (it.status / 100 == 2));
    let before: u64 = call
        .query("cursor")
        .and_then(|it| it.strip_prefix("v1_")?.parse().ok())
        .unwrap_or(u64::MAX);
    let older = hook.deliveries.iter().rev().filter(is_wanted).filter(|it| it.id < before);
    let page = Page::of(call, ("", "per_page"), 30, 100);
    let rows: Vec<&Delivery> = older.take(page.per_page + 1).collect();
    let shown: Vec<&&Delivery> = rows.iter().take(page.per_page).collect();
    let body: Value = shown.iter().map(|it| in_short(&repository, it)).collect();
    let reply = Reply::json(200, &body);
    Ok(match shown.last().filter(|_| rows.len() > page.per_page) {
        Some(last) => {
            let next = paging::address(call, &[("cursor", format!("v1_{}", last.id))]);
            reply.header("link", paging::link(&[("next", next)]))
        }
        None => reply,
    })
}

fn find_delivery(call: &Call<'_>) -> Result<(Repository, Hook, Delivery), Reply> {
    let (repository, hook) = find(call)?;
    let id = call.param("delivery").parse::<u64>().ok();
    let found = hook.deliveries.iter().find(|it| Some(it.id) == id).cloned();
    let found = found.ok_or_else(errors::not_found)?;
    Ok((repository, hook, found))
}

fn delivery(call: &Call<'_>) -> Answered {
    let (repository, hook, found) = find_delivery(call)?;
    let headers: serde_json::Map<String, Value> =
        found.headers.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
    let payload: Value = serde_json::from_str(&found.body).unwrap_or_default();
    let more = json!({
        "url": hook.url,
        "request": {"headers": headers, "payload": payload},
        "response": {"headers": {}, "payload": ""},
    });
    Ok(Reply::json(200, &codes::join(in_short(&repository, &found), more)))
}

fn again(call: &Call<'_>) -> Answered {
    let (_, hook, found) = find_delivery(call)?;
    call.inner.deliver_later(Parcel {
        hook: hook.id,
        event: found.event,
        guid: found.guid,
        headers: found.headers,
        body: found.body,
        is_again: true,
    });
    Ok(Reply::json(202, &json!({})))
}
