//! Gitee, as its documentation has it.

mod content;
mod git;
mod hooks;

use serde_json::json;

use super::World;
use super::client::Got;
use crate::Kind;
use crate::Repository;
use crate::Token;
use crate::User;

const ALL: [&str; 5] = ["user_info", "projects", "pull_requests", "hook", "groups"];

async fn world() -> World {
    let world = World::new(Kind::Gitee).await;
    let forge = &world.forge;
    forge.add_user(User::new("octocat"));
    forge.add_user(User::new("stranger"));
    forge.add_user(User::organization("acme").member("octocat", "member"));
    forge.add_repository(Repository::private("octocat/private")).unwrap();
    forge.add_repository(Repository::new("octocat/public")).unwrap();
    forge.add_repository(Repository::private("acme/app").member("octocat", "push")).unwrap();
    world
}

fn token(world: &World, owner: &str, scopes: &[&str]) -> String {
    world.forge.issue(Token::new("", "token", owner).scopes(scopes))
}

fn paths(got: &Got) -> Vec<String> {
    let rows = got.json();
    rows.as_array().unwrap().iter().map(|it| it["full_name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn who_one_is() {
    let world = world().await;
    let token_of = token(&world, "octocat", &ALL);
    assert_eq!(token_of.len(), 32);
    for target in ["/user".to_owned(), format!("/user?access_token={token_of}")] {
        let header = if target == "/user" { token_of.as_str() } else { "" };
        assert_eq!(world.get(header, &target).await.is(200).at("login"), "octocat");
    }
    assert_eq!(world.get(&token_of, "/user/orgs").await.is(200).at("0.login"), "acme");
    let weak = token(&world, "octocat", &["projects"]);
    world.get(&weak, "/user").await.is(403);
    world.get(&weak, "/user/repos").await.is(200);
    world.forge.revoke(&token_of);
    for bad in [token_of.as_str(), ""] {
        let got = world.get(bad, "/user").await.is(401);
        assert_eq!(got.json(), json!({"message": "401 Unauthorized: Access token does not exist"}));
    }
    world.forge.expire(&weak);
    let got = world.get(&weak, "/user/repos").await.is(401);
    assert_eq!(got.at("message"), "401 Unauthorized: Access token is expired");
}

#[tokio::test]
async fn repositories_a_page_at_a_time() {
    let world = world().await;
    let token_of = token(&world, "octocat", &ALL);
    let got = world.get(&token_of, "/user/repos?per_page=2").await.is(200);
    assert_eq!((got.header("total_count"), got.header("total_page")), ("3", "2"));
    let got = world.get(&token_of, "/user/repos?per_page=2&page=2").await.is(200);
    assert_eq!(paths(&got), ["acme/app"]);
    let got = world.get(&token_of, "/user/repos?q=PUB").await.is(200);
    assert_eq!(paths(&got), ["octocat/public"]);
    let got = world.get(&token_of, "/repos/acme/app").await.is(200);
    assert_eq!(got.at("permission"), json!({"pull": true, "push": true, "admin": false}));
    assert_eq!(got.at("html_url"), world.forge.clone_url("acme/app"));
    assert_eq!(got.at("created_at"), "2026-01-01T08:00:00+08:00");
    let stranger = token(&world, "stranger", &ALL);
    let got = world.get(&stranger, "/repos/acme/app").await.is(404);
    assert_eq!(got.at("message"), "Not Found Project");
    world.get("", "/repos/octocat/public").await.is(200);
    world.forge.limit(0, World::moment("2026-01-01T00:10:00Z"));
    let got = world.get(&token_of, "/user").await.is(403);
    assert!(got.at("message").as_str().unwrap().contains("Rate Limit"));
}
