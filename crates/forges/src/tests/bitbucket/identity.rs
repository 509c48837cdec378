//! How tokens are presented, what the headers say, and what is gone.

use serde_json::json;

use super::access_token;
use super::api_token;
use super::basic;
use super::world;
use crate::Token;
use crate::tests::World;

const UNKNOWN: &str = "Token is invalid, expired, or not supported for this endpoint.";

#[tokio::test]
async fn a_persons_token_goes_with_the_address_for_mail() {
    let world = world().await;
    let (value, good) = api_token(&world, &["read:user:bitbucket"]);
    let got = world.get(&good, "/user").await.is(200);
    assert_eq!((got.at("nickname"), got.at("type")), ("octocat".into(), "user".into()));
    assert_eq!(got.header("x-credential-type"), "api_token");
    assert_eq!(got.header("x-oauth-scopes"), "read:user:bitbucket");
    assert_eq!(got.header("x-accepted-oauth-scopes"), "read:user:bitbucket");
    for bad in [value.clone(), basic("octocat", &value), basic("x-token-auth", &value)] {
        assert_eq!(world.get(&bad, "/user").await.is(401).at("error.message"), UNKNOWN);
    }
    let got = world.get(&good, "/user/workspaces").await.is(403);
    let message = "Your credentials lack one or more required privilege scopes.";
    assert_eq!(got.at("error.message"), message);
    assert_eq!(
        got.at("error.detail"),
        json!({
            "required": ["read:workspace:bitbucket"], "granted": ["read:user:bitbucket"],
        })
    );
    // Without any scope it is as if it were wrong.
    world.forge.edit_token(&value, |it| it.scopes.clear());
    assert_eq!(world.get(&good, "/user").await.is(401).at("error.message"), UNKNOWN);
}

#[tokio::test]
async fn an_access_token_is_nobody_but_shows_its_scopes() {
    let world = world().await;
    let token = access_token(&world, &["repository", "webhook"]);
    let got = world.get(&token, "/user").await.is(403);
    let message = "This API is not accessible by this authentication mechanism";
    assert_eq!(got.at("error.message"), message);
    assert_eq!(got.header("x-oauth-scopes"), "repository, webhook");
    assert_eq!(got.header("x-credential-type"), "repo_access_token");
    assert_eq!(world.get(&token, "/workspaces/acme").await.is(200).at("slug"), "acme");
    world.get(&token, "/user/workspaces").await.is(403);
    world.get(&basic("x-token-auth", &token), "/workspaces/acme").await.is(401);
    world.forge.revoke(&token);
    let got = world.get(&token, "/workspaces/acme").await.is(401);
    assert_eq!((got.at("type"), got.at("error.message")), ("error".into(), UNKNOWN.into()));
    assert_eq!(got.find("x-oauth-scopes"), None);
}

#[tokio::test]
async fn app_passwords_and_lists_over_all_workspaces_are_gone() {
    let world = world().await;
    let value = world.forge.issue(Token::new("", "app-password", "octocat").scopes(&["account"]));
    world.get(&basic("octocat", &value), "/user").await.is(401);
    let (_, good) = api_token(&world, &super::ALL);
    for path in [
        "/repositories",
        "/workspaces",
        "/user/permissions/repositories",
        "/user/permissions/workspaces",
    ] {
        let got = world.get(&good, path).await.is(410);
        assert_eq!(got.at("error.message"), "CHANGE-2770 - Functionality has been deprecated");
    }
}

#[tokio::test]
async fn workspaces_are_those_one_belongs_to() {
    let world = world().await;
    let (_, good) = api_token(&world, &super::ALL);
    let got = world.get(&good, "/user/workspaces").await.is(200);
    assert_eq!((got.at("size"), got.at("values.1.workspace.slug")), (2.into(), "acme".into()));
    assert_eq!(got.at("values.1.administrator"), false);
    let got = world.get(&good, "/workspaces/acme").await.is(200);
    assert!(got.at("links.avatar.href").as_str().unwrap().starts_with(world.forge.url()));
    let uuid = got.at("uuid").as_str().unwrap().to_owned();
    let encoded = crate::codes::encode(&uuid);
    assert_eq!(world.get(&good, &format!("/workspaces/{encoded}")).await.at("slug"), "acme");
    let got = world.get(&good, "/workspaces/nothing").await.is(404);
    assert_eq!(got.at("error.message"), "No workspace with identifier 'nothing'.");
}

#[tokio::test]
async fn too_many_calls() {
    let world = world().await;
    let token = access_token(&world, &["repository"]);
    world.forge.limit(1, World::moment("2026-01-01T00:10:00Z"));
    let got = world.get(&token, "/workspaces/acme").await.is(200);
    assert_eq!(got.header("x-ratelimit-nearlimit"), "true");
    world.get(&token, "/workspaces/acme").await.is(429);
}
