//! What git's credential helper is told.

use axum::body::Body;
use http::Request;
use serde_json::Value;
use serde_json::json;
use testkit::Canary;

use super::world::World;

async fn question(world: &World, token: &str, host: &str, path: &str) -> Value {
    let body = json!({"protocol": "https", "host": host, "path": path});
    let reply = world.ask(token, "POST", "/git-credential", body).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.header("cache-control"), "no-store");
    reply.json()
}

#[tokio::test]
async fn git_gets_a_lease_a_value_or_a_no() {
    let world = World::new().await;
    let owner = world.organization("acme").await;
    let canary = Canary::fresh("ghp_");
    let body = json!({"name": "c", "provider": "github", "check": false, "secret": canary.text()});
    world.make(&owner, "/credentials", body).await;
    let devops = world.make(&owner, "/api-tokens", json!({"name": "d", "role": "devops"})).await;
    let devops = devops["token"].as_str().unwrap();

    let path = "git/github.com/acme/app.git";
    let lease = question(&world, devops, "claviger.lan", path).await;
    assert_eq!((&lease["answer"], &lease["username"]), (&json!("basic"), &json!("claviger")));
    assert!(lease["password"].as_str().unwrap().starts_with("clv_lease_"));
    assert!(lease["password_expiry_utc"].is_i64());
    assert!(world.answers_with(canary.text()).is_empty());

    let value = question(&world, &owner, "github.com", "acme/app.git").await;
    assert_eq!((&value["answer"], &value["password"]), (&json!("basic"), &json!(canary.text())));
    let no = question(&world, devops, "github.com", "acme/app.git").await;
    assert_eq!(no["answer"], "quit");
    assert!(no["message"].as_str().unwrap().contains("git setup"), "{no}");
    let unknown = question(&world, &owner, "gitlab.com", "acme/app.git").await;
    assert_eq!(unknown, json!({"answer": "unknown"}));
    assert_eq!(world.answers_with(canary.text()), ["POST /git-credential"]);
}

#[tokio::test]
async fn the_address_the_caller_used_counts_as_ours() {
    let world = World::new().await;
    let owner = world.organization("acme").await;
    let body = json!({"name": "c", "provider": "github", "check": false, "secret": "s"});
    world.make(&owner, "/credentials", body).await;
    let path = format!("{}/git-credential", wire::BASE);
    let body = json!({"protocol": "https", "host": "10.0.0.5:8470",
        "path": "git/github.com/acme/app.git"});
    // HTTP/1.1 tells the address in Host, HTTP/2 in :authority, which is in the URI here.
    let cases = [
        (path.clone(), Some("10.0.0.5:8470"), "basic"),
        (format!("https://10.0.0.5:8470{path}"), None, "basic"),
        (path.clone(), Some("10.0.0.6:8470"), "unknown"),
        (path, None, "unknown"),
    ];
    for (uri, host, answer) in cases {
        let mut request = Request::post(&uri).header("authorization", format!("Bearer {owner}"));
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let reply = world.send(request.body(Body::from(body.to_string())).unwrap()).await;
        assert_eq!(reply.json()["answer"], answer, "{uri} {host:?}: {}", reply.text);
    }
}
