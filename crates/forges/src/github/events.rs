//! What GitHub's webhooks say, and how it is signed.

use serde_json::Value;
use serde_json::json;

use super::hooks;
use super::pulls;
use super::shapes;
use crate::Inner;
use crate::call::Call;
use crate::change_requests::Changed;
use crate::change_requests::Happening;
use crate::codes;
use crate::deliver::NOTHING;
use crate::deliver::Parcel;
use crate::deliver::Push;
use crate::git::Commit;
use crate::moments;
use crate::records::Hook;
use crate::records::Repository;
use crate::records::User;

/// The first delivery of every hook.
pub(super) fn ping(inner: &Inner, repository: &Repository, hook: &Hook) -> Parcel {
    let call = Call::within(inner);
    let body = json!({
        "zen": "Design for failure.",
        "hook_id": hook.id,
        "hook": hooks::written(&call.api_url(), hook),
        "repository": shapes::repository(&call, &inner.state(), repository),
        "sender": sender(&call, &shapes::owner(&inner.state(), repository)),
    });
    parcel(inner, repository, hook, "ping", &body)
}

/// A push, if the hook wants pushes.
pub(super) fn push(inner: &Inner, hook: &Hook, push: &Push) -> Option<Parcel> {
    let is_wanted = |event: &String| event == "push" || event == "*";
    if !hook.events.iter().any(is_wanted) {
        return None;
    }
    let call = Call::within(inner);
    let html = format!("{}/{}", inner.url(), push.repository.path);
    let commits: Vec<Value> = push.commits.iter().map(|it| commit(&html, it)).collect();
    let is_gone = push.after == NOTHING;
    let body = json!({
        "ref": push.reference,
        "before": push.before,
        "after": push.after,
        "repository": shapes::repository(&call, &inner.state(), &push.repository),
        "pusher": {"name": push.pusher.login, "email": push.pusher.email},
        "sender": sender(&call, &push.pusher),
        "created": push.before == NOTHING,
        "deleted": is_gone,
        "forced": false,
        "base_ref": null,
        "compare": format!("{html}/compare/{}...{}", short(&push.before), short(&push.after)),
        "head_commit": commits.last(),
        "commits": commits,
    });
    Some(parcel(inner, &push.repository, hook, "push", &body))
}

/// What happened to a pull request, if the hook wants to know.
pub(crate) fn change(inner: &Inner, hook: &Hook, changed: &Changed) -> Option<Parcel> {
    let is_wanted = |event: &String| event == "pull_request" || event == "*";
    if !hook.events.iter().any(is_wanted) {
        return None;
    }
    let call = Call::within(inner);
    let action = match changed.happening {
        Happening::Opened => "opened",
        Happening::Updated => "synchronize",
        Happening::Closed | Happening::Merged => "closed",
    };
    let mut body = json!({
        "action": action,
        "number": changed.request.number,
        "pull_request": pulls::written(&call, &changed.repository, &changed.request),
        "repository": shapes::repository(&call, &inner.state(), &changed.repository),
        "sender": sender(&call, &changed.author),
    });
    if let Some(before) = &changed.before {
        body = codes::join(body, json!({"before": before, "after": changed.head}));
    }
    Some(parcel(inner, &changed.repository, hook, "pull_request", &body))
}

fn short(sha: &str) -> &str {
    sha.get(..12).unwrap_or(sha)
}

fn sender(call: &Call<'_>, user: &User) -> Value {
    shapes::simple_user(call, user)
}

fn commit(html: &str, it: &Commit) -> Value {
    json!({
        "id": it.sha,
        "tree_id": it.tree,
        "distinct": true,
        "message": it.message,
        "timestamp": moments::seconds(it.committer.at),
        "url": format!("{html}/commit/{}", it.sha),
        "author": {"name": it.author.name, "email": it.author.email},
        "committer": {"name": it.committer.name, "email": it.committer.email},
        "added": [],
        "removed": [],
        "modified": [],
    })
}

/// The headers and signatures around a body.
fn parcel(
    inner: &Inner,
    repository: &Repository,
    hook: &Hook,
    event: &str,
    body: &Value,
) -> Parcel {
    let is_json = hook.details.get("content_type").and_then(Value::as_str) == Some("json");
    let body = body.to_string();
    let (kind, body) = match is_json {
        true => ("application/json", body),
        false => ("application/x-www-form-urlencoded", codes::query(&[("payload", &body)])),
    };
    let guid = crate::deliver::uuid(&*inner.entropy);
    let mut headers = vec![
        ("content-type", kind.to_owned()),
        ("user-agent", "GitHub-Hookshot/0000000".to_owned()),
        ("accept", "*/*".to_owned()),
        ("x-github-event", event.to_owned()),
        ("x-github-delivery", guid.clone()),
        ("x-github-hook-id", hook.id.to_string()),
        ("x-github-hook-installation-target-type", "repository".to_owned()),
        ("x-github-hook-installation-target-id", repository.id.to_string()),
    ];
    if let Some(secret) = &hook.secret {
        let key = secret.as_bytes();
        let sum = codes::hex(&codes::hmac_sha256(key, body.as_bytes()));
        headers.push(("x-hub-signature-256", format!("sha256={sum}")));
        let sum = codes::hex(&codes::hmac_sha1(key, body.as_bytes()));
        headers.push(("x-hub-signature", format!("sha1={sum}")));
    }
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Parcel { hook: hook.id, event: event.to_owned(), guid, headers, body, is_again: false }
}
