//! Making and ending tokens with a password.

use serde_json::json;

use super::basic;
use super::token;
use super::world;
use crate::tests::World;

#[tokio::test]
async fn made_used_listed_and_ended() {
    let world = world().await;
    let base = format!("{}/rest/access-tokens/latest", world.forge.url());
    let send = async |method: &str, auth: &str, path: &str, body: &str| {
        let header = format!("Authorization: {auth}\r\n");
        world.raw(method, &format!("{base}{path}"), &header, body).await
    };
    let password = basic("octocat", "a password");
    let body = json!({"name": "new", "permissions": ["REPO_READ"], "expiryDays": 1}).to_string();
    let made = send("PUT", &password, "/users/octocat", &body).await.is(200);
    let value = made.at("token").as_str().unwrap().to_owned();
    assert_eq!(
        made.at("expiryDate").as_i64().unwrap() - made.at("createdDate").as_i64().unwrap(),
        86_400_000
    );
    world.get(&value, "/projects/PROJ/repos/app").await.is(200);
    // No token makes or lists tokens.
    send("GET", &format!("Bearer {value}"), "/users/octocat", "").await.is(401);
    let list = send("GET", &password, "/users/octocat", "").await.is(200);
    assert!(list.at("values.0.lastAuthenticated").is_i64() && !list.text().contains(&value));
    send("GET", &password, "/users/root", "").await.is(401);
    send("PUT", &password, "/projects/PROJ", &body).await.is(401);
    let its = send("PUT", &password, "/projects/PROJ/repos/app", &body).await.is(200);
    let its = its.at("token").as_str().unwrap().to_owned();
    world.get(&its, "/projects/PROJ/repos/lib").await.is(401);
    send("PUT", &basic("root", "root's password"), "/projects/PROJ", &body).await.is(200);
    let one = format!("/users/octocat/{}", made.at("id").as_str().unwrap());
    send("DELETE", &password, &one, "").await.is(204);
    send("DELETE", &password, &one, "").await.is(404);
    world.get(&value, "/projects/PROJ/repos/app").await.is(401);
    let ending = token(&world, &["REPO_READ"]);
    world
        .forge
        .edit_token(&ending, |it| it.expires_at = Some(World::moment("2026-01-01T00:00:01Z")));
    world.clock.set(World::moment("2026-01-01T00:00:01Z"));
    world.get(&ending, "/projects/PROJ/repos/app").await.is(401);
}
