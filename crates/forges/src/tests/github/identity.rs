//! Who one is, and the headers that say what a token may.

use super::value;
use super::with_classic;
use super::world;
use crate::Repository;
use crate::Token;
use crate::tests::World;

#[tokio::test]
async fn a_classic_token_tells_its_scopes_and_its_end() {
    let (world, token) = with_classic(&["repo", "read:org"]).await;
    let end = World::moment("2026-10-07T19:07:53Z");
    let got = world.get(&token, "/user").await.is(200);
    assert_eq!(got.header("x-oauth-scopes"), "repo, read:org");
    assert_eq!(got.header("x-accepted-oauth-scopes"), "");
    assert_eq!(got.find("github-authentication-token-expiration"), None);
    assert_eq!(got.at("login"), "octocat");
    assert_eq!(got.at("type"), "User");
    assert_eq!(got.at("html_url"), format!("{}/octocat", world.forge.url()));

    world.forge.edit_token(&token, |it| it.expires_at = Some(end));
    let got = world.get(&format!("token {token}"), "/user").await.is(200);
    assert_eq!(got.header("github-authentication-token-expiration"), "2026-10-07 19:07:53 UTC");
    world.clock.set(end);
    let got = world.get(&token, "/user").await.is(401);
    assert_eq!(got.at("message"), "Bad credentials");
    assert_eq!(got.find("x-oauth-scopes"), None);
}

#[tokio::test]
async fn wrong_and_revoked_are_the_same_and_nobody_is_another() {
    let (world, token) = with_classic(&[]).await;
    assert_eq!(world.get(&token, "/user").await.is(200).header("x-oauth-scopes"), "");
    world.forge.revoke(&token);
    for bad in [token, value("ghp_", "B"), "Digest x".to_owned()] {
        assert_eq!(world.get(&bad, "/user").await.is(401).at("message"), "Bad credentials");
    }
    let nobody = world.get("", "/user").await.is(401);
    assert_eq!(nobody.at("message"), "Requires authentication");
    assert_eq!(world.get("", "/users/octocat").await.is(200).at("login"), "octocat");
}

#[tokio::test]
async fn a_user_agent_and_a_known_version_are_asked_for() {
    let (world, token) = with_classic(&[]).await;
    let url = format!("{}/user", world.forge.api_url());
    let header = |more: &str| format!("Authorization: Bearer {token}\r\n{more}\r\n");
    let got = world.raw("GET", &url, &header("User-Agent: "), "").await.is(403);
    assert!(got.text().contains("User-Agent"), "{}", got.text());
    let got = world.raw("GET", &url, &header("X-GitHub-Api-Version: 2020-01-01"), "").await;
    assert!(got.is(400).at("message").as_str().unwrap().contains("2020-01-01"));
    let got = world.raw("GET", &url, &header("X-GitHub-Api-Version: 2026-03-10"), "").await;
    assert_eq!(got.is(200).header("x-github-api-version-selected"), "2026-03-10");
}

#[tokio::test]
async fn enterprise_server_is_another_prefix() {
    let (world, token) = with_classic(&[]).await;
    let url = format!("{}/api/v3/user", world.forge.url());
    let header = format!("Authorization: Bearer {token}\r\n");
    let got = world.raw("GET", &url, &header, "").await.is(200);
    assert!(got.find("x-github-enterprise-version").is_some());
    assert_eq!(got.at("url"), format!("{}/api/v3/users/octocat", world.forge.url()));
    assert_eq!(world.get(&token, "/user").await.find("x-github-enterprise-version"), None);
    assert_eq!(world.forge.calls("GET", "/user"), 2);
    assert_eq!(world.forge.journal()[0].scheme, "bearer");
}

#[tokio::test]
async fn limits_tags_and_pages() {
    let (world, token) = with_classic(&["repo"]).await;
    let got = world.get(&token, "/user").await.is(200);
    assert_eq!(got.header("x-ratelimit-limit"), "5000");
    let tag = got.header("etag").to_owned();
    let url = format!("{}/user", world.forge.api_url());
    let header = format!("Authorization: Bearer {token}\r\nIf-None-Match: {tag}\r\n");
    let again = world.raw("GET", &url, &header, "").await.is(304);
    assert!(again.body.is_empty());

    world.forge.page_max(2);
    let first = world.get(&token, "/user/repos?per_page=100&visibility=all").await.is(200);
    assert_eq!(first.json().as_array().unwrap().len(), 2);
    let api = world.forge.api_url();
    let page = |number| format!("{api}/user/repos?per_page=100&visibility=all&page={number}");
    let link = format!("<{}>; rel=\"next\", <{0}>; rel=\"last\"", page(2));
    assert_eq!(first.header("link"), link);
    let second = world.get(&token, "/user/repos?per_page=100&page=2").await.is(200);
    assert_eq!(second.json().as_array().unwrap().len(), 1);
    assert!(second.header("link").contains("rel=\"prev\""));
    assert!(!second.header("link").contains("rel=\"next\""));

    world.forge.limit(1, World::moment("2026-01-01T00:10:00Z"));
    let got = world.get(&token, "/user").await.is(200);
    assert_eq!(got.header("x-ratelimit-remaining"), "0");
    world.raw("GET", &url, &header, "").await.is(403);
    let got = world.get(&token, "/user").await.is(403);
    assert_eq!(got.header("x-ratelimit-reset"), "1767226200");
    assert!(got.at("message").as_str().unwrap().starts_with("API rate limit exceeded"));
    assert_eq!(world.get(&token, "/rate_limit").await.is(200).at("rate.remaining"), 0);
    world.clock.set(World::moment("2026-01-01T00:10:00Z"));
    world.get(&token, "/user").await.is(200);
}

#[tokio::test]
async fn what_is_seen_of_repositories() {
    let (world, token) = with_classic(&["repo"]).await;
    let paths = |got: super::super::client::Got| -> Vec<String> {
        let rows = got.json();
        rows.as_array()
            .unwrap()
            .iter()
            .map(|it| it["full_name"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = paths(world.get(&token, "/user/repos").await);
    assert_eq!(all, ["octocat/private", "octocat/public", "acme/app"]);
    let got = world.get(&token, "/repos/ACME/App").await.is(200);
    assert_eq!(
        got.at("permissions"),
        serde_json::json!({
            "pull": true, "triage": true, "push": true, "maintain": false, "admin": false,
        })
    );
    assert_eq!(got.header("x-accepted-oauth-scopes"), "repo");

    let weak = value("ghp_", "W");
    world.forge.add_token(Token::new(&weak, "classic", "octocat"));
    assert_eq!(paths(world.get(&weak, "/user/repos").await), ["octocat/public"]);
    world.get(&weak, "/repos/acme/app").await.is(404);
    let stranger = value("ghp_", "S");
    world.forge.add_token(Token::new(&stranger, "classic", "stranger").scopes(&["repo"]));
    let got = world.get(&stranger, "/repos/acme/app").await.is(404);
    assert_eq!(got.at("message"), "Not Found");
    world.get(&stranger, "/repos/octocat/public").await.is(200);
}

#[tokio::test]
async fn a_fine_grained_token_is_for_one_owner_and_what_was_selected() {
    let world = world().await;
    world
        .forge
        .add_repository(Repository::private("acme/other").member("octocat", "admin"))
        .unwrap();
    let token = value("github_pat_", "F");
    let fine = Token::new(&token, "fine-grained", "octocat").belongs_to("acme");
    world.forge.add_token(fine.repositories(&["acme/app"]).permission("contents", "read"));
    let got = world.get(&token, "/repos/acme/app").await.is(200);
    assert_eq!(got.find("x-oauth-scopes"), None);
    assert_eq!(got.header("x-accepted-github-permissions"), "metadata=read");
    world.get(&token, "/repos/acme/other").await.is(404);
    world.get(&token, "/repos/octocat/private").await.is(404);
    world.get(&token, "/repos/octocat/public").await.is(200);
    assert_eq!(world.get(&token, "/user/orgs").await.is(200).json(), serde_json::json!([]));
}

#[tokio::test]
async fn the_sign_in_of_an_organization_comes_first() {
    let (world, token) = with_classic(&["repo"]).await;
    world.forge.edit_token(&token, |it| it.is_sso_required = true);
    let got = world.get(&token, "/repos/acme/app").await.is(403);
    let expected =
        format!("required; url={}/orgs/acme/sso?authorization_request=", world.forge.url());
    assert!(got.header("x-github-sso").starts_with(&expected), "{got:?}");
    let list = world.get(&token, "/user/repos").await.is(200);
    assert!(list.header("x-github-sso").starts_with("partial-results; organizations="));
    assert_eq!(list.json().as_array().unwrap().len(), 2);
    world.get(&token, "/repos/octocat/private").await.is(200);
}

#[tokio::test]
async fn a_renamed_repository_redirects() {
    let (world, token) = with_classic(&["repo"]).await;
    let id = world.get(&token, "/repos/acme/app").await.at("id");
    assert!(world.forge.rename_repository("acme/app", "acme/new"));
    let got = world.get(&token, "/repos/acme/app").await.is(301);
    let address = format!("{}/repositories/{id}", world.forge.api_url());
    assert_eq!(got.header("location"), address);
    let header = format!("Authorization: Bearer {token}\r\n");
    assert_eq!(world.raw("GET", &address, &header, "").await.is(200).at("full_name"), "acme/new");
    let url = world.clone_url("x-access-token", &token, "acme/app");
    world.git.run(&["ls-remote", "--exit-code", &url]).await.text();
}
