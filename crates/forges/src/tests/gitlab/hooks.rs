//! Hooks: two kinds of secret, neither shown; deliveries with both.

use std::time::Duration;

use githost::Auth;
use githost::GitHost;
use serde_json::json;

use super::personal;
use super::world;
use crate::Happening;
use crate::codes;

const HOOKS: &str = "/projects/acme%2Ftools%2Fapp/hooks";
const PATH: &str = "acme/tools/app";

#[tokio::test]
async fn made_with_both_secrets() {
    let world = world().await;
    let token = personal(&world, "maintainer", &["api"]);
    let key = format!("whsec_{}", codes::to_base64(&[7; 32]));
    let body = json!({
        "url": "http://127.0.0.1:9/hook", "token": "hush", "signing_token": key,
        "merge_requests_events": true,
    });
    let made = world.send("POST", &token, HOOKS, &body.to_string()).await.is(201);
    assert_eq!(
        (made.at("push_events"), made.at("merge_requests_events")),
        (true.into(), true.into())
    );
    assert_eq!(
        (made.at("token_present"), made.at("signing_token_present")),
        (true.into(), true.into())
    );
    let one = format!("{HOOKS}/{}", made.at("id"));
    for target in [HOOKS, &one] {
        let text = world.get(&token, target).await.is(200).text();
        assert!(!text.contains("hush") && !text.contains("whsec_"), "{text}");
    }
    // A form does as well, and what it does not name stays.
    let changed = world.send("PUT", &token, &one, "push_events=false").await.is(200);
    assert_eq!(
        (changed.at("push_events"), changed.at("merge_requests_events")),
        (false.into(), true.into())
    );
    assert_eq!(world.forge.hooks(PATH)[0].secret.as_deref(), Some("hush"));
    let wrong = json!({"url": "http://127.0.0.1:9/", "signing_token": "whsec_x"}).to_string();
    world.send("POST", &token, HOOKS, &wrong).await.is(422);
    let missing = world.send("POST", &token, HOOKS, "{}").await.is(400);
    assert_eq!(missing.at("error"), "url is missing");
    world.send("DELETE", &token, &one, "").await.is(204);
    world.get(&token, &one).await.is(404);
}

#[tokio::test]
async fn an_older_instance_ignores_the_signing_token() {
    let world = world().await;
    world.forge.without("signing_token");
    let token = personal(&world, "maintainer", &["api"]);
    let key = format!("whsec_{}", codes::to_base64(&[7; 32]));
    let body = json!({"url": "http://127.0.0.1:9/hook", "signing_token": key}).to_string();
    let made = world.send("POST", &token, HOOKS, &body).await.is(201);
    assert_eq!(made.json().get("signing_token_present"), None);
    assert_eq!(world.forge.hooks(PATH)[0].signing_secret, None);
}

#[tokio::test]
async fn deliveries() {
    let world = world().await;
    let token = personal(&world, "maintainer", &["api"]);
    let directory = tempfile::tempdir().unwrap();
    let mut options = githost::Options::new(Auth::Open);
    options.front = Some(std::sync::Arc::new(|_| {
        let mut answer = http::Response::new(bytes::Bytes::new());
        *answer.status_mut() = http::StatusCode::IM_A_TEAPOT;
        Some(answer)
    }));
    let receiver = GitHost::start(directory.path(), options).await.unwrap();
    let key = format!("whsec_{}", codes::to_base64(&[7; 32]));
    let body = json!({"url": receiver.url(), "token": "hush", "signing_token": key}).to_string();
    let made = world.send("POST", &token, HOOKS, &body).await.is(201);

    let sent = world.forge.deliver_push(PATH, "main").await.unwrap().pop().unwrap();
    assert_eq!(sent.status, 418);
    let seen = receiver.journal().pop().unwrap();
    let header = |name: &str| seen.header(name).unwrap_or_default().to_owned();
    assert_eq!(
        (header("x-gitlab-event"), header("x-gitlab-token")),
        ("Push Hook".into(), "hush".into())
    );
    assert_eq!(header("idempotency-key"), header("webhook-id"));
    assert_eq!(header("webhook-timestamp"), "1767225600");
    let signed = format!("{}.{}.{}", sent.guid, header("webhook-timestamp"), sent.body);
    let sum = codes::to_base64(&codes::hmac_sha256(&[7; 32], signed.as_bytes()));
    assert_eq!(header("webhook-signature"), format!("v1,{sum}"));
    let payload: serde_json::Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!(payload["project"]["path_with_namespace"], PATH);
    assert_eq!(payload["total_commits_count"], 1);
    assert_eq!(payload["checkout_sha"], payload["after"]);

    let one = format!("{HOOKS}/{}", made.at("id"));
    let events = world.get(&token, &format!("{one}/events?status=client_failure")).await.is(200);
    assert_eq!(events.at("0.response_status"), "418");
    assert_eq!(events.at("0.request_headers.x-gitlab-token"), "[REDACTED]");
    let again = format!("{one}/events/{}/resend", events.at("0.id"));
    world.send("POST", &token, &again, "").await.is(201);
    for _ in 0..200 {
        if receiver.journal().len() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let seen = receiver.journal();
    assert_eq!(seen[0].header("webhook-id"), seen[1].header("webhook-id"));
}

#[tokio::test]
async fn a_merge_request_moves_along() {
    let world = world().await;
    let token = personal(&world, "maintainer", &["api"]);
    let body = json!({"url": "http://127.0.0.1:9/", "merge_requests_events": true}).to_string();
    world.send("POST", &token, HOOKS, &body).await.is(201);
    let change = async |happening| {
        let branches = ("feature/one", "main");
        let sent = world.forge.deliver_change(PATH, branches, happening).await.unwrap();
        // Nobody listens there.
        assert_eq!(sent[0].status, 0);
        let payload: serde_json::Value = serde_json::from_str(&sent[0].body).unwrap();
        assert_eq!(payload["object_kind"], "merge_request");
        payload["object_attributes"].clone()
    };
    let opened = change(Happening::Opened).await;
    assert_eq!((&opened["action"], &opened["state"]), (&"open".into(), &"opened".into()));
    assert_eq!(opened.get("oldrev"), None);
    let updated = change(Happening::Updated).await;
    assert_eq!(
        (&updated["action"], &updated["oldrev"]),
        (&"update".into(), &opened["last_commit"]["id"])
    );
    assert_eq!(updated["iid"], opened["iid"]);
    assert_eq!(change(Happening::Merged).await["state"], "merged");
    let target = "/projects/acme%2Ftools%2Fapp/merge_requests/1";
    assert_eq!(world.get(&token, target).await.is(200).at("state"), "merged");
}
