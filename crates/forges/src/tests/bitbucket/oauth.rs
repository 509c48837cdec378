//! Signing in, and a consumer that asks for itself.

use serde_json::Value;

use super::basic;
use super::world;
use crate::Application;
use crate::tests::World;

const BACK: &str = "http://127.0.0.1:9/callback";

async fn prepared() -> World {
    let world = world().await;
    let mut application = Application::new("client", "secret").redirect_uri(BACK);
    application.owner = "acme".to_owned();
    application.scopes = vec!["account".to_owned(), "repository:write".to_owned()];
    world.forge.add_application(application);
    world.forge.sign_in(Some("octocat"));
    world
}

async fn token(world: &World, status: u16, form: &str) -> Value {
    let url = format!("{}/site/oauth2/access_token", world.forge.url());
    let header = format!("Authorization: {}\r\n", basic("client", "secret"));
    world.raw("POST", &url, &header, form).await.is(status).json()
}

#[tokio::test]
async fn a_code_a_token_and_refreshing() {
    let world = prepared().await;
    let url = format!(
        "{}/site/oauth2/authorize?client_id=client&response_type=code&state=s",
        world.forge.url()
    );
    let got = world.raw("GET", &url, "", "").await.is(302);
    let pairs = crate::codes::pairs(got.header("location").split_once('?').unwrap().1);
    let form = format!("grant_type=authorization_code&code={}", pairs[0].1);
    let got = token(&world, 200, &form).await;
    assert_eq!(
        (&got["scopes"], &got["expires_in"]),
        (&"account repository:write".into(), &7200.into())
    );
    let value = got["access_token"].as_str().unwrap();
    let user = world.get(value, "/user").await.is(200);
    assert_eq!(
        (user.at("nickname"), user.header("x-credential-type")),
        ("octocat".into(), "oauth2")
    );
    assert_eq!(token(&world, 400, &form).await["error"], "invalid_grant");
    let refresh = format!(
        "grant_type=refresh_token&refresh_token={}",
        got["refresh_token"].as_str().unwrap()
    );
    let fresh = token(&world, 200, &refresh).await;
    assert_ne!(fresh["refresh_token"], got["refresh_token"]);
    world.get(value, "/user").await.is(401);
    token(&world, 400, &refresh).await;
}

#[tokio::test]
async fn a_consumer_acts_as_its_workspace_for_two_hours() {
    let world = prepared().await;
    let got = token(&world, 200, "grant_type=client_credentials").await;
    let value = got["access_token"].as_str().unwrap();
    world.get(value, "/repositories/acme/lib").await.is(200);
    let url = world.clone_url("x-token-auth", &crate::codes::encode(value), "acme/lib");
    world.git.run(&["ls-remote", &url]).await.text();
    world.clock.set(World::moment("2026-01-01T02:00:00Z"));
    let got = world.get(value, "/repositories/acme/lib").await.is(401);
    assert!(got.at("error.message").as_str().unwrap().starts_with("Access token expired."));
}
