//! Giving tokens up, and what an application does with its users' tokens.

use serde_json::Value;
use serde_json::json;

use super::value;
use super::with_classic;
use super::world;
use crate::Application;
use crate::Token;
use crate::codes;

#[tokio::test]
async fn tokens_are_given_up_without_saying_who_one_is() {
    let (world, token) = with_classic(&[]).await;
    let fine = value("github_pat_", "F");
    world.forge.add_token(Token::new(&fine, "fine-grained", "octocat"));
    let minted = value("ghs_", "S");
    world.forge.add_token(Token::new(&minted, "installation", "app[bot]"));
    let body = json!({"credentials": [fine, minted, "nonsense"]}).to_string();
    let target = "/credentials/revoke";
    world.send("POST", &token, target, &body).await.is(403);
    world.send("POST", "", target, &body).await.is(202);
    world.get(&fine, "/user").await.is(401);
    // An installation's token is not ended so.
    world.get(&minted, "/user").await.is(403);
    for wrong in [json!({}), json!({"credentials": []}), json!({"credentials": [1]})] {
        world.send("POST", "", target, &wrong.to_string()).await.is(422);
    }
    let long: Vec<Value> = (0..1001).map(|_| "x".into()).collect();
    world.send("POST", "", target, &json!({"credentials": long}).to_string()).await.is(422);
    world.get(&token, "/user").await.is(200);

    // Enterprise Server wants to know who one is.
    let url = format!("{}/api/v3{target}", world.forge.url());
    let body = json!({"credentials": [token]}).to_string();
    world.raw("POST", &url, "", &body).await.is(401);
    world.raw("POST", &url, &format!("Authorization: Bearer {token}\r\n"), &body).await.is(202);
    world.get(&token, "/user").await.is(401);
}

#[tokio::test]
async fn sixty_times_an_hour() {
    let world = world().await;
    let body = json!({"credentials": ["nonsense"]}).to_string();
    for _ in 0..60 {
        world.send("POST", "", "/credentials/revoke", &body).await.is(202);
    }
    let got = world.send("POST", "", "/credentials/revoke", &body).await.is(403);
    assert_eq!(got.header("retry-after"), "3600");
    world.clock.advance(std::time::Duration::from_secs(3601));
    world.send("POST", "", "/credentials/revoke", &body).await.is(202);
}

#[tokio::test]
async fn an_application_checks_resets_and_ends_a_token() {
    let world = world().await;
    world.forge.add_application(Application::new("client", "secret"));
    let mut token = Token::new(value("gho_", "O"), "oauth", "octocat").scopes(&["repo"]);
    token.client_id = Some("client".to_owned());
    world.forge.add_token(token.clone());
    let basic = |pair: &str| format!("Basic {}", codes::to_base64(pair.as_bytes()));
    let send = async |method: &str, who: &str, end: &str, value: &str| {
        let body = json!({"access_token": value}).to_string();
        world.send(method, &basic(who), &format!("/applications/client/{end}"), &body).await
    };
    let got = send("POST", "client:secret", "token", &token.value).await.is(200);
    assert_eq!((got.at("user.login"), got.at("scopes")), ("octocat".into(), json!(["repo"])));
    send("POST", "client:wrong", "token", &token.value).await.is(401);
    send("POST", "client:secret", "token", "other").await.is(404);
    let new = send("PATCH", "client:secret", "token", &token.value).await.is(200).at("token");
    let new = new.as_str().unwrap();
    world.get(&token.value, "/user").await.is(401);
    assert_eq!(world.get(new, "/user").await.is(200).header("x-oauth-client-id"), "client");
    send("DELETE", "client:secret", "token", new).await.is(204);
    send("DELETE", "client:secret", "grant", new).await.is(404);
    world.get(new, "/user").await.is(401);
}

#[tokio::test]
async fn issued_values_have_the_form_of_their_kind() {
    let world = world().await;
    for (kind, prefix, length) in
        [("classic", "ghp_", 40), ("fine-grained", "github_pat_", 93), ("oauth", "gho_", 40)]
    {
        let value = world.forge.issue(Token::new("", kind, "octocat"));
        assert!(value.starts_with(prefix) && value.len() == length, "{kind}: {}", value.len());
        world.get(&value, "/user").await.is(200);
    }
}
