//! Hooks with a password and hooks with a signature.

use serde_json::Value;
use serde_json::json;

use super::ALL;
use super::token;
use super::world;
use crate::codes;

const HOOKS: &str = "/repos/octocat/private/hooks";

#[tokio::test]
async fn made_shown_changed_and_taken_away() {
    let world = world().await;
    let token_of = token(&world, "octocat", &ALL);
    let form = "url=http%3A%2F%2F127.0.0.1%3A9%2F&password=hush&encryption_type=1&push_events=true\
                &merge_requests_events=true";
    let made = world.send("POST", &token_of, HOOKS, form).await.is(201);
    assert_eq!((made.at("push_events"), made.at("tag_push_events")), (true.into(), false.into()));
    let one = format!("{HOOKS}/{}", made.at("id"));
    for target in [HOOKS, &one] {
        let got = world.get(&token_of, target).await.is(200);
        assert!(!got.text().contains("hush"), "{}", got.text());
    }
    let body = json!({"push_events": false, "url": "http://127.0.0.1:9/other"}).to_string();
    let got = world.send("PATCH", &token_of, &one, &body).await.is(200);
    assert_eq!(
        (got.at("push_events"), got.at("merge_requests_events")),
        (false.into(), true.into())
    );
    assert_eq!(world.forge.hooks("octocat/private")[0].secret.as_deref(), Some("hush"));
    world.send("DELETE", &token_of, &one, "").await.is(204);
    world.get(&token_of, &one).await.is(404);
    world.get(&token_of, "/repos/acme/app/hooks").await.is(403);
    world.get(&token(&world, "octocat", &["projects"]), HOOKS).await.is(403);
    world.get(&token(&world, "stranger", &ALL), HOOKS).await.is(404);
    world.send("POST", &token_of, HOOKS, "{\"url\": \"nonsense\"}").await.is(400);
}

#[tokio::test]
async fn a_password_is_sent_and_a_signature_is_of_the_moment() {
    let world = world().await;
    let token = token(&world, "octocat", &ALL);
    let receiver = world.receiver().await;
    for kind in [0, 1] {
        let body = json!({"url": receiver.url(), "password": "hush", "encryption_type": kind});
        world.send("POST", &token, HOOKS, &body.to_string()).await.is(201);
    }
    let sent = world.forge.deliver_push("octocat/private", "main").await.unwrap();
    let seen = receiver.journal();
    assert_eq!(seen[0].header("x-gitee-token"), Some("hush"));
    let now = seen[1].header("x-gitee-timestamp").unwrap();
    let sum = codes::hmac_sha256(b"hush", format!("{now}\nhush").as_bytes());
    assert_eq!(seen[1].header("x-gitee-token").unwrap(), codes::to_base64(&sum));
    assert_eq!(seen[1].header("x-gitee-event"), Some("Push Hook"));
    let payload: Value = serde_json::from_str(&sent[1].body).unwrap();
    assert_eq!((&payload["password"], &payload["hook_name"]), (&"".into(), &"push_hooks".into()));
    assert_eq!(payload["head_commit"]["id"], payload["after"]);
}
