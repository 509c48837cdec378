//! What Bitbucket Cloud's webhooks say, and how they are signed.

use serde_json::Value;
use serde_json::json;

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
use crate::deliver::uuid;
use crate::git::Commit;
use crate::records::Hook;

/// The most commits that a push names.
const COMMITS_MAX: usize = 5;

/// A push, if the hook wants pushes.
pub(super) fn push(inner: &Inner, hook: &Hook, push: &Push) -> Option<Parcel> {
    if !hook.events.iter().any(|it| it == "repo:push") {
        return None;
    }
    let call = Call::within(inner);
    let base = format!("{}/repositories/{}", call.api_url(), push.repository.path);
    let html = format!("{}/{}", inner.url(), push.repository.path);
    let (kind, name) = match push.reference.strip_prefix("refs/tags/") {
        Some(name) => ("tag", name),
        None => ("branch", push.reference.strip_prefix("refs/heads/").unwrap_or_default()),
    };
    let commit = |it: &Commit| {
        json!({
            "type": "commit",
            "hash": it.sha,
            "date": shapes::moment(it.committer.at),
            "message": format!("{}\n", it.message),
            "author": {"type": "author", "raw": format!("{} <{}>", it.author.name, it.author.email)},
            "links": {
                "self": shapes::link(format!("{base}/commit/{}", it.sha)),
                "html": shapes::link(format!("{html}/commits/{}", it.sha)),
            },
        })
    };
    let side = |sha: &str| {
        if sha == NOTHING {
            return Value::Null;
        }
        let found = push.commits.iter().find(|it| it.sha == sha).map(commit);
        json!({
            "type": kind,
            "name": name,
            "target": found.unwrap_or_else(|| json!({"type": "commit", "hash": sha})),
            "links": {
                "self": shapes::link(format!("{base}/refs/{}es/{name}", if kind == "tag" { "tag" } else { "branch" })),
                "html": shapes::link(format!("{html}/{kind}/{name}")),
            },
        })
    };
    let newest: Vec<Value> = push.commits.iter().rev().take(COMMITS_MAX).map(commit).collect();
    let body = json!({
        "push": {"changes": [{
            "old": side(&push.before),
            "new": side(&push.after),
            "created": push.before == NOTHING,
            "closed": push.after == NOTHING,
            "forced": false,
            "truncated": push.commits.len() > COMMITS_MAX,
            "commits": newest,
        }]},
        "repository": shapes::repository(&call, &inner.state(), &push.repository),
        "actor": shapes::user(&call, &push.pusher),
    });
    Some(parcel(inner, hook, "repo:push", &body))
}

/// What happened to a pull request, if the hook wants to know.
pub(crate) fn change(inner: &Inner, hook: &Hook, changed: &Changed) -> Option<Parcel> {
    let event = match changed.happening {
        Happening::Opened => "pullrequest:created",
        Happening::Updated => "pullrequest:updated",
        Happening::Closed => "pullrequest:rejected",
        Happening::Merged => "pullrequest:fulfilled",
    };
    if !hook.events.iter().any(|it| it == event) {
        return None;
    }
    let call = Call::within(inner);
    let body = json!({
        "pullrequest": pulls::written(&call, &changed.repository, &changed.request),
        "repository": shapes::repository(&call, &inner.state(), &changed.repository),
        "actor": shapes::user(&call, &changed.author),
    });
    Some(parcel(inner, hook, event, &body))
}

/// The headers around a body; without a secret there is no signature.
fn parcel(inner: &Inner, hook: &Hook, event: &str, body: &Value) -> Parcel {
    let guid = uuid(&*inner.entropy);
    let body = body.to_string();
    let mut headers = vec![
        ("content-type", "application/json".to_owned()),
        ("user-agent", "Bitbucket-Webhooks/2.0".to_owned()),
        ("x-event-key", event.to_owned()),
        ("x-hook-uuid", hook.uuid.trim_matches(['{', '}']).to_owned()),
        ("x-request-uuid", guid.clone()),
        ("x-attempt-number", "1".to_owned()),
        ("x-event-time", crate::moments::written(inner.clock.now(), "%a, %d %b %Y %H:%M:%S GMT")),
    ];
    if let Some(secret) = &hook.secret {
        let sum = codes::hex(&codes::hmac_sha256(secret.as_bytes(), body.as_bytes()));
        headers.push(("x-hub-signature", format!("sha256={sum}")));
    }
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Parcel { hook: hook.id, event: event.to_owned(), guid, headers, body, is_again: false }
}
