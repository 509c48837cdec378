//! What Bitbucket Data Center's webhooks say, and how they are signed.

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
use crate::git::Person;
use crate::moments;
use crate::records::Hook;

/// What is sent to try a hook out.
pub(super) fn ping(inner: &Inner, hook: &Hook) -> Parcel {
    parcel(inner, hook, "diagnostics:ping", &json!({"test": true}))
}

/// A commit.
pub(super) fn commit(it: &Commit) -> Value {
    let person = |it: &Person| json!({"name": it.name, "emailAddress": it.email});
    json!({
        "id": it.sha,
        "displayId": it.sha.get(..11),
        "author": person(&it.author),
        "authorTimestamp": it.author.at.millis(),
        "committer": person(&it.committer),
        "committerTimestamp": it.committer.at.millis(),
        "message": it.message,
        "parents": it.parents.iter().map(|sha| json!({"id": sha, "displayId": sha.get(..11)})).collect::<Vec<_>>(),
    })
}

/// A push, if the hook wants pushes.
pub(super) fn push(inner: &Inner, hook: &Hook, push: &Push) -> Option<Parcel> {
    if !hook.events.iter().any(|it| it == "repo:refs_changed") {
        return None;
    }
    let call = Call::within(inner);
    let (kind, name) = match push.reference.strip_prefix("refs/tags/") {
        Some(name) => ("TAG", name),
        None => ("BRANCH", push.reference.strip_prefix("refs/heads/").unwrap_or_default()),
    };
    let change = match (push.before.as_str(), push.after.as_str()) {
        (NOTHING, _) => "ADD",
        (_, NOTHING) => "DELETE",
        _ => "UPDATE",
    };
    let body = json!({
        "eventKey": "repo:refs_changed",
        "date": moments::written(push.at, "%Y-%m-%dT%H:%M:%S+0000"),
        "actor": shapes::user(&call, &push.pusher),
        "repository": shapes::repository(&call, &inner.state(), &push.repository),
        "changes": [{
            "ref": {"id": push.reference, "displayId": name, "type": kind},
            "refId": push.reference,
            "fromHash": push.before,
            "toHash": push.after,
            "type": change,
        }],
        "commits": push.commits.iter().rev().map(commit).collect::<Vec<_>>(),
        "toCommit": push.commits.last().map(commit),
    });
    Some(parcel(inner, hook, "repo:refs_changed", &body))
}

/// What happened to a pull request, if the hook wants to know.
pub(crate) fn change(inner: &Inner, hook: &Hook, changed: &Changed) -> Option<Parcel> {
    let event = match changed.happening {
        Happening::Opened => "pr:opened",
        Happening::Updated => "pr:from_ref_updated",
        Happening::Closed => "pr:declined",
        Happening::Merged => "pr:merged",
    };
    if !hook.events.iter().any(|it| it == event) {
        return None;
    }
    let call = Call::within(inner);
    let mut body = json!({
        "eventKey": event,
        "date": moments::written(inner.clock.now(), "%Y-%m-%dT%H:%M:%S+0000"),
        "actor": shapes::user(&call, &changed.author),
        "pullRequest": pulls::written(&call, &changed.repository, &changed.request),
    });
    if let (Some(before), Some(fields)) = (&changed.before, body.as_object_mut()) {
        fields.insert("previousFromHash".to_owned(), before.clone().into());
    }
    Some(parcel(inner, hook, event, &body))
}

/// The headers around a body; without a secret there is no signature.
fn parcel(inner: &Inner, hook: &Hook, event: &str, body: &Value) -> Parcel {
    let guid = uuid(&*inner.entropy);
    let body = body.to_string();
    let mut headers = vec![
        ("content-type", "application/json; charset=utf-8".to_owned()),
        ("user-agent", "Atlassian HttpClient 3.0.0 / Bitbucket".to_owned()),
        ("x-event-key", event.to_owned()),
        ("x-request-id", guid.clone()),
    ];
    if let Some(secret) = &hook.secret {
        let sum = codes::hex(&codes::hmac_sha256(secret.as_bytes(), body.as_bytes()));
        headers.push(("x-hub-signature", format!("sha256={sum}")));
    }
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Parcel { hook: hook.id, event: event.to_owned(), guid, headers, body, is_again: false }
}
