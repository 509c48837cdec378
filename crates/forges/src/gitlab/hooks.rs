//! Webhooks of a project at GitLab, and what they delivered.

use http::Method;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::SIGNING;
use super::access;
use super::errors;
use super::events;
use super::files::Fields;
use super::lists;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::codes;
use crate::deliver::Parcel;
use crate::moments;
use crate::records::Delivery;
use crate::records::Hook;
use crate::records::Repository;
use crate::route::Route;
use crate::route::route;

const READ: &str = "api, read_api";

#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/projects/{id}/hooks", READ, "read_webhook", list),
    route(Method::POST, "/projects/{id}/hooks", "api", "create_webhook", create),
    route(Method::GET, "/projects/{id}/hooks/{hook}", READ, "read_webhook", one),
    route(Method::PUT, "/projects/{id}/hooks/{hook}", "api", "update_webhook", change),
    route(Method::DELETE, "/projects/{id}/hooks/{hook}", "api", "delete_webhook", delete),
    route(Method::POST, "/projects/{id}/hooks/{hook}/test/{trigger}", "api", "update_webhook", test),
    route(Method::GET, "/projects/{id}/hooks/{hook}/events", READ, "read_webhook", events_of),
    route(Method::POST, "/projects/{id}/hooks/{hook}/events/{event}/resend", "api", "update_webhook", again),
];

/// The words for what a hook may want, and whether it wants it when nothing is said.
const FLAGS: [(&str, bool); 16] = [
    ("push_events", true),
    ("tag_push_events", false),
    ("merge_requests_events", false),
    ("repository_update_events", false),
    ("issues_events", false),
    ("confidential_issues_events", false),
    ("note_events", false),
    ("confidential_note_events", false),
    ("pipeline_events", false),
    ("wiki_page_events", false),
    ("deployment_events", false),
    ("feature_flag_events", false),
    ("job_events", false),
    ("releases_events", false),
    ("milestone_events", false),
    ("resource_access_token_events", false),
];

/// A hook, without its secrets.
fn written(project: &Repository, hook: &Hook) -> Value {
    let detail = |name: &str| hook.details.get(name).cloned().unwrap_or_default();
    let head = json!({
        "id": hook.id,
        "url": hook.url,
        "name": detail("name"),
        "description": detail("description"),
        "created_at": moments::millis(hook.created_at),
        "project_id": project.id,
        "push_events_branch_filter": detail("push_events_branch_filter"),
        "branch_filter_strategy": detail("branch_filter_strategy"),
        "enable_ssl_verification": detail("enable_ssl_verification") != Value::Bool(false),
        "alert_status": if hook.is_active { "executable" } else { "disabled" },
        "disabled_until": null,
        "url_variables": [],
        "custom_webhook_template": null,
        "custom_headers": [],
    });
    let flag = |(name, _): &(&str, bool)| {
        ((*name).to_owned(), hook.events.iter().any(|it| it == name).into())
    };
    let flags: Map<String, Value> = FLAGS.iter().map(flag).collect();
    codes::join(head, Value::Object(flags))
}

/// The same with what newer versions tell of its secrets.
fn answer(call: &Call<'_>, project: &Repository, hook: &Hook) -> Value {
    let body = written(project, hook);
    if !call.inner.has_feature(SIGNING) {
        return body;
    }
    let more = json!({
        "token_present": hook.secret.is_some(),
        "signing_token_present": hook.signing_secret.is_some(),
    });
    codes::join(body, more)
}

fn list(call: &Call<'_>) -> Answered {
    let project = access::project(call)?;
    let hooks: Vec<Hook> = {
        let state = call.state();
        state.hooks.iter().filter(|it| it.repository == project.path).cloned().collect()
    };
    lists::page(call, hooks.iter().map(|it| answer(call, &project, it)).collect())
}

/// The bytes of a signing token: 32, in base64 after `whsec_`.
pub(super) fn signing_key(text: &str) -> Option<Vec<u8>> {
    codes::from_base64(text.strip_prefix("whsec_")?).filter(|key| key.len() == 32)
}

/// Takes what a body says into a hook.
fn take(call: &Call<'_>, hook: &mut Hook, fields: &Fields) -> Result<(), Reply> {
    if let Some(url) = fields.text("url") {
        hook.url = url;
    }
    if !hook.url.starts_with("http://") && !hook.url.starts_with("https://") {
        return Err(errors::error(422, "Invalid url given"));
    }
    for (name, otherwise) in FLAGS {
        let had = hook.id != 0 && hook.events.iter().any(|it| it == name);
        let otherwise = if hook.id == 0 { otherwise } else { had };
        hook.events.retain(|it| it != name);
        if fields.is_true(name).unwrap_or(otherwise) {
            hook.events.push(name.to_owned());
        }
    }
    if let Some(token) = fields.text("token") {
        hook.secret = Some(token).filter(|it| !it.is_empty());
    }
    if let Some(token) = fields.text("signing_token").filter(|_| call.inner.has_feature(SIGNING)) {
        if !token.is_empty() && signing_key(&token).is_none() {
            return Err(errors::message(422, "signing_token is invalid"));
        }
        hook.signing_secret = Some(token).filter(|it| !it.is_empty());
    }
    let mut details = hook.details.as_object().cloned().unwrap_or_default();
    for name in ["name", "description", "push_events_branch_filter", "branch_filter_strategy"] {
        if let Some(text) = fields.text(name) {
            details.insert(name.to_owned(), text.into());
        }
    }
    if let Some(is_on) = fields.is_true("enable_ssl_verification") {
        details.insert("enable_ssl_verification".to_owned(), is_on.into());
    }
    hook.details = details.into();
    Ok(())
}

fn create(call: &Call<'_>) -> Answered {
    let project = access::project(call)?;
    let fields = Fields::of(call);
    fields.needed("url")?;
    let mut hook = Hook {
        repository: project.path.clone(),
        is_active: true,
        created_at: call.now,
        updated_at: call.now,
        uuid: crate::deliver::uuid(&*call.inner.entropy),
        ..Hook::default()
    };
    take(call, &mut hook, &fields)?;
    {
        let mut state = call.state();
        hook.id = state.next_id();
        state.hooks.push(hook.clone());
    }
    Ok(Reply::json(201, &answer(call, &project, &hook)))
}

fn find(call: &Call<'_>) -> Result<(Repository, Hook), Reply> {
    let project = access::project(call)?;
    let absent = || errors::not_found("");
    let id = call.param("hook").parse().map_err(|_| absent())?;
    let hook = call.state().hook_mut(&project.path, id).cloned().ok_or_else(absent)?;
    Ok((project, hook))
}

fn one(call: &Call<'_>) -> Answered {
    let (project, hook) = find(call)?;
    Ok(Reply::json(200, &answer(call, &project, &hook)))
}

fn change(call: &Call<'_>) -> Answered {
    let (project, mut hook) = find(call)?;
    take(call, &mut hook, &Fields::of(call))?;
    hook.updated_at = call.now;
    let found = call.state().hook_mut(&project.path, hook.id).map(|it| *it = hook.clone());
    found.ok_or_else(|| errors::not_found(""))?;
    Ok(Reply::json(200, &answer(call, &project, &hook)))
}

fn delete(call: &Call<'_>) -> Answered {
    let (_, hook) = find(call)?;
    call.state().hooks.retain(|it| it.id != hook.id);
    Ok(Reply::empty(204))
}

/// Delivers the newest push once more.
fn test(call: &Call<'_>) -> Answered {
    let (project, mut hook) = find(call)?;
    let trigger = call.param("trigger");
    if !FLAGS.iter().any(|(name, _)| *name == trigger) {
        return Err(errors::error(400, "trigger does not have a valid value"));
    }
    hook.events.push("push_events".to_owned());
    let bare = call.inner.bare(&project);
    let head = bare.resolve(&project.default_branch);
    let Some(head) = head.filter(|_| trigger == "push_events") else {
        return Err(errors::message(422, "Ensure the project has at least one commit."));
    };
    let before = bare.resolve(&format!("{head}~1"));
    let places = (before.as_deref().unwrap_or(crate::deliver::NOTHING), head.as_str());
    let reference = format!("refs/heads/{}", project.default_branch);
    let push = call.inner.push(&project, &reference, places, access::person(call)?)?;
    if let Some(parcel) = events::push(call.inner, &hook, &push) {
        call.inner.deliver_later(parcel);
    }
    Ok(Reply::json(201, &json!({"message": "201 Created"})))
}

fn written_event(hook: &Hook, it: &Delivery) -> Value {
    let secrets = ["x-gitlab-token", "webhook-signature"];
    let shown = |name: &str, value: &str| match secrets.contains(&name) {
        true => "[REDACTED]".to_owned(),
        false => value.to_owned(),
    };
    let headers: Map<String, Value> =
        it.headers.iter().map(|(name, value)| (name.clone(), shown(name, value).into())).collect();
    let status = if it.status == 0 { "internal error".to_owned() } else { it.status.to_string() };
    json!({
        "id": it.id,
        "url": hook.url,
        "trigger": it.event,
        "request_headers": headers,
        "request_data": serde_json::from_str::<Value>(&it.body).unwrap_or_default(),
        "response_headers": {},
        "response_body": "",
        "execution_duration": 0.1,
        "response_status": status,
    })
}

/// The newest first; `status` is a number or a word for many.
fn events_of(call: &Call<'_>) -> Answered {
    let (_, hook) = find(call)?;
    let wanted = call.query("status");
    let is_wanted = |it: &&Delivery| match wanted {
        None => true,
        Some("successful") => it.status / 100 == 2,
        Some("client_failure") => it.status / 100 == 4,
        Some("server_failure") => it.status / 100 == 5 || it.status == 0,
        Some(number) => it.status.to_string() == number,
    };
    let rows = hook.deliveries.iter().rev().filter(is_wanted);
    lists::page(call, rows.map(|it| written_event(&hook, it)).collect())
}

fn again(call: &Call<'_>) -> Answered {
    let (_, hook) = find(call)?;
    let id = call.param("event").parse::<u64>().ok();
    let found = hook.deliveries.iter().find(|it| Some(it.id) == id).cloned();
    let found = found.ok_or_else(|| errors::not_found(""))?;
    call.inner.deliver_later(Parcel {
        hook: hook.id,
        event: found.event,
        guid: found.guid,
        headers: found.headers,
        body: found.body,
        is_again: true,
    });
    Ok(Reply::json(201, &json!({"response_status": 200})))
}
