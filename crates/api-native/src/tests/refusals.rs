//! Wrong requests: each gets a problem that says what to do, and never repeats a secret.

use axum::body::Body;
use http::Request;
use serde_json::Value;
use serde_json::json;
use testkit::Canary;

use super::world::Reply;
use super::world::World;

async fn raw(world: &World, token: &str, path: &str, body: impl Into<Body>) -> Reply {
    let request = Request::post(format!("{}{path}", wire::BASE))
        .header("authorization", format!("Bearer {token}"))
        .body(body.into());
    world.send(request.unwrap()).await
}

#[tokio::test]
async fn malformed_bodies_are_refused_without_repeating_them() {
    let world = World::new().await;
    let owner = world.organization("acme").await;
    let canary = Canary::fresh("glpat-");
    let secret = canary.text();
    let wrong = [
        format!(r#"{{"name":"n","provider":"github","secret":"{secret}""#),
        format!(r#"{{"name":"n","provider":"github","secret":"{secret}","scope":"x"}}"#),
        format!(r#"{{"name":"n","provider":"github","secret":["{secret}"]}}"#),
        format!(r#"{{"name":"n","provider":"github","default":"{secret}","secret":"s"}}"#),
        format!(r#"{{"name":"n","provider":"github","expires_at":7,"secret":"{secret}"}}"#),
        format!(r#"{{"name":"n","provider":"hub","secret":"{secret}"}}"#),
        format!(r#"{{"name":"n","provider":"github","kind":"key","secret":"{secret}"}}"#),
        format!(r#"{{"name":"n","provider":"generic","secret":"{secret}"}}"#),
        format!(r#"{{"provider":"github","secret":"{secret}"}}"#),
        format!(r#"{{"name":" ","provider":"github","secret":"{secret}"}}"#),
        format!("{{\"name\":\"n\",\"provider\":\"github\",\"secret\":\"{secret}\\n\"}}"),
        format!("\"{secret}\""),
        secret.to_owned(),
        String::new(),
    ];
    for body in wrong {
        raw(&world, &owner, "/credentials", body).await.problem(400, "invalid");
    }
    assert!(world.answers_with(secret).is_empty());
    let unknown =
        raw(&world, &owner, "/members", r#"{"email":"a@b.c","role":"owner","x":1}"#).await;
    assert!(unknown.problem(400, "invalid").contains("unknown field `x`"), "{}", unknown.text);
    let refused = world.get(&owner, "/credentials").await.json();
    assert_eq!(refused["items"], json!([]));
}

#[tokio::test]
async fn a_credential_without_a_secret_is_refused_with_a_hint() {
    let world = World::new().await;
    let owner = world.organization("acme").await;
    let body = r#"{"name":"n","provider":"github"}"#;
    let reply = raw(&world, &owner, "/credentials", body).await;
    assert_eq!(reply.problem(400, "invalid"), "The credential has no secret.");
    assert!(reply.json()["hint"].as_str().unwrap().contains("secret"));
}

#[tokio::test]
async fn a_body_of_two_megabytes_is_too_large() {
    let world = World::new().await;
    let owner = world.organization("acme").await;
    let body = json!({"name": "x".repeat(2 * 1024 * 1024)}).to_string();
    raw(&world, &owner, "/credentials", body).await.problem(413, "too_large");
    let long =
        json!({"name": "n", "provider": "github", "check": false, "secret": "x".repeat(70_000)})
            .to_string();
    raw(&world, &owner, "/credentials", long).await.problem(413, "too_large");
}

#[tokio::test]
async fn strangers_learn_nothing() {
    let world = World::new().await;
    let owner = world.organization("acme").await;
    let ask = |authorization: Option<String>| {
        let builder = Request::get(format!("{}/whoami", wire::BASE));
        let builder = match authorization {
            Some(value) => builder.header("authorization", value),
            None => builder,
        };
        world.send(builder.body(Body::empty()).unwrap())
    };
    let mut last = owner.clone();
    last.pop();
    let strangers = [
        None,
        Some("Bearer".to_owned()),
        Some("Bearer x".to_owned()),
        Some(format!("Bearer {last}")),
        Some(format!("Digest {owner}")),
    ];
    let mut sentences = Vec::new();
    for stranger in strangers {
        let reply = ask(stranger).await;
        assert_eq!(reply.header("www-authenticate"), "Bearer realm=\"Claviger\"");
        sentences.push(reply.problem(401, "unauthenticated"));
    }
    sentences.dedup();
    assert_eq!(sentences.len(), 1, "{sentences:?}");
    assert_eq!(ask(Some(format!("Bearer {owner}"))).await.status, 200);
    // Who is asked first: a stranger's body is not looked at.
    raw(&world, "x", "/credentials", "{").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn there_is_json_at_every_path_below_the_base() {
    let world = World::new().await;
    let owner = world.organization("acme").await;
    let missing =
        ["", "/", "/nope", "/whoami/", "/credentials/a/b/c", "/v2/x", "/audit", "//whoami"];
    for path in missing {
        for method in ["GET", "POST", "PUT", "DELETE"] {
            world.ask(&owner, method, path, Value::Null).await.problem(404, "not_found");
        }
    }
    let others = [
        ("PUT", "/whoami", "GET,HEAD"),
        ("DELETE", "/credentials", "GET,HEAD,POST"),
        ("POST", "/members/x", "PATCH,DELETE"),
        ("GET", "/git-credential", "POST"),
        ("POST", "/docs", "GET,HEAD"),
    ];
    for (method, path, allow) in others {
        let reply = world.ask(&owner, method, path, Value::Null).await;
        reply.problem(405, "invalid");
        let mut allowed: Vec<&str> = reply.header("allow").split(',').collect();
        allowed.sort_unstable();
        let mut expected: Vec<&str> = allow.split(',').collect();
        expected.sort_unstable();
        assert_eq!(allowed, expected, "{method} {path}");
    }
    world.get(&owner, "/credentials/%FF").await.problem(400, "invalid");
    let elsewhere = Request::get("/claviger/v2/whoami").body(Body::empty()).unwrap();
    assert_eq!(world.send(elsewhere).await.text, "");
}
