//! Hooks say that they have a secret, and what they tell takes scopes of its own.

use serde_json::Value;
use serde_json::json;

use super::access_token;
use super::api_token;
use super::world;
use crate::codes;

const HOOKS: &str = "/repositories/acme/app/hooks";

fn body(url: &str) -> Value {
    json!({
        "description": "ours", "url": url, "active": true, "secret": "hush",
        "events": ["repo:push", "pullrequest:created"],
    })
}

#[tokio::test]
async fn made_shown_changed_and_taken_away() {
    let world = world().await;
    let token = access_token(&world, &["repository", "pullrequest", "webhook"]);
    let made = world.send("POST", &token, HOOKS, &body("http://127.0.0.1:9/").to_string()).await;
    let made = made.is(201);
    assert_eq!(
        (made.at("secret_set"), made.at("subject.full_name")),
        (true.into(), "acme/app".into())
    );
    let one = format!("{HOOKS}/{}", codes::encode(made.at("uuid").as_str().unwrap()));
    for target in [HOOKS, &one] {
        let got = world.get(&token, target).await.is(200);
        assert!(!got.text().contains("hush"), "{}", got.text());
    }
    let mut changed = body("http://127.0.0.1:9/other");
    changed.as_object_mut().unwrap().remove("secret");
    let got = world.send("PUT", &token, &one, &changed.to_string()).await.is(200);
    assert_eq!(
        (got.at("secret_set"), got.at("url")),
        (true.into(), "http://127.0.0.1:9/other".into())
    );
    changed["secret"] = Value::Null;
    let got = world.send("PUT", &token, &one, &changed.to_string()).await.is(200);
    assert_eq!(got.at("secret_set"), false);
    world.send("DELETE", &token, &one, "").await.is(204);
    world.get(&token, &one).await.is(404);
}

#[tokio::test]
async fn scopes_and_roles() {
    let world = world().await;
    let wanted = body("http://127.0.0.1:9/").to_string();
    let weak = access_token(&world, &["repository", "webhook"]);
    let got = world.send("POST", &weak, HOOKS, &wanted).await.is(403);
    assert_eq!(got.at("error.detail.required"), json!(["pullrequest"]));
    let (_, person) = api_token(&world, &["write:webhook:bitbucket", "read:repository:bitbucket"]);
    // Writing does not include reading in a person's scopes.
    world.get(&person, HOOKS).await.is(403);
    world.send("POST", &person, HOOKS, &wanted).await.is(403);
    let (_, person) = api_token(&world, &super::ALL);
    let got = world.get(&person, "/repositories/acme/lib/hooks").await.is(403);
    assert_eq!(got.at("error.message"), "Forbidden");
    let bad = json!({"events": ["repo:push"]}).to_string();
    let got = world.send("POST", &person, HOOKS, &bad).await.is(400);
    assert_eq!(got.at("error.fields.url.0"), "This field is required.");
}

#[tokio::test]
async fn deliveries_are_signed_if_there_is_a_secret() {
    let world = world().await;
    let token = access_token(&world, &["repository", "pullrequest", "webhook"]);
    let receiver = world.receiver().await;
    let mut wanted = body(&receiver.url());
    world.send("POST", &token, HOOKS, &wanted.to_string()).await.is(201);
    wanted.as_object_mut().unwrap().remove("secret");
    world.send("POST", &token, HOOKS, &wanted.to_string()).await.is(201);
    let sent = world.forge.deliver_push("acme/app", "fresh").await.unwrap();
    let seen = receiver.journal();
    let sum = codes::hex(&codes::hmac_sha256(b"hush", sent[0].body.as_bytes()));
    assert_eq!(seen[0].header("x-hub-signature").unwrap(), format!("sha256={sum}"));
    assert_eq!(seen[0].header("x-event-key"), Some("repo:push"));
    assert_eq!(seen[0].header("x-attempt-number"), Some("1"));
    assert_eq!(seen[1].header("x-hub-signature"), None);
    let payload: Value = serde_json::from_str(&sent[0].body).unwrap();
    let change = &payload["push"]["changes"][0];
    assert_eq!((&change["created"], &change["old"]), (&true.into(), &Value::Null));
    assert_eq!(
        (&change["new"]["name"], &change["new"]["type"]),
        (&"fresh".into(), &"branch".into())
    );
    assert_eq!(change["new"]["target"]["hash"], change["commits"][0]["hash"]);
}
