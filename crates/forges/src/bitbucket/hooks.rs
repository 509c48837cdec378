//! Webhooks of a repository at Bitbucket Cloud.

use http::Method;
use serde_json::Value;
use serde_json::json;

use super::access;
use super::errors;
use super::lists;
use super::shapes;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::codes;
use crate::records::Hook;
use crate::records::Repository;
use crate::route::Route;
use crate::route::route;

const READ: &str = "read:webhook:bitbucket";
const WRITE: &str = "read:webhook:bitbucket,write:webhook:bitbucket";
const DELETE: &str = "delete:webhook:bitbucket";

#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/repositories/{workspace}/{slug}/hooks", "webhook", READ, list),
    route(Method::POST, "/repositories/{workspace}/{slug}/hooks", "webhook", WRITE, create),
    route(Method::GET, "/repositories/{workspace}/{slug}/hooks/{uid}", "webhook", READ, one),
    route(Method::PUT, "/repositories/{workspace}/{slug}/hooks/{uid}", "webhook", WRITE, change),
    route(Method::DELETE, "/repositories/{workspace}/{slug}/hooks/{uid}", "webhook", DELETE, delete),
];

/// What a repository's hooks may be told.
const EVENTS: [&str; 19] = [
    "repo:push",
    "repo:fork",
    "repo:updated",
    "repo:transfer",
    "repo:deleted",
    "repo:commit_comment_created",
    "repo:commit_status_created",
    "repo:commit_status_updated",
    "pullrequest:created",
    "pullrequest:updated",
    "pullrequest:changes_request_created",
    "pullrequest:changes_request_removed",
    "pullrequest:approved",
    "pullrequest:unapproved",
    "pullrequest:fulfilled",
    "pullrequest:rejected",
    "pullrequest:comment_created",
    "pullrequest:comment_updated",
    "pullrequest:comment_deleted",
];

/// A hook; that it has a secret is said, the secret is not.
fn written(call: &Call<'_>, repository: &Repository, hook: &Hook) -> Value {
    let base = format!("{}/repositories/{}/hooks", call.api_url(), repository.path);
    json!({
        "type": "webhook_subscription",
        "uuid": hook.uuid,
        "url": hook.url,
        "description": hook.details.get("description").cloned().unwrap_or_else(|| "".into()),
        "subject_type": "repository",
        "subject": shapes::short_repository(call, repository),
        "active": hook.is_active,
        "created_at": shapes::moment(hook.created_at),
        "events": hook.events,
        "source": null,
        "read_only": false,
        "history_enabled": false,
        "skip_cert_verification": hook.details.get("skip_cert_verification") == Some(&true.into()),
        "secret_set": hook.secret.is_some(),
        "links": {"self": shapes::link(format!("{base}/{}", codes::encode(&hook.uuid)))},
    })
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

/// Takes what a body says into a hook. An event takes the scope of what it tells of.
fn take(call: &Call<'_>, hook: &mut Hook, body: &Value) -> Result<(), Reply> {
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let url = text("url");
    if url.is_empty() {
        return Err(errors::invalid("url", "This field is required."));
    }
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(errors::invalid("url", "Enter a valid URL."));
    }
    let events: Vec<String> = body
        .get("events")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|it| it.as_str().map(ToOwned::to_owned))
        .collect();
    if events.is_empty() {
        return Err(errors::invalid("events", "This field is required."));
    }
    if let Some(unknown) = events.iter().find(|it| !EVENTS.contains(&it.as_str())) {
        return Err(errors::invalid("events", &format!("{unknown} is not a valid event.")));
    }
    if let Some(token) = call.caller.token() {
        for event in &events {
            let scope = match (event.starts_with("pullrequest:"), token.kind.as_str()) {
                (true, "api") => "read:pullrequest:bitbucket",
                (true, _) => "pullrequest",
                (false, "api") => "read:repository:bitbucket",
                (false, _) => "repository",
            };
            access::require(token, &[scope])?;
        }
    }
    hook.url = url.to_owned();
    hook.events = events;
    hook.is_active = body.get("active").and_then(Value::as_bool).unwrap_or(true);
    match body.get("secret") {
        Some(Value::String(secret)) => {
            hook.secret = Some(secret.clone()).filter(|it| !it.is_empty());
        }
        Some(Value::Null) => hook.secret = None,
        _ => {}
    }
    let skips = body.get("skip_cert_verification").cloned().unwrap_or_else(|| false.into());
    hook.details = json!({"description": text("description"), "skip_cert_verification": skips});
    hook.updated_at = call.now;
    Ok(())
}

fn create(call: &Call<'_>) -> Answered {
    let repository = access::ranked(call, access::ADMIN)?;
    let mut hook = Hook {
        uuid: format!("{{{}}}", crate::deliver::uuid(&*call.inner.entropy)),
        repository: repository.path.clone(),
        created_at: call.now,
        ..Hook::default()
    };
    take(call, &mut hook, &call.json())?;
    let body = written(call, &repository, &hook);
    let address = body.pointer("/links/self/href").and_then(Value::as_str).unwrap_or_default();
    let reply = Reply::json(201, &body).header("location", address);
    let mut state = call.state();
    hook.id = state.next_id();
    state.hooks.push(hook);
    Ok(reply)
}

fn find(call: &Call<'_>) -> Result<(Repository, Hook), Reply> {
    let repository = access::ranked(call, access::ADMIN)?;
    let wanted = call.param("uid").trim_matches(['{', '}']).to_owned();
    let is_it =
        |it: &&Hook| it.repository == repository.path && it.uuid.trim_matches(['{', '}']) == wanted;
    let found = call.state().hooks.iter().find(is_it).cloned();
    let found = found.ok_or_else(|| errors::not_found(&format!("{wanted} does not exist.")))?;
    Ok((repository, found))
}

fn one(call: &Call<'_>) -> Answered {
    let (repository, hook) = find(call)?;
    Ok(Reply::json(200, &written(call, &repository, &hook)))
}

fn change(call: &Call<'_>) -> Answered {
    let (repository, mut hook) = find(call)?;
    take(call, &mut hook, &call.json())?;
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
