//! Channels: what is refused, and that no answer holds a URL or, but for the first, a signing key.

use serde_json::Value;
use serde_json::json;

use super::world::World;

#[tokio::test]
async fn urls_are_never_shown_and_signing_keys_once() {
    let world = World::new().await;
    let owner = world.organization("acme").await;
    let url = |path: &str| format!("https://127.0.0.1:1/services/{path}?sig={path}");
    let chat = json!({"name": "chat", "kind": "slack", "url": url("canary-one"),
        "only": ["rejected", "expired", "rejected"], "days": [7, 60, 30, 7], "quiet_hours": "22:00-07:00 Europe/Berlin"});
    let chat = world.make(&owner, "/channels", chat).await;
    let hook = json!({"name": "hook", "kind": "webhook", "url": url("canary-one")});
    let hook = world.make(&owner, "/channels", hook).await;
    let key = hook["secret"].as_str().unwrap();
    assert!(key.starts_with("whsec_") && key.len() == 50, "{key}");
    assert_eq!(chat["secret"], Value::Null);
    let id = |channel: &Value| format!("/channels/{}", channel["id"].as_str().unwrap());
    for channel in [&chat, &hook] {
        let change = json!({"name": format!("new {}", id(channel)), "url": url("canary-two")});
        let after = world.ask(&owner, "PATCH", &id(channel), change).await.json();
        assert_eq!(after["address"], "https://127.0.0.1:1");
        let test = format!("{}/test", id(channel));
        world.ask(&owner, "POST", &test, Value::Null).await.problem(502, "upstream");
    }
    let listed = world.get(&owner, "/channels").await.json();
    assert_eq!(listed["items"][0]["days"], json!([60, 30, 7]));
    assert_eq!(listed["items"][1]["days"], json!([]), "the usual ones");
    let usual = json!({"days": []});
    let after = world.ask(&owner, "PATCH", &id(&chat), usual).await.json();
    assert_eq!(
        (&after["days"], &after["quiet_hours"]),
        (&json!([]), &listed["items"][0]["quiet_hours"])
    );
    assert_eq!(listed["items"][0]["only"], json!(["expired", "rejected"]));
    assert_eq!(listed["items"][0]["quiet_hours"], "22:00-07:00 Europe/Berlin");
    world.get(&owner, "/audit/records").await;
    for canary in ["canary-one", "canary-two"] {
        assert!(world.answers_with(canary).is_empty(), "{:?}", world.answers_with(canary));
    }
    assert_eq!(world.answers_with(key), ["POST /channels"]);
}

#[tokio::test]
async fn what_a_channel_cannot_be_is_refused() {
    let world = World::new().await;
    let owner = world.organization("acme").await;
    let url = "https://127.0.0.1:1/x";
    let cases = [
        (json!({"name": "n", "kind": "pager", "url": url}), 400, "invalid"),
        (json!({"name": "n", "kind": "slack"}), 400, "invalid"),
        (json!({"name": "", "kind": "slack", "url": url}), 400, "invalid"),
        (json!({"name": "n", "kind": "slack", "url": "https://a:b@c/d"}), 400, "invalid"),
        (
            json!({"name": "n", "kind": "slack", "url": url, "recipients": ["a@b.lan"]}),
            400,
            "invalid",
        ),
        (json!({"name": "n", "kind": "slack", "url": url, "only": ["boredom"]}), 400, "invalid"),
        (
            json!({"name": "n", "kind": "slack", "url": url, "quiet_hours": "always"}),
            400,
            "invalid",
        ),
        (json!({"name": "n", "kind": "slack", "url": url, "days": [30, 0]}), 400, "invalid"),
        (json!({"name": "n", "kind": "slack", "url": url, "days": [367]}), 400, "invalid"),
        (json!({"name": "n", "kind": "slack", "url": url, "days": [-1]}), 400, "invalid"),
        (
            json!({"name": "n", "kind": "slack", "url": url, "days": [1, 2, 3, 4, 5, 6, 7, 8, 9]}),
            413,
            "too_large",
        ),
        (json!({"name": "n", "kind": "slack", "url": "http://127.0.0.1:1/x"}), 403, "forbidden"),
        (json!({"name": "n", "kind": "email", "url": url}), 400, "invalid"),
        (json!({"name": "n", "kind": "email"}), 400, "invalid"),
        (json!({"name": "n", "kind": "email", "recipients": ["a@b\r\nBcc: c@d"]}), 400, "invalid"),
        (json!({"name": "n", "kind": "email", "recipients": ["a@b.lan"]}), 501, "unsupported"),
    ];
    for (body, status, kind) in cases {
        world.ask(&owner, "POST", "/channels", body).await.problem(status, kind);
    }
    for number in 0..20 {
        let body = json!({"name": format!("n{number}"), "kind": "slack", "url": url});
        world.make(&owner, "/channels", body).await;
    }
    let again = json!({"name": "n1", "kind": "slack", "url": url});
    world.ask(&owner, "POST", "/channels", again).await.problem(409, "conflict");
    let one_more = json!({"name": "more", "kind": "slack", "url": url});
    let said = world.ask(&owner, "POST", "/channels", one_more).await.problem(409, "conflict");
    assert!(said.contains("20 channels"), "{said}");
}
