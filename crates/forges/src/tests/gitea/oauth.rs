//! Signing in.

use serde_json::Value;

use super::world;
use crate::Application;
use crate::Kind;
use crate::Options;
use crate::codes;
use crate::tests::World;

const BACK: &str = "http://127.0.0.1:9/callback";

async fn prepared(kind: Kind) -> World {
    let world = world(Options::new(kind)).await;
    world.forge.add_application(Application::new("client", "secret").redirect_uri(BACK));
    world.forge.sign_in(Some("octocat"));
    world
}

async fn code(world: &World, more: &str) -> String {
    let query =
        format!("client_id=client&redirect_uri={}&response_type=code{more}", codes::encode(BACK));
    let url = format!("{}/login/oauth/authorize?{query}", world.forge.url());
    let got = world.raw("GET", &url, "", "").await.is(303);
    let pairs = codes::pairs(got.header("location").split_once('?').unwrap().1);
    pairs.into_iter().find(|(name, _)| name == "code").unwrap().1
}

async fn token(world: &World, status: u16, form: &str) -> Value {
    let form = format!("client_id=client&client_secret=secret&{form}");
    let url = format!("{}/login/oauth/access_token", world.forge.url());
    world.raw("POST", &url, "", &form).await.is(status).json()
}

#[tokio::test]
async fn a_code_a_token_and_refreshing() {
    for kind in [Kind::Gitea, Kind::Forgejo] {
        let world = prepared(kind).await;
        let form = format!("grant_type=authorization_code&code={}", code(&world, "").await);
        let got = token(&world, 200, &form).await;
        assert_eq!((&got["token_type"], &got["expires_in"]), (&"bearer".into(), &3600.into()));
        let first = got["access_token"].as_str().unwrap();
        // Nothing was asked for, so everything is given.
        world.get(first, "/user/repos").await.is(200);
        assert_eq!(token(&world, 400, &form).await["error"], "unauthorized_client");
        let form = format!(
            "grant_type=refresh_token&refresh_token={}",
            got["refresh_token"].as_str().unwrap()
        );
        let second = token(&world, 200, &form).await;
        assert_ne!(second["access_token"], got["access_token"]);
        world.get(first, "/user").await.is(200);
        let status = if kind == Kind::Forgejo { 400 } else { 200 };
        token(&world, status, &form).await;
        world.clock.set(World::moment("2026-01-01T01:00:00Z"));
        world.get(first, "/user").await.is(401);
    }
}

#[tokio::test]
async fn a_challenge_must_be_met_and_scopes_are_kept() {
    let world = prepared(Kind::Gitea).await;
    let verifier = "v".repeat(43);
    let challenge = codes::to_base64_url(&codes::sha256(verifier.as_bytes()));
    let more = format!("&scope=read:user&code_challenge={challenge}&code_challenge_method=S256");
    let form = format!("grant_type=authorization_code&code={}", code(&world, &more).await);
    token(&world, 400, &form).await;
    let form = format!("grant_type=authorization_code&code={}", code(&world, &more).await);
    let got = token(&world, 200, &format!("{form}&code_verifier={verifier}")).await;
    let value = got["access_token"].as_str().unwrap();
    world.get(value, "/user").await.is(200);
    world.get(value, "/repos/octocat/private").await.is(403);
    let url = format!("{}/login/oauth/introspect", world.forge.url());
    world.raw("POST", &url, "", &format!("token={value}")).await.is(401);
    let client = format!("Authorization: {}\r\n", super::basic("client", "secret"));
    let got = world.raw("POST", &url, &client, &format!("token={value}")).await.is(200);
    assert_eq!((got.at("active"), got.at("username")), (true.into(), "octocat".into()));
    let url = format!("{}/login/oauth/userinfo", world.forge.url());
    let header = format!("Authorization: Bearer {value}\r\n");
    let got = world.raw("GET", &url, &header, "").await.is(200);
    assert_eq!(got.at("preferred_username"), "octocat");
}
