//! Signing in: what is refused, what a token tells, refresh tokens that are good once.

use serde_json::Value;

use super::world;
use crate::Application;
use crate::codes;
use crate::tests::World;
use crate::tests::client::Got;

const BACK: &str = "http://127.0.0.1:9/callback";

async fn prepared() -> World {
    let world = world().await;
    world.forge.add_application(Application::new("client", "secret").redirect_uri(BACK));
    world.forge.sign_in(Some("maintainer"));
    world
}

async fn authorize(world: &World, query: &str) -> Got {
    let url = format!("{}/oauth/authorize?{query}", world.forge.url());
    world.raw("GET", &url, "", "").await
}

async fn code(world: &World, query: &str) -> String {
    let got = authorize(world, query).await.is(302);
    let pairs = codes::pairs(got.header("location").split_once('?').unwrap().1);
    pairs.into_iter().find(|(name, _)| name == "code").unwrap().1
}

async fn post(world: &World, path: &str, form: &str) -> Got {
    world.raw("POST", &format!("{}/oauth/{path}", world.forge.url()), "", form).await
}

fn query(more: &str) -> String {
    let back = codes::encode(BACK);
    format!("client_id=client&response_type=code&redirect_uri={back}&scope=api%20read_user{more}")
}

fn redeem(code: &str) -> String {
    let back = codes::encode(BACK);
    format!(
        "grant_type=authorization_code&client_id=client&client_secret=secret&code={code}&redirect_uri={back}"
    )
}

#[tokio::test]
async fn a_token_and_what_it_tells() {
    let world = prepared().await;
    let got = authorize(&world, &query("&state=x")).await.is(302);
    assert!(got.header("location").ends_with("&state=x"));
    let code = code(&world, &query("")).await;
    let got = post(&world, "token", &redeem(&code)).await.is(200);
    assert_eq!((got.at("expires_in"), got.at("scope")), (7200.into(), "api read_user".into()));
    let again = post(&world, "token", &redeem(&code)).await.is(400);
    assert_eq!(again.at("error"), "invalid_grant");

    let token = got.at("access_token").as_str().unwrap().to_owned();
    assert_eq!(world.get(&token, "/user").await.is(200).at("username"), "maintainer");
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let url = format!("{}/oauth/token/info", world.forge.url());
    world.clock.advance(std::time::Duration::from_secs(200));
    let info = world.raw("GET", &url, &bearer, "").await.is(200);
    assert_eq!(
        (info.at("expires_in_seconds"), info.at("application.uid")),
        (7000.into(), "client".into())
    );

    let refresh = got.at("refresh_token").as_str().unwrap().to_owned();
    let form = format!(
        "grant_type=refresh_token&client_id=client&client_secret=secret&refresh_token={refresh}"
    );
    let new = post(&world, "token", &form).await.is(200);
    world.get(&token, "/user").await.is(401);
    world.raw("GET", &url, &bearer, "").await.is(401);
    post(&world, "token", &form).await.is(400);
    let new = new.at("access_token").as_str().unwrap().to_owned();
    let form = format!("client_id=client&client_secret=secret&token={new}");
    post(&world, "revoke", &form).await.is(200);
    assert!(world.get(&new, "/user").await.is(401).text().contains("Token was revoked."));
}

#[tokio::test]
async fn refusals() {
    let world = prepared().await;
    authorize(&world, "client_id=client").await.is(400);
    authorize(&world, &query("").replace("client_id=client", "client_id=nobody")).await.is(401);
    let below = codes::encode(&format!("{BACK}/below"));
    authorize(&world, &format!("client_id=client&response_type=code&redirect_uri={below}"))
        .await
        .is(400);
    let code = code(&world, &query("")).await;
    let got = post(&world, "token", &redeem(&code).replace("=secret", "=wrong")).await.is(401);
    assert_eq!(got.at("error"), "invalid_client");
    let got = post(&world, "token", "grant_type=strange").await.is(400);
    assert_eq!(got.at("error"), "unsupported_grant_type");
    world.forge.sign_in(None);
    let got = authorize(&world, &query("")).await.is(302);
    assert!(got.header("location").contains("error=access_denied"));
}

#[tokio::test]
async fn a_public_client_needs_a_challenge() {
    let world = prepared().await;
    let mut public = Application::new("public", "").redirect_uri(BACK);
    public.client_secret = None;
    world.forge.add_application(public);
    let verifier = "v".repeat(43);
    let challenge = codes::to_base64_url(&codes::sha256(verifier.as_bytes()));
    let pkce = format!("&code_challenge={challenge}&code_challenge_method=S256");
    let public = |text: &str| text.replace("client_id=client", "client_id=public");
    let form = |code: &str| public(&redeem(code)).replace("&client_secret=secret", "");
    let with = code(&world, &public(&query(&pkce))).await;
    let got: Value = post(&world, "token", &format!("{}&code_verifier={verifier}", form(&with)))
        .await
        .is(200)
        .json();
    assert!(got["access_token"].is_string());
    let without = code(&world, &public(&query(""))).await;
    post(&world, "token", &form(&without)).await.is(400);
}
