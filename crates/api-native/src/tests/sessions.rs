//! Links and sessions of the console, as the API shows and ends them.

use serde_json::Value;
use serde_json::json;

use super::world::World;

#[tokio::test]
async fn a_session_is_listed_and_ended_and_opens_nothing_here() {
    let world = World::new().await;
    let owner = world.organization("acme").await;
    let link = world.make(&owner, "/sign-in-links", Value::Null).await;
    let url = link["url"].as_str().unwrap();
    let secret = url.strip_prefix("https://claviger.lan/console/sign-in/link/").unwrap();
    assert_eq!(world.answers_with(secret), ["POST /sign-in-links"]);
    let session = world.sign_in(secret).await;
    for stranger in [secret, session.as_str()] {
        world.get(stranger, "/whoami").await.problem(401, "unauthenticated");
        let lend = json!({"repository": "https://github.com/acme/app", "access": "read"});
        world.ask(stranger, "POST", "/leases", lend).await.problem(401, "unauthenticated");
    }

    let listed = &world.get(&owner, "/sessions").await.json()["items"][0];
    let fields = ["name", "role", "signed_in_by", "user_agent", "live", "member_id", "ended_at"];
    let expected = json!(["bootstrap", "owner", "link", "Browser/1", true, null, null]);
    assert_eq!(json!(fields.map(|field| &listed[field])), expected);
    assert!(listed["api_token_id"].is_string());
    assert_eq!(world.answers_with(&session), Vec::<String>::new());
    let path = format!("/sessions/{}", listed["id"].as_str().unwrap());
    for _ in 0..2 {
        assert_eq!(world.ask(&owner, "DELETE", &path, Value::Null).await.status, 204);
    }
    assert_eq!(world.get(&owner, "/sessions").await.json()["items"][0]["live"], false);
    let other = world.organization("other").await;
    world.ask(&other, "DELETE", &path, Value::Null).await.problem(404, "not_found");
    assert_eq!(world.get(&other, "/sessions").await.json()["items"], json!([]));
}
