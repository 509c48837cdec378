//! What a token says of itself, and making and ending tokens.

use serde_json::json;

use super::basic;
use super::value;
use super::with_token;
use super::world;
use crate::Kind;
use crate::Options;
use crate::Token;

#[tokio::test]
async fn a_new_gitea_shows_a_token_to_itself_and_ends_it() {
    let (world, token) = with_token(Kind::Gitea, &["read:misc"]).await;
    let got = world.get(&token, "/token").await.is(200);
    assert_eq!((got.at("scopes"), got.at("user.login")), (json!(["read:misc"]), "octocat".into()));
    assert_eq!(got.at("last_used_at"), "2026-01-01T00:00:00Z");
    world.get("", "/token").await.is(401);
    world.get(&basic("octocat", "a password"), "/token").await.is(404);
    world.send("DELETE", &token, "/token", "").await.is(204);
    world.get(&token, "/token").await.is(401);
}

#[tokio::test]
async fn an_older_one_and_forgejo_have_no_such_route() {
    let old = Options { version: Some("1.26.3".to_owned()), ..Options::new(Kind::Gitea) };
    for options in [old, Options::new(Kind::Forgejo)] {
        let world = world(options).await;
        world.forge.add_token(Token::new(value("a"), "token", "octocat").scopes(&["all"]));
        let got = world.get(&value("a"), "/token").await.is(404);
        assert_eq!(got.text(), "404 page not found\n");
    }
}

#[tokio::test]
async fn making_and_ending_takes_the_password() {
    let (world, token) = with_token(Kind::Gitea, &["all"]).await;
    let tokens = "/users/octocat/tokens";
    let got = world.get(&token, tokens).await.is(401);
    assert_eq!(got.at("message"), "auth required");
    let password = basic("octocat", "a password");
    let body = json!({"name": "new", "scopes": ["read:user"]}).to_string();
    let made = world.send("POST", &password, tokens, &body).await.is(201);
    let fresh = made.at("sha1").as_str().unwrap().to_owned();
    assert!(fresh.len() == 40 && fresh.ends_with(made.at("token_last_eight").as_str().unwrap()));
    world.get(&fresh, "/user").await.is(200);
    world.send("POST", &password, tokens, &body).await.is(400);
    world.send("POST", &password, tokens, "{\"name\": \"other\"}").await.is(400);
    let list = world.get(&password, tokens).await.is(200);
    assert_eq!(list.at("1.sha1"), "");
    world.get(&password, "/users/stranger/tokens").await.is(403);
    world.send("DELETE", &password, &format!("{tokens}/new"), "").await.is(204);
    world.send("DELETE", &password, &format!("{tokens}/new"), "").await.is(404);
    world.get(&fresh, "/user").await.is(401);
}

#[tokio::test]
async fn forgejos_administrator_makes_tokens_for_others() {
    let (world, token) = with_token(Kind::Forgejo, &["all"]).await;
    let tokens = "/admin/users/octocat/tokens";
    world.get(&token, tokens).await.is(403);
    let root = value("0");
    world.forge.add_token(Token::new(&root, "token", "root").scopes(&["write:admin"]));
    let body = json!({
        "name": "new",
        "scopes": ["write:repository"],
        "repositories": [{"owner": "acme", "name": "app"}],
    });
    let made = world.send("POST", &root, tokens, &body.to_string()).await.is(201);
    assert_eq!(made.at("repositories.0.full_name"), "acme/app");
    let fresh = made.at("sha1").as_str().unwrap().to_owned();
    world.get(&fresh, "/repos/acme/app").await.is(200);
    world.get(&fresh, "/repos/octocat/private").await.is(404);
    assert_eq!(world.get(&root, tokens).await.is(200).at("0.repositories"), json!(null));
    world.send("DELETE", &root, &format!("{tokens}/{}", made.at("id")), "").await.is(204);
    world.get(&fresh, "/repos/acme/app").await.is(401);
}
