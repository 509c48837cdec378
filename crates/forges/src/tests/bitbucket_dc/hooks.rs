//! Hooks, and what they are sent.

use serde_json::Value;
use serde_json::json;

use super::repository_token;
use super::token;
use super::world;
use crate::codes;

const HOOKS: &str = "/projects/PROJ/repos/app/webhooks";

fn body(url: &str) -> Value {
    json!({
        "name": "ours", "url": url, "active": true, "events": ["repo:refs_changed", "pr:opened"],
        "configuration": {"secret": "hush"},
    })
}

#[tokio::test]
async fn made_shown_changed_and_taken_away() {
    let world = world().await;
    let token_of = repository_token(&world, &["REPO_ADMIN"]);
    let made = world.send("POST", &token_of, HOOKS, &body("http://127.0.0.1:9/").to_string()).await;
    let one = format!("{HOOKS}/{}", made.is(201).at("id"));
    for target in [HOOKS, &one] {
        let got = world.get(&token_of, target).await.is(200);
        assert!(!got.text().contains("hush"), "{}", got.text());
    }
    let mut changed = body("http://127.0.0.1:9/other");
    changed["configuration"] = json!({});
    let got = world.send("PUT", &token_of, &one, &changed.to_string()).await.is(200);
    assert_eq!(got.at("url"), "http://127.0.0.1:9/other");
    assert_eq!(world.forge.hooks("PROJ/app")[0].secret.as_deref(), Some("hush"));
    let weak = repository_token(&world, &["REPO_WRITE"]);
    world.get(&weak, HOOKS).await.is(401);
    world
        .get(&token(&world, &["PROJECT_ADMIN"]), "/projects/PROJ/repos/lib/webhooks")
        .await
        .is(401);
    let mut bad = body("http://127.0.0.1:9/");
    bad["events"] = json!(["repo:push"]);
    world.send("POST", &token_of, HOOKS, &bad.to_string()).await.is(400);
    world.send("DELETE", &token_of, &one, "").await.is(204);
    world.get(&token_of, &one).await.is(404);
}

#[tokio::test]
async fn deliveries_are_signed() {
    let world = world().await;
    let token = repository_token(&world, &["REPO_ADMIN"]);
    let receiver = world.receiver().await;
    let made = world.send("POST", &token, HOOKS, &body(&receiver.url()).to_string()).await.is(201);
    let sent = world.forge.deliver_push("PROJ/app", "main").await.unwrap().remove(0);
    let seen = receiver.journal().pop().unwrap();
    let sum = codes::hex(&codes::hmac_sha256(b"hush", sent.body.as_bytes()));
    assert_eq!(seen.header("x-hub-signature").unwrap(), format!("sha256={sum}"));
    assert_eq!(seen.header("x-event-key"), Some("repo:refs_changed"));
    assert_eq!(seen.header("x-request-id"), Some(sent.guid.as_str()));
    let payload: Value = serde_json::from_str(&sent.body).unwrap();
    let change = &payload["changes"][0];
    assert_eq!((&change["refId"], &change["type"]), (&"refs/heads/main".into(), &"UPDATE".into()));
    assert_eq!(change["toHash"], payload["toCommit"]["id"]);
    let target = format!("{HOOKS}/test?webhookId={}", made.at("id"));
    world.send("POST", &token, &target, "").await.is(200);
    let hook = world.delivered("PROJ/app", 2).await;
    assert_eq!(hook.deliveries[1].body, "{\"test\":true}");
}
