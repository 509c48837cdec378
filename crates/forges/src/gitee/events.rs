//! What Gitee's webhooks say, and what they show for it: the password itself, or a signature of
//! the moment. Neither covers the body.

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

/// A push, if the hook wants pushes of this sort.
pub(super) fn push(inner: &Inner, hook: &Hook, push: &Push) -> Option<Parcel> {
    let is_tag = push.reference.starts_with("refs/tags/");
    let wanted = if is_tag { "tag_push_events" } else { "push_events" };
    hook.events.iter().any(|it| it == wanted).then(|| parcel_of(inner, hook, push))
}

/// A push, whatever the hook wants.
pub(super) fn parcel_of(inner: &Inner, hook: &Hook, push: &Push) -> Parcel {
    let call = Call::within(inner);
    let html = format!("{}/{}", inner.url(), push.repository.path);
    let is_tag = push.reference.starts_with("refs/tags/");
    let (name, event) = match is_tag {
        true => ("tag_push_hooks", "Tag Push Hook"),
        false => ("push_hooks", "Push Hook"),
    };
    let commit = |it: &Commit| {
        json!({
            "id": it.sha,
            "tree_id": it.tree,
            "distinct": true,
            "message": it.message,
            "timestamp": shapes::moment(it.committer.at),
            "url": format!("{html}/commit/{}", it.sha),
            "author": {"name": it.author.name, "email": it.author.email},
            "committer": {"name": it.committer.name, "email": it.committer.email},
            "added": null,
            "removed": null,
            "modified": null,
        })
    };
    let user = shapes::user(&call, &push.pusher);
    let mut project = shapes::repository(&call, &inner.state(), &push.repository);
    let more = json!({
        "clone_url": format!("{html}.git"),
        "git_http_url": format!("{html}.git"),
        "path_with_namespace": push.repository.path,
    });
    project = codes::join(project, more);
    let now = inner.clock.now().millis().to_string();
    let (password, sign) = shown(hook, &now);
    let body = json!({
        "hook_name": name,
        "hook_id": hook.id,
        "hook_url": format!("{html}/hooks/{}/edit", hook.id),
        "password": password,
        "timestamp": now,
        "sign": sign,
        "ref": push.reference,
        "before": push.before,
        "after": push.after,
        "created": push.before == NOTHING,
        "deleted": push.after == NOTHING,
        "compare": format!("{html}/compare/{}...{}", push.before, push.after),
        "total_commits_count": push.commits.len(),
        "commits_more_than_ten": push.commits.len() > 10,
        "commits": push.commits.iter().map(commit).collect::<Vec<_>>(),
        "head_commit": push.commits.last().map(commit),
        "repository": project,
        "project": project,
        "user_id": push.pusher.id,
        "user_name": push.pusher.name,
        "user": user,
        "pusher": user,
        "sender": user,
    });
    parcel(inner, hook, event, &now, &body)
}

/// What happened to a pull request, if the hook wants to know.
pub(crate) fn change(inner: &Inner, hook: &Hook, changed: &Changed) -> Option<Parcel> {
    if !hook.events.iter().any(|it| it == "merge_requests_events") {
        return None;
    }
    let action = match changed.happening {
        Happening::Opened => "open",
        Happening::Updated => "update",
        Happening::Closed => "close",
        Happening::Merged => "merge",
    };
    let call = Call::within(inner);
    let now = inner.clock.now().millis().to_string();
    let (password, sign) = shown(hook, &now);
    let user = shapes::user(&call, &changed.author);
    let body = json!({
        "hook_name": "merge_request_hooks",
        "hook_id": hook.id,
        "password": password,
        "timestamp": now,
        "sign": sign,
        "action": action,
        "action_desc": if changed.before.is_some() { "source_branch_changed" } else { "" },
        "number": changed.request.number,
        "iid": changed.request.number,
        "title": changed.request.title,
        "state": pulls::word(&changed.request),
        "source_branch": changed.request.source,
        "target_branch": changed.request.target,
        "pull_request": pulls::written(&call, &changed.repository, &changed.request),
        "repository": shapes::repository(&call, &inner.state(), &changed.repository),
        "author": user,
        "sender": user,
    });
    Some(parcel(inner, hook, "Merge Request Hook", &now, &body))
}

/// The password and the signature; one of both is empty.
fn shown(hook: &Hook, now: &str) -> (String, String) {
    let secret = hook.secret.as_deref().unwrap_or_default();
    let is_signed = hook.details.get("encryption_type").and_then(Value::as_u64) == Some(1);
    if !is_signed {
        return (secret.to_owned(), String::new());
    }
    let sum = codes::hmac_sha256(secret.as_bytes(), format!("{now}\n{secret}").as_bytes());
    (String::new(), codes::to_base64(&sum))
}

fn parcel(inner: &Inner, hook: &Hook, event: &str, now: &str, body: &Value) -> Parcel {
    let (password, sign) = shown(hook, now);
    let token = if sign.is_empty() { password } else { sign };
    let headers = [
        ("content-type", "application/json"),
        ("user-agent", "git-oschina-hook"),
        ("x-gitee-token", &token),
        ("x-gitee-timestamp", now),
        ("x-gitee-event", event),
        ("x-gitee-ping", "false"),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let guid = uuid(&*inner.entropy);
    let body = body.to_string();
    Parcel { hook: hook.id, event: event.to_owned(), guid, headers, body, is_again: false }
}
