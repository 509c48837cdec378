//! Webhooks of a repository at a Gitea or Forgejo.

use http::Method;
use serde_json::Value;
use serde_json::json;

use super::access;
use super::errors;
use super::events;
use super::lists;
use crate::Kind;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::changes;
use crate::deliver::NOTHING;
use crate::moments;
use crate::records::Hook;
use crate::records::Repository;
use crate::route::Route;
use crate::route::route;

pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/repos/{owner}/{repo}/hooks", "repository", "", list),
    route(Method::POST, "/repos/{owner}/{repo}/hooks", "repository", "", create),
    route(Method::GET, "/repos/{owner}/{repo}/hooks/{id}", "repository", "", one),
    route(Method::PATCH, "/repos/{owner}/{repo}/hooks/{id}", "repository", "", change),
    route(Method::DELETE, "/repos/{owner}/{repo}/hooks/{id}", "repository", "", delete),
    route(Method::POST, "/repos/{owner}/{repo}/hooks/{id}/tests", "repository", "", test),
];

/// Whom hooks may be for; the first is Forgejo's own.
const KINDS: [&str; 12] = [
    "forgejo",
    "gitea",
    "gogs",
    "slack",
    "discord",
    "dingtalk",
    "telegram",
    "msteams",
    "feishu",
    "matrix",
    "wechatwork",
    "packagist",
];
/// What hooks may be told, in the order in which they are answered.
const EVENTS: [&str; 23] = [
    "create",
    "delete",
    "fork",
    "push",
    "issues",
    "issue_assign",
    "issue_label",
    "issue_milestone",
    "issue_comment",
    "pull_request",
    "pull_request_assign",
    "pull_request_label",
    "pull_request_milestone",
    "pull_request_comment",
    "pull_request_review_approved",
    "pull_request_review_rejected",
    "pull_request_review_comment",
    "pull_request_sync",
    "wiki",
    "repository",
    "release",
    "package",
    "pull_request_review_request",
];

/// A hook, without its secret.
fn written(call: &Call<'_>, hook: &Hook) -> Value {
    let detail = |name: &str| hook.details.get(name).cloned().unwrap_or_else(|| "".into());
    let mut body = json!({
        "id": hook.id,
        "type": detail("type"),
        "branch_filter": detail("branch_filter"),
        "config": {"content_type": detail("content_type"), "url": hook.url},
        "events": hook.events,
        "authorization_header": detail("authorization_header"),
        "active": hook.is_active,
        "updated_at": moments::seconds(hook.updated_at),
        "created_at": moments::seconds(hook.created_at),
    });
    if let (Kind::Forgejo, Some(fields)) = (call.inner.kind, body.as_object_mut()) {
        fields.insert("url".to_owned(), hook.url.clone().into());
        fields.insert("content_type".to_owned(), detail("content_type"));
        fields.insert("metadata".to_owned(), Value::Null);
    }
    body
}

fn list(call: &Call<'_>) -> Answered {
    let repository = access::administered(call)?;
    let rows = {
        let state = call.state();
        let its = state.hooks.iter().filter(|it| it.repository == repository.path);
        its.map(|it| written(call, it)).collect()
    };
    lists::page(call, rows)
}

/// What was asked for, and what goes with it: one word stands for all events of pull requests,
/// another for all of issues. Nothing is pushes.
fn spread(wanted: Option<&Value>) -> Vec<String> {
    let wanted: Vec<&str> =
        wanted.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    if wanted.is_empty() {
        return vec!["push".to_owned()];
    }
    let has = |event: &str| wanted.iter().any(|it| it.eq_ignore_ascii_case(event));
    let is_meant = |event: &&str| match *event {
        "pull_request" => has("pull_request") || has("pull_request_only"),
        "issues" => has("issues") || has("issues_only"),
        "pull_request_review_approved"
        | "pull_request_review_rejected"
        | "pull_request_review_comment" => has("pull_request") || has("pull_request_review"),
        other if other.starts_with("pull_request_") => has("pull_request") || has(other),
        other if other.starts_with("issue_") => has("issues") || has(other),
        other => has(other),
    };
    EVENTS.iter().filter(|it| is_meant(it)).map(|it| (*it).to_owned()).collect()
}

fn fault(call: &Call<'_>, message: &str) -> Reply {
    errors::error(call, 422, message)
}

/// Takes what a body says into a hook. What it does not say of events and branches is forgotten.
fn take(call: &Call<'_>, hook: &mut Hook, body: &Value) -> Result<(), Reply> {
    let setting = |name: &str| body.pointer(&format!("/config/{name}")).and_then(Value::as_str);
    if let Some(url) = setting("url") {
        hook.url = url.to_owned();
    }
    if let Some(secret) = setting("secret") {
        hook.secret = Some(secret.to_owned()).filter(|it| !it.is_empty());
    }
    let mut details = hook.details.as_object().cloned().unwrap_or_default();
    if let Some(kind) = setting("content_type") {
        if !matches!(kind, "json" | "form") {
            return Err(fault(call, "Invalid content type"));
        }
        details.insert("content_type".to_owned(), kind.into());
    }
    for name in ["branch_filter", "authorization_header"] {
        let said = body.get(name).and_then(Value::as_str).unwrap_or_default();
        details.insert(name.to_owned(), said.into());
    }
    hook.details = Value::Object(details);
    hook.events = spread(body.get("events"));
    hook.is_active = body.get("active").and_then(Value::as_bool).unwrap_or(hook.is_active);
    hook.updated_at = call.now;
    Ok(())
}

fn create(call: &Call<'_>) -> Answered {
    let repository = access::administered(call)?;
    let body = call.json();
    let kind = body.get("type").and_then(Value::as_str).unwrap_or_default();
    let skipped = usize::from(call.inner.kind != Kind::Forgejo);
    if !KINDS.iter().skip(skipped).any(|it| *it == kind) {
        return Err(fault(call, &format!("Invalid hook type: {kind}")));
    }
    for name in ["url", "content_type"] {
        if body.pointer(&format!("/config/{name}")).is_none() {
            return Err(fault(call, &format!("Missing config option: {name}")));
        }
    }
    let mut hook = Hook {
        repository: repository.path,
        details: json!({"type": kind}),
        created_at: call.now,
        ..Hook::default()
    };
    take(call, &mut hook, &body)?;
    let mut state = call.state();
    hook.id = state.next_id();
    state.hooks.push(hook.clone());
    Ok(Reply::json(201, &written(call, &hook)))
}

fn find(call: &Call<'_>) -> Result<(Repository, Hook), Reply> {
    let repository = access::administered(call)?;
    let id = call.param("id").parse().unwrap_or_default();
    let hook = call.state().hook_mut(&repository.path, id).cloned();
    Ok((repository, hook.ok_or_else(|| errors::not_found(call))?))
}

fn one(call: &Call<'_>) -> Answered {
    let (_, hook) = find(call)?;
    Ok(Reply::json(200, &written(call, &hook)))
}

fn change(call: &Call<'_>) -> Answered {
    let (repository, mut hook) = find(call)?;
    take(call, &mut hook, &call.json())?;
    if let Some(kept) = call.state().hook_mut(&repository.path, hook.id) {
        *kept = hook.clone();
    }
    Ok(Reply::json(200, &written(call, &hook)))
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
