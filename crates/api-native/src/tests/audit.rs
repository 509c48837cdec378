//! The audit log through the API: what happened is in it, and it verifies.

use serde_json::Value;
use serde_json::json;

use super::world::World;

async fn verify(world: &World, token: &str, head: Value) -> Value {
    let reply = world.ask(token, "POST", "/audit/verify", json!({"head": head})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

#[tokio::test]
async fn what_happened_is_told_and_verifies() {
    let world = World::new().await;
    let owner = world.organization("acme").await;
    let body = json!({"name": "c", "provider": "github", "check": false, "secret": "s", "covers": ["acme"]});
    let credential = world.make(&owner, "/credentials", body).await;
    let id = credential["id"].as_str().unwrap();
    let viewer = world.make(&owner, "/api-tokens", json!({"name": "v", "role": "viewer"})).await;
    let viewer = viewer["token"].as_str().unwrap();
    let refused = world.ask(viewer, "POST", "/credentials/c/reveal", json!({"reason": "r"})).await;
    refused.problem(403, "forbidden");
    let reason = json!({"reason": "the build is down"});
    let revealed = world.ask(&owner, "POST", "/credentials/c/reveal", reason).await;
    assert_eq!(world.ask(&owner, "DELETE", "/credentials/c", Value::Null).await.status, 204);

    let all = world.get(&owner, "/audit/records").await.json();
    let items = all["items"].as_array().unwrap();
    let actions: Vec<(&str, &str)> = items
        .iter()
        .map(|item| (item["action"].as_str().unwrap(), item["outcome"].as_str().unwrap()))
        .collect();
    assert_eq!(
        actions[..3],
        [
            ("credential.delete", "done"),
            ("credential.reveal", "done"),
            ("credential.reveal", "refused"),
        ]
    );
    let reveal = &items[1];
    assert_eq!(reveal["request_id"], revealed.header("x-request-id"));
    assert_eq!(reveal["detail"], "the build is down");
    assert_eq!((&reveal["credential_id"], &reveal["lane"]), (&json!(id), &json!(1)));
    assert_eq!(reveal["mac"].as_str().unwrap().len(), 64);
    assert_eq!(items[2]["request_id"], refused.header("x-request-id"));

    let of_one = world.get(&owner, &format!("/audit/records?credential={id}")).await.json();
    let of_one = of_one["items"].as_array().unwrap();
    assert!(of_one.len() >= 3 && of_one.iter().all(|item| item["credential_id"] == id));
    let since = reveal["at"].as_str().unwrap();
    let later = world.get(&owner, &format!("/audit/records?since={since}")).await.json();
    assert_eq!(later["items"].as_array().unwrap().len(), 2);

    searched(&world, &owner, reveal, items.len()).await;

    let verdict = verify(&world, &owner, Value::Null).await;
    assert_eq!((&verdict["intact"], &verdict["lanes"]), (&json!(true), &json!(1)));
    assert_eq!(verdict["records"], items.len());
    assert_eq!(verdict["findings"], json!([]));
}

/// Records are found by everything that is known of one.
async fn searched(world: &World, owner: &str, reveal: &Value, all: usize) {
    let found = async |query: &str| {
        let page = world.get(owner, &format!("/audit/records?{query}")).await.json();
        let items = page["items"].as_array().unwrap().clone();
        items.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (id, request) = (reveal["id"].as_str().unwrap(), reveal["request_id"].as_str().unwrap());
    assert_eq!(found(&format!("request_id={request}")).await, [id]);
    assert_eq!(found("action=credential.reveal&outcome=done").await, [id]);
    assert_eq!(found("action=credential.reveal").await.len(), 2);
    let who = reveal["actor_name"].as_str().unwrap();
    let by_name = format!("actor={}&action=credential.reveal", who.to_uppercase());
    assert_eq!(found(&by_name).await, [id]);
    assert_eq!(found(&format!("{by_name}&outcome=refused")).await.len(), 0);
    let of_id = format!("actor={}&action=credential.reveal", reveal["actor_id"].as_str().unwrap());
    assert_eq!(found(&of_id).await, [id]);
    assert_eq!(found("actor=nobody").await.len(), 0);
    let day = &reveal["at"].as_str().unwrap()[..10];
    assert_eq!(found(&format!("until={day}")).await.len(), all, "a day is meant whole");
    assert_eq!(found("until=2001-01-01").await.len(), 0);
    for wrong in ["action=fly", "outcome=maybe", "until=soon"] {
        world.get(owner, &format!("/audit/records?{wrong}")).await.problem(400, "invalid");
    }
}

#[tokio::test]
async fn a_head_kept_outside_shows_what_is_gone() {
    let world = World::new().await;
    let owner = world.organization("acme").await;
    let head = world.get(&owner, "/audit/head").await.json();
    assert_eq!(head["lanes"][0]["sequence"], 2);
    assert_eq!(verify(&world, &owner, head.clone()).await["intact"], true);
    world.make(&owner, "/api-tokens", json!({"name": "v", "role": "viewer"})).await;
    assert_eq!(verify(&world, &owner, head.clone()).await["intact"], true);

    let mut longer = head.clone();
    longer["lanes"][0]["sequence"] = json!(9);
    let verdict = verify(&world, &owner, longer).await;
    assert_eq!(verdict["intact"], false);
    let finding = &verdict["findings"][0];
    assert_eq!(
        (&finding["what"], &finding["lane"], &finding["sequence"]),
        (&json!("cut"), &json!(1), &json!(4))
    );
    assert_eq!(finding["sentence"], "Lane 1 was cut: its records from 4 on are gone.");

    let mut other = head.clone();
    other["lanes"][0]["mac"] = json!("00".repeat(32));
    let verdict = verify(&world, &owner, other).await;
    assert_eq!(verdict["findings"][0]["sentence"], "Record 2 of lane 1 was edited.");

    let mut lanes = head;
    let second = json!({"lane": 2, "sequence": 5, "mac": "ab"});
    lanes["lanes"].as_array_mut().unwrap().push(second);
    let verdict = verify(&world, &owner, lanes).await;
    let finding = &verdict["findings"][0];
    assert_eq!((&finding["what"], &finding["lane"]), (&json!("cut"), &json!(2)));
    assert_eq!(verdict["findings"].as_array().unwrap().len(), 1);
}
