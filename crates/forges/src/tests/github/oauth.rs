//! Signing in, with a challenge and with refresh tokens that are good once.

use serde_json::Value;

use super::world;
use crate::Application;
use crate::codes;
use crate::tests::World;

const BACK: &str = "http://127.0.0.1:9/callback";

async fn prepared(application: Application) -> World {
    let world = world().await;
    world.forge.add_application(application.redirect_uri(BACK));
    world.forge.sign_in(Some("octocat"));
    world
}

/// Where the browser is sent.
async fn authorize(world: &World, query: &str) -> String {
    let url = format!("{}/login/oauth/authorize?{query}", world.forge.url());
    world.raw("GET", &url, "", "").await.is(302).header("location").to_owned()
}

async fn code(world: &World, query: &str) -> String {
    let location = authorize(world, query).await;
    let pairs = codes::pairs(location.split_once('?').unwrap().1);
    pairs.into_iter().find(|(name, _)| name == "code").unwrap().1
}

async fn token(world: &World, form: &str) -> Value {
    let url = format!("{}/login/oauth/access_token", world.forge.url());
    world.raw("POST", &url, "Accept: application/json\r\n", form).await.is(200).json()
}

#[tokio::test]
async fn a_code_is_good_once() {
    let world = prepared(Application::new("client", "secret")).await;
    let query = "client_id=client&scope=repo%20read:org&state=xyz";
    let location = authorize(&world, query).await;
    assert!(location.starts_with(&format!("{BACK}?code=")) && location.ends_with("&state=xyz"));
    let code = code(&world, query).await;
    let form = format!("client_id=client&client_secret=secret&code={code}");
    let got = token(&world, &form).await;
    assert_eq!((&got["scope"], &got["token_type"]), (&"repo,read:org".into(), &"bearer".into()));
    assert_eq!(got.get("refresh_token"), None);
    let user = world.get(got["access_token"].as_str().unwrap(), "/user").await.is(200);
    assert_eq!(user.header("x-oauth-scopes"), "repo, read:org");
    // Errors come with 200.
    assert_eq!(token(&world, &form).await["error"], "bad_verification_code");
    let wrong = form.replace("secret=secret", "secret=wrong");
    assert_eq!(token(&world, &wrong).await["error"], "incorrect_client_credentials");
}

#[tokio::test]
async fn a_form_is_answered_unless_json_is_asked_for() {
    let world = prepared(Application::new("client", "secret")).await;
    let url = format!("{}/login/oauth/access_token", world.forge.url());
    let got = world.raw("POST", &url, "", "client_id=nobody").await.is(200);
    assert!(got.text().starts_with("error=incorrect_client_credentials&"), "{}", got.text());
}

#[tokio::test]
async fn who_says_no_or_goes_astray_is_sent_back() {
    let world = prepared(Application::new("client", "secret")).await;
    let other = codes::encode("http://127.0.0.1:9/other");
    let location = authorize(&world, &format!("client_id=client&redirect_uri={other}")).await;
    assert!(location.starts_with(&format!("{BACK}?error=redirect_uri_mismatch")), "{location}");
    let below = codes::encode(&format!("{BACK}/below"));
    let location = authorize(&world, &format!("client_id=client&redirect_uri={below}")).await;
    assert!(location.starts_with(&format!("{BACK}/below?code=")), "{location}");
    world.forge.sign_in(None);
    let location = authorize(&world, "client_id=client&state=s").await;
    assert!(location.contains("error=access_denied") && location.ends_with("state=s"));
    let url = format!("{}/login/oauth/authorize?client_id=nobody", world.forge.url());
    world.raw("GET", &url, "", "").await.is(404);
}

#[tokio::test]
async fn a_challenge_must_be_met() {
    let world = prepared(Application::new("client", "secret")).await;
    let verifier = "v".repeat(43);
    let challenge = codes::to_base64_url(&codes::sha256(verifier.as_bytes()));
    let query = format!("client_id=client&code_challenge={challenge}&code_challenge_method=S256");
    for (verifier, is_good) in [(verifier.as_str(), true), ("wrong", false), ("", false)] {
        let code = code(&world, &query).await;
        let form =
            format!("client_id=client&client_secret=secret&code={code}&code_verifier={verifier}");
        assert_eq!(token(&world, &form).await.get("error").is_none(), is_good, "{verifier}");
    }
}

#[tokio::test]
async fn a_refresh_replaces_both() {
    let world = prepared(Application::new("client", "secret").expiring()).await;
    let code = code(&world, "client_id=client").await;
    let client = "client_id=client&client_secret=secret";
    let first = token(&world, &format!("{client}&code={code}")).await;
    assert_eq!(first["expires_in"], 28_800);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let old = text(&first["refresh_token"]);
    assert!(old.starts_with("ghr_"));
    let form = format!("{client}&grant_type=refresh_token&refresh_token={old}");
    let second = token(&world, &form).await;
    world.get(&text(&first["access_token"]), "/user").await.is(401);
    world.get(&text(&second["access_token"]), "/user").await.is(200);
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_eq!(token(&world, &form).await["error"], "bad_refresh_token");
    world.clock.advance(std::time::Duration::from_secs(28_800));
    world.get(&text(&second["access_token"]), "/user").await.is(401);
}
