//! What GitLab's webhooks say, and how it is signed.

use serde_json::Value;
use serde_json::json;

use super::VERSION;
use super::hooks;
use crate::Inner;
use crate::change_requests::Changed;
use crate::change_requests::Happening;
use crate::codes;
use crate::deliver;
use crate::deliver::NOTHING;
use crate::deliver::Parcel;
use crate::deliver::Push;
use crate::git::Commit;
use crate::moments;
use crate::records::Hook;
use crate::records::Repository;

/// Commits that a delivery lists at most; it counts all.
const LISTED_MAX: usize = 20;

/// A push to a branch or tag, if the hook wants it.
pub(super) fn push(inner: &Inner, hook: &Hook, push: &Push) -> Option<Parcel> {
    let is_tag = push.reference.starts_with("refs/tags/");
    let (flag, kind, header) = match is_tag {
        true => ("tag_push_events", "tag_push", "Tag Push Hook"),
        false => ("push_events", "push", "Push Hook"),
    };
    if !hook.events.iter().any(|it| it == flag) {
        return None;
    }
    let project = &push.repository;
    let page = format!("{}/{}", inner.url(), project.path);
    let commits: Vec<Value> =
        push.commits.iter().rev().take(LISTED_MAX).rev().map(|it| commit(&page, it)).collect();
    let is_gone = push.after == NOTHING;
    let body = json!({
        "object_kind": kind,
        "event_name": kind,
        "before": push.before,
        "after": push.after,
        "ref": push.reference,
        "ref_protected": push.reference == format!("refs/heads/{}", project.default_branch),
        "checkout_sha": Some(&push.after).filter(|_| !is_gone),
        "message": null,
        "user_id": push.pusher.id,
        "user_name": push.pusher.name,
        "user_username": push.pusher.login,
        "user_email": "",
        "user_avatar": null,
        "project_id": project.id,
        "project": written(inner, project),
        "commits": commits,
        "total_commits_count": push.commits.len(),
        "push_options": {},
        "repository": {
            "name": project.name(),
            "url": format!("git@127.0.0.1:{}.git", project.path),
            "description": project.description,
            "homepage": page,
            "git_http_url": format!("{page}.git"),
            "git_ssh_url": format!("git@127.0.0.1:{}.git", project.path),
            "visibility_level": if project.is_private { 0 } else { 20 },
        },
    });
    Some(parcel(inner, hook, (flag, header), &body))
}

/// What happened to a merge request, if the hook wants to know.
pub(crate) fn change(inner: &Inner, hook: &Hook, changed: &Changed) -> Option<Parcel> {
    let flag = "merge_requests_events";
    if !hook.events.iter().any(|it| it == flag) {
        return None;
    }
    let Changed { request, repository, author, .. } = changed;
    let (action, state) = match changed.happening {
        Happening::Opened => ("open", "opened"),
        Happening::Updated => ("update", "opened"),
        Happening::Closed => ("close", "closed"),
        Happening::Merged => ("merge", "merged"),
    };
    let page = format!("{}/{}", inner.url(), repository.path);
    let project = written(inner, repository);
    let mut attributes = json!({
        "id": request.id,
        "iid": request.number,
        "title": request.title,
        "description": "",
        "state": state,
        "action": action,
        "draft": false,
        "work_in_progress": false,
        "source_branch": request.source,
        "target_branch": request.target,
        "source_project_id": repository.id,
        "target_project_id": repository.id,
        "author_id": author.id,
        "created_at": moments::seconds(request.created_at),
        "updated_at": moments::seconds(inner.clock.now()),
        "merge_status": "can_be_merged",
        "detailed_merge_status": "mergeable",
        "last_commit": {"id": changed.head, "message": "A push", "url": format!("{page}/-/commit/{}", changed.head)},
        "source": project,
        "target": project,
        "url": format!("{page}/-/merge_requests/{}", request.number),
    });
    // Only where new commits came.
    if let (Some(before), Some(fields)) = (&changed.before, attributes.as_object_mut()) {
        fields.insert("oldrev".to_owned(), before.as_str().into());
    }
    let body = json!({
        "object_kind": "merge_request",
        "event_type": "merge_request",
        "user": {"id": author.id, "name": author.name, "username": author.login, "avatar_url": null, "email": "[REDACTED]"},
        "project": project,
        "object_attributes": attributes,
        "labels": [],
        "changes": {},
        "repository": {"name": repository.name(), "url": project.get("url"), "description": "", "homepage": page},
    });
    Some(parcel(inner, hook, (flag, "Merge Request Hook"), &body))
}

fn commit(page: &str, it: &Commit) -> Value {
    json!({
        "id": it.sha,
        "message": it.message,
        "title": it.message.lines().next(),
        "timestamp": moments::seconds(it.committer.at),
        "url": format!("{page}/-/commit/{}", it.sha),
        "author": {"name": it.author.name, "email": it.author.email},
        "added": [],
        "modified": [],
        "removed": [],
    })
}

fn written(inner: &Inner, it: &Repository) -> Value {
    let page = format!("{}/{}", inner.url(), it.path);
    json!({
        "id": it.id,
        "name": it.name(),
        "description": it.description,
        "web_url": page,
        "avatar_url": null,
        "git_ssh_url": format!("git@127.0.0.1:{}.git", it.path),
        "git_http_url": format!("{page}.git"),
        "namespace": it.owner(),
        "visibility_level": if it.is_private { 0 } else { 20 },
        "path_with_namespace": it.path,
        "default_branch": it.default_branch,
        "ci_config_path": null,
        "homepage": page,
        "url": format!("git@127.0.0.1:{}.git", it.path),
        "ssh_url": format!("git@127.0.0.1:{}.git", it.path),
        "http_url": format!("{page}.git"),
    })
}

/// The headers and the signature around a body.
fn parcel(inner: &Inner, hook: &Hook, (flag, event): (&str, &str), body: &Value) -> Parcel {
    let body = body.to_string();
    let guid = deliver::uuid(&*inner.entropy);
    let timestamp = inner.clock.now().seconds().to_string();
    let mut headers = vec![
        ("content-type", "application/json".to_owned()),
        ("user-agent", format!("GitLab/{VERSION}")),
        ("x-gitlab-event", event.to_owned()),
        ("x-gitlab-instance", inner.url().to_owned()),
        ("x-gitlab-webhook-uuid", deliver::uuid(&*inner.entropy)),
        ("x-gitlab-event-uuid", deliver::uuid(&*inner.entropy)),
        ("idempotency-key", guid.clone()),
    ];
    if let Some(token) = &hook.secret {
        headers.push(("x-gitlab-token", token.clone()));
    }
    if let Some(key) = hook.signing_secret.as_deref().and_then(hooks::signing_key) {
        headers.push(("webhook-id", guid.clone()));
        headers.push(("webhook-timestamp", timestamp.clone()));
        headers.push(("webhook-signature", signature(&key, &guid, &timestamp, &body)));
    }
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Parcel { hook: hook.id, event: flag.to_owned(), guid, headers, body, is_again: false }
}

fn signature(key: &[u8], id: &str, timestamp: &str, body: &str) -> String {
    let signed = format!("{id}.{timestamp}.{body}");
    format!("v1,{}", codes::to_base64(&codes::hmac_sha256(key, signed.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_vector() {
        let key: Vec<u8> = (0..32).collect();
        let id = "3a427872-00df-429c-9bc9-a9475de2efe4";
        let found = signature(&key, id, "1790000000", "{\"object_kind\":\"push\"}");
        assert_eq!(found, "v1,KCnI0yIXXK4l/MKVVZ6cpmPQZOUwN8PuCCxKV2JhZa8=");
        let text = format!("whsec_{}", codes::to_base64(&key));
        assert_eq!(hooks::signing_key(&text), Some(key));
        assert_eq!(hooks::signing_key("whsec_AAAA"), None);
    }
}
