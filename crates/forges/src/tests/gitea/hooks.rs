//! Hooks are kept without showing their secret, and deliver with the headers of four families.

use serde_json::Value;
use serde_json::json;

use super::value;
use super::with_token;
use crate::Kind;
use crate::Token;
use crate::codes;

const HOOKS: &str = "/repos/octocat/private/hooks";

fn body(url: &str) -> Value {
    let config = json!({"url": url, "content_type": "json", "secret": "hush"});
    json!({"type": "gitea", "active": true, "events": ["push"], "config": config})
}

#[tokio::test]
async fn made_shown_changed_and_taken_away() {
    let (world, token) = with_token(Kind::Gitea, &["write:repository"]).await;
    let send = async |method: &str, target: &str, body: &Value| {
        world.send(method, &token, target, &body.to_string()).await
    };
    let mut wanted = body("http://127.0.0.1:9/hook");
    wanted["events"] = json!(["push", "pull_request"]);
    wanted.as_object_mut().unwrap().remove("active");
    let made = send("POST", HOOKS, &wanted).await.is(201);
    assert_eq!((made.at("active"), made.at("type")), (false.into(), "gitea".into()));
    // One word stands for many events.
    let events = made.at("events");
    let events = events.as_array().unwrap();
    assert!(events.contains(&"pull_request_sync".into()) && !events.contains(&"issues".into()));
    let one = format!("{HOOKS}/{}", made.at("id"));
    for target in [HOOKS, &one] {
        let got = world.get(&token, target).await.is(200);
        assert!(!got.text().contains("hush"), "{}", got.text());
    }
    // What a change does not say of events is forgotten.
    let changed = send("PATCH", &one, &json!({"active": true})).await.is(200);
    assert_eq!((changed.at("active"), changed.at("events")), (true.into(), json!(["push"])));
    assert_eq!(world.forge.hooks("octocat/private")[0].secret.as_deref(), Some("hush"));
    send("DELETE", &one, &json!({})).await.is(204);
    send("DELETE", &one, &json!({})).await.is(404);
}

#[tokio::test]
async fn refusals() {
    let (world, token) = with_token(Kind::Gitea, &["write:repository"]).await;
    let send = async |token: &str, path: &str, body: &Value| {
        world.send("POST", token, &format!("/repos/{path}/hooks"), &body.to_string()).await
    };
    let good = body("http://127.0.0.1:9/");
    let mut forgejos = good.clone();
    forgejos["type"] = "forgejo".into();
    let got = send(&token, "octocat/private", &forgejos).await.is(422);
    assert_eq!(got.at("message"), "Invalid hook type: forgejo");
    let mut bare = good.clone();
    bare["config"] = json!({"url": "http://127.0.0.1:9/"});
    let got = send(&token, "octocat/private", &bare).await.is(422);
    assert_eq!(got.at("message"), "Missing config option: content_type");
    let got = send(&token, "acme/app", &good).await.is(403);
    assert!(got.at("message").as_str().unwrap().contains("admin write of a repository"));
    let reader = value("r");
    world.forge.add_token(Token::new(&reader, "token", "octocat").scopes(&["read:repository"]));
    world.get(&reader, HOOKS).await.is(200);
    send(&reader, "octocat/private", &good).await.is(403);
    world.get("", "/repos/octocat/public/hooks").await.is(401);
    let stranger = value("s");
    world.forge.add_token(Token::new(&stranger, "token", "stranger").scopes(&["all"]));
    world.get(&stranger, HOOKS).await.is(404);
}

#[tokio::test]
async fn deliveries_are_signed_or_visibly_not() {
    for kind in [Kind::Gitea, Kind::Forgejo] {
        let (world, token) = with_token(kind, &["write:repository"]).await;
        let receiver = world.receiver().await;
        let made = world.send("POST", &token, HOOKS, &body(&receiver.url()).to_string()).await;
        let one = format!("{HOOKS}/{}", made.is(201).at("id"));
        let sent = world.forge.deliver_push("octocat/private", "main").await.unwrap().remove(0);
        assert_eq!((sent.status, sent.event.as_str()), (200, "push"));
        let seen = receiver.journal().pop().unwrap();
        let sum = codes::hex(&codes::hmac_sha256(b"hush", sent.body.as_bytes()));
        assert_eq!(seen.header("x-gitea-signature"), Some(sum.as_str()));
        assert_eq!(seen.header("x-hub-signature-256").unwrap(), format!("sha256={sum}"));
        assert_eq!(seen.header("x-github-event"), Some("push"));
        let is_forgejos = seen.header("x-forgejo-signature") == Some(sum.as_str());
        assert_eq!(is_forgejos, kind == Kind::Forgejo);
        let payload: Value = serde_json::from_str(&sent.body).unwrap();
        assert_eq!(payload["head_commit"]["id"], payload["after"]);
        assert_eq!(payload["repository"]["clone_url"], world.forge.clone_url("octocat/private"));

        let bare = json!({"config": {"secret": ""}}).to_string();
        world.send("PATCH", &token, &one, &bare).await.is(200);
        world.forge.deliver_push("octocat/private", "main").await.unwrap();
        let seen = receiver.journal().pop().unwrap();
        assert_eq!(seen.header("x-gitea-signature"), Some(""));
        assert_eq!(seen.header("x-hub-signature-256"), Some("sha256="));
    }
}

#[tokio::test]
async fn a_test_delivers_the_newest_commit() {
    let (world, token) = with_token(Kind::Gitea, &["all"]).await;
    let receiver = world.receiver().await;
    let made = world.send("POST", &token, HOOKS, &body(&receiver.url()).to_string()).await;
    let one = format!("{HOOKS}/{}/tests", made.is(201).at("id"));
    world.send("POST", &token, &one, "").await.is(204);
    let hook = world.delivered("octocat/private", 1).await;
    let payload: Value = serde_json::from_str(&hook.deliveries[0].body).unwrap();
    assert_eq!(payload["ref"], "refs/heads/main");
}
