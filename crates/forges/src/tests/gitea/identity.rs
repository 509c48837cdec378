//! Who one is, what scopes are for, and which repositories are seen.

use serde_json::json;

use super::basic;
use super::value;
use super::with_token;
use super::world;
use crate::Kind;
use crate::Options;
use crate::Repository;
use crate::Token;
use crate::tests::World;
use crate::tests::client::Got;

fn paths(got: &Got) -> Vec<String> {
    let rows = got.json();
    rows.as_array().unwrap().iter().map(|it| it["full_name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_token_is_taken_in_every_form_and_its_password_too() {
    let (world, token) = with_token(Kind::Gitea, &["read:user"]).await;
    let forms = [
        format!("token {token}"),
        format!("Bearer {token}"),
        basic("anybody", &token),
        basic(&token, ""),
        basic(&token, "x-oauth-basic"),
        basic("octocat", "a password"),
    ];
    for form in forms {
        let got = world.get(&form, "/user").await.is(200);
        assert_eq!(
            (got.at("login"), got.at("email")),
            ("octocat".into(), "octocat@example.invalid".into())
        );
    }
    let got = world.get("", "/user").await.is(401);
    assert_eq!(got.at("message"), "token is required");
    world.forge.revoke(&token);
    for bad in [token, value("b"), basic("octocat", "wrong"), basic("acme", "")] {
        let got = world.get(&bad, "/user").await.is(401);
        assert_eq!(got.at("message"), "invalid username, password or token");
        assert_eq!(got.at("url"), format!("{}/api/swagger", world.forge.url()));
        world.get(&bad, "/version").await.is(401);
    }
}

#[tokio::test]
async fn a_missing_scope_shows_that_the_token_is_good() {
    for (kind, start) in [
        (
            Kind::Gitea,
            "token does not have at least one of required scope(s), required=[read:user]",
        ),
        (Kind::Forgejo, "token does not have at least one of required scope(s): [read:user]"),
    ] {
        let (world, token) = with_token(kind, &["write:repository"]).await;
        let got = world.get(&token, "/user").await.is(403);
        assert!(got.at("message").as_str().unwrap().starts_with(start), "{}", got.text());
        // Writing includes reading.
        world.get(&token, "/repos/octocat/private").await.is(200);
        world.get(&token, "/user/repos").await.is(403);
        world.forge.edit_token(&token, |it| it.scopes = vec!["all".to_owned()]);
        world.get(&token, "/user/orgs").await.is(200);
    }
}

#[tokio::test]
async fn versions_differ() {
    let (gitea, token) = with_token(Kind::Gitea, &[]).await;
    assert_eq!(gitea.get("", "/version").await.is(200).at("version"), "1.27.0");
    gitea.get(&token, "/nothing").await.is(404);
    let forgejo = World::new(Kind::Forgejo).await;
    let version = forgejo.get("", "/version").await.is(200).at("version");
    assert!(version.as_str().unwrap().contains("+gitea-"));
    let old = Options { version: Some("1.21.11".to_owned()), ..Options::new(Kind::Gitea) };
    let old = World::with(old).await;
    assert_eq!(old.get("", "/version").await.at("version"), "1.21.11");
    assert_eq!(old.get("", "/settings/api").await.is(200).at("max_response_items"), 50);
}

#[tokio::test]
async fn what_is_seen_of_repositories() {
    let (world, token) = with_token(Kind::Gitea, &["all"]).await;
    let mine = world.get(&token, "/user/repos").await.is(200);
    assert_eq!(paths(&mine), ["octocat/private", "octocat/public", "acme/app"]);
    assert_eq!(mine.header("x-total-count"), "3");
    assert_eq!(paths(&world.get(&token, "/orgs/acme/repos").await.is(200)), ["acme/app"]);
    let found = world.get(&token, "/repos/search?q=PUB").await.is(200);
    assert_eq!(
        (found.at("ok"), found.at("data.0.full_name")),
        (true.into(), "octocat/public".into())
    );
    let got = world.get(&token, "/repos/ACME/app").await.is(200);
    assert_eq!(got.at("permissions"), json!({"admin": false, "push": true, "pull": true}));
    let id = got.at("id");
    world.get(&token, &format!("/repositories/{id}")).await.is(200);
    let stranger = value("c");
    world.forge.add_token(Token::new(&stranger, "token", "stranger").scopes(&["all"]));
    let got = world.get(&stranger, "/repos/acme/app").await.is(404);
    assert_eq!(got.at("message"), "not found");
    let got = world.get(&stranger, "/repos/octocat/public").await.is(200);
    assert_eq!(got.at("permissions"), json!({"admin": false, "push": false, "pull": true}));
    assert_eq!(paths(&world.get(&token, "/users/octocat/repos").await).len(), 2);
    assert_eq!(world.get(&token, "/user/orgs").await.at("0.username"), "acme");
}

#[tokio::test]
async fn pages_are_linked_and_counted() {
    let (world, token) = with_token(Kind::Forgejo, &["all"]).await;
    world.forge.page_max(2);
    let first = world.get(&token, "/user/repos?limit=100").await.is(200);
    assert_eq!((paths(&first).len(), first.header("x-total-count")), (2, "3"));
    let page = |number| format!("{}/user/repos?limit=100&page={number}", world.forge.api_url());
    assert_eq!(first.header("link"), format!("<{}>; rel=\"next\",<{0}>; rel=\"last\"", page(2)));
    let second = world.get(&token, "/user/repos?limit=100&page=2").await.is(200);
    assert_eq!(second.header("link"), format!("<{}>; rel=\"first\",<{0}>; rel=\"prev\"", page(1)));
    assert_eq!(paths(&second), ["acme/app"]);
}

#[tokio::test]
async fn tokens_for_chosen_or_public_repositories() {
    let (world, token) = with_token(Kind::Forgejo, &["write:repository", "read:user"]).await;
    world.forge.add_repository(Repository::new("acme/open")).unwrap();
    world.forge.edit_token(&token, |it| it.repositories = Some(vec!["acme/app".to_owned()]));
    world.get(&token, "/repos/acme/app").await.is(200);
    let got = world.get(&token, "/repos/octocat/private").await.is(404);
    assert_eq!(got.at("message"), "The target couldn't be found.");
    assert_eq!(world.get(&token, "/repos/acme/open").await.at("permissions.push"), false);
    world.forge.edit_token(&token, |it| {
        it.repositories = None;
        it.scopes.push("public-only".to_owned());
    });
    let got = world.get(&token, "/repos/octocat/private").await.is(403);
    assert_eq!(got.at("message"), "token scope is limited to public repos");
    assert_eq!(paths(&world.get(&token, "/user/repos").await), ["octocat/public", "acme/open"]);
}

#[tokio::test]
async fn a_renamed_repository_redirects_without_a_host() {
    let options = Options { root_path: "/code".to_owned(), ..Options::new(Kind::Gitea) };
    let world = world(options).await;
    let token = value("a");
    world.forge.add_token(Token::new(&token, "token", "octocat").scopes(&["all"]));
    world.forge.rename_repository("acme/app", "acme/new");
    let got = world.get(&token, "/repos/acme/app/hooks").await.is(307);
    assert_eq!(got.header("location"), "/code/api/v1/repos/acme/new/hooks");
}

#[tokio::test]
async fn too_many_calls() {
    let (world, token) = with_token(Kind::Forgejo, &["all"]).await;
    world.forge.limit(1, World::moment("2026-01-01T00:10:00Z"));
    world.get(&token, "/user").await.is(200);
    assert_eq!(world.get(&token, "/user").await.is(429).header("retry-after"), "60");
    world.clock.set(World::moment("2026-01-01T00:10:00Z"));
    world.get(&token, "/user").await.is(200);
}
