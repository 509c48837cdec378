//! What the webhooks of Gitea and Forgejo say, and how they are signed. Whoever goes by the
//! headers alone takes them for GitHub or Gogs: their headers are sent too.

use serde_json::Value;
use serde_json::json;

use super::pulls;
use super::shapes;
use crate::Inner;
use crate::Kind;
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

/// A push, if the hook wants pushes.
pub(super) fn push(inner: &Inner, hook: &Hook, push: &Push) -> Option<Parcel> {
    hook.events.iter().any(|it| it == "push").then(|| parcel_of(inner, hook, push))
}

/// A push, whatever the hook wants.
pub(super) fn parcel_of(inner: &Inner, hook: &Hook, push: &Push) -> Parcel {
    let call = Call::within(inner);
    let html = format!("{}/{}", inner.url(), push.repository.path);
    let commits: Vec<Value> =
        push.commits.iter().rev().map(|it| commit(inner, &html, it)).collect();
    let compare = match push.before.as_str() {
        NOTHING => String::new(),
        before => format!("{html}/compare/{before}...{}", push.after),
    };
    let pusher = shapes::user(&call, &push.pusher);
    let body = json!({
        "ref": push.reference,
        "before": push.before,
        "after": push.after,
        "compare_url": compare,
        "total_commits": commits.len(),
        "head_commit": commits.first(),
        "commits": commits,
        "repository": shapes::repository(&call, &inner.state(), &push.repository),
        "pusher": pusher,
        "sender": pusher,
    });
    parcel(inner, hook, "push", "push", &body)
}

/// What happened to a pull request, if the hook wants to know.
pub(crate) fn change(inner: &Inner, hook: &Hook, changed: &Changed) -> Option<Parcel> {
    let (action, event_type) = match changed.happening {
        Happening::Opened => ("opened", "pull_request"),
        Happening::Updated => ("synchronized", "pull_request_sync"),
        Happening::Closed | Happening::Merged => ("closed", "pull_request"),
    };
    if !hook.events.iter().any(|it| it == event_type) {
        return None;
    }
    let call = Call::within(inner);
    let body = json!({
        "action": action,
        "number": changed.request.number,
        "pull_request": pulls::written(&call, &changed.repository, &changed.request),
        "requested_reviewer": null,
        "repository": shapes::repository(&call, &inner.state(), &changed.repository),
        "sender": shapes::user(&call, &changed.author),
        "commit_id": "",
        "review": null,
    });
    Some(parcel(inner, hook, "pull_request", event_type, &body))
}

fn commit(inner: &Inner, html: &str, it: &Commit) -> Value {
    json!({
        "id": it.sha,
        "message": format!("{}\n", it.message),
        "url": format!("{html}/commit/{}", it.sha),
        "author": person(inner, &it.author),
        "committer": person(inner, &it.committer),
        "verification": null,
        "timestamp": moments::seconds(it.committer.at),
        "added": [],
        "removed": [],
        "modified": [],
    })
}

fn person(inner: &Inner, it: &Person) -> Value {
    let state = inner.state();
    let login = state.users.iter().find(|user| user.email == it.email).map(|it| it.login.clone());
    json!({"name": it.name, "email": it.email, "username": login.unwrap_or_default()})
}

/// The headers and signatures around a body. Without a secret the signatures are empty.
fn parcel(inner: &Inner, hook: &Hook, event: &str, event_type: &str, body: &Value) -> Parcel {
    let payload = body.to_string();
    let key = hook.secret.as_deref().unwrap_or_default().as_bytes();
    let sum = |bytes: Vec<u8>| if key.is_empty() { String::new() } else { codes::hex(&bytes) };
    let sha256 = sum(codes::hmac_sha256(key, payload.as_bytes()));
    let sha1 = sum(codes::hmac_sha1(key, payload.as_bytes()));
    let guid = uuid(&*inner.entropy);
    let is_json = hook.details.get("content_type").and_then(Value::as_str) == Some("json");
    let (kind, body) = match is_json {
        true => ("application/json", payload),
        false => ("application/x-www-form-urlencoded", codes::query(&[("payload", &payload)])),
    };
    let mut headers = vec![("content-type".to_owned(), kind.to_owned())];
    let mut families = vec!["x-gitea", "x-gogs"];
    if inner.kind == Kind::Forgejo {
        families.insert(0, "x-forgejo");
    }
    for family in families {
        headers.push((format!("{family}-delivery"), guid.clone()));
        headers.push((format!("{family}-event"), event.to_owned()));
        headers.push((format!("{family}-event-type"), event_type.to_owned()));
        headers.push((format!("{family}-signature"), sha256.clone()));
    }
    headers.push(("x-hub-signature".to_owned(), format!("sha1={sha1}")));
    headers.push(("x-hub-signature-256".to_owned(), format!("sha256={sha256}")));
    headers.push(("x-github-delivery".to_owned(), guid.clone()));
    headers.push(("x-github-event".to_owned(), event.to_owned()));
    headers.push(("x-github-event-type".to_owned(), event_type.to_owned()));
    let own = hook.details.get("authorization_header").and_then(Value::as_str);
    headers.extend(
        own.filter(|it| !it.is_empty()).map(|it| ("authorization".to_owned(), it.to_owned())),
    );
    Parcel { hook: hook.id, event: event.to_owned(), guid, headers, body, is_again: false }
}
