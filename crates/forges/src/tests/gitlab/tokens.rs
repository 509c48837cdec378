//! What a token tells of itself, rotation with its trap, and ending it.

use serde_json::json;

use super::personal;
use super::world;
use crate::Life;
use crate::Token;
use crate::tests::World;

const SELF: &str = "/personal_access_tokens/self";

#[tokio::test]
async fn a_token_of_any_scope_tells_of_itself() {
    let world = world().await;
    let token = personal(&world, "maintainer", &["read_repository"]);
    let got = world.get(&token, SELF).await.is(200);
    assert_eq!(got.at("scopes"), json!(["read_repository"]));
    assert_eq!((got.at("active"), got.at("revoked")), (true.into(), false.into()));
    assert_eq!(got.at("expires_at"), json!(null));
    assert_eq!(got.json().get("granular_scopes"), None);
    world.forge.edit_token(&token, |it| it.expires_at = Some(World::moment("2026-02-01")));
    assert_eq!(world.get(&token, SELF).await.at("expires_at"), "2026-02-01");
    // The day itself is no longer in it.
    world.clock.set(World::moment("2026-01-31T23:59:59Z"));
    world.get(&token, SELF).await.is(200);
    world.clock.set(World::moment("2026-02-01"));
    let got = world.get(&token, SELF).await.is(401);
    assert!(got.text().contains("Token is expired."));
}

#[tokio::test]
async fn what_a_token_reaches() {
    let world = world().await;
    let token = world.forge.issue_for("acme/tools/app", "maintainer", &["api"]);
    assert!(token.starts_with("glpat-"));
    let user = world.get(&token, "/user").await.is(200);
    assert!(user.at("username").as_str().unwrap().starts_with("project_"));
    assert_eq!(user.at("bot"), true);
    let got = world.get(&token, &format!("{SELF}/associations?min_access_level=40")).await.is(200);
    assert_eq!(got.at("projects.0.access_levels"), 40);
    assert_eq!((got.at("projects").as_array().unwrap().len(), got.at("groups")), (1, json!([])));
    let of_group = world.forge.issue_for("acme", "owner", &["api"]);
    let got = world.get(&of_group, &format!("{SELF}/associations")).await.is(200);
    assert_eq!(got.at("groups").as_array().unwrap().len(), 2);
    assert_eq!(got.at("projects").as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn rotation_ends_the_old_value_at_once() {
    let world = world().await;
    let token = personal(&world, "maintainer", &["self_rotate"]);
    let rotate = format!("{SELF}/rotate");
    let got = world.send("POST", &token, &rotate, "").await.is(200);
    assert_eq!(got.at("expires_at"), "2026-01-08");
    let new = got.at("token").as_str().unwrap().to_owned();
    world.get(&token, SELF).await.is(401);
    assert_eq!(world.get(&new, SELF).await.is(200).at("id"), got.at("id"));
    let body = json!({"expires_at": "2026-12-01"}).to_string();
    let got = world.send("POST", &new, &rotate, &body).await.is(200);
    assert_eq!(got.at("expires_at"), "2026-12-01");
    let third = got.at("token").as_str().unwrap().to_owned();
    for (day, status) in [("2027-06-01", 400), ("2025-12-31", 400), ("soon", 400)] {
        let body = json!({"expires_at": day}).to_string();
        world.send("POST", &third, &rotate, &body).await.is(status);
    }
    world.get(&third, SELF).await.is(200);
    let weak = personal(&world, "maintainer", &["read_api"]);
    world.send("POST", &weak, &rotate, "").await.is(403);
}

#[tokio::test]
async fn rotating_with_an_old_value_ends_the_whole_family() {
    let world = world().await;
    let first = personal(&world, "maintainer", &["api"]);
    let rotate = format!("{SELF}/rotate");
    let got = world.send("POST", &first, &rotate, "").await.is(200);
    let second = got.at("token").as_str().unwrap().to_owned();
    // Merely showing the old value does no harm.
    world.get(&first, SELF).await.is(401);
    world.get(&second, SELF).await.is(200);
    let got = world.send("POST", &first, &rotate, "").await.is(401);
    assert!(got.text().contains("Token was revoked."));
    world.get(&second, SELF).await.is(401);
    assert_eq!(world.forge.token(&second).unwrap().life, Life::Revoked);
}

#[tokio::test]
async fn a_token_ends_itself_and_others_are_listed() {
    let world = world().await;
    let token = personal(&world, "maintainer", &["read_repository"]);
    world.send("DELETE", &token, SELF, "").await.is(204);
    assert!(world.get(&token, SELF).await.is(401).text().contains("Token was revoked."));
    let admin = personal(&world, "root", &["api"]);
    let list = world.get(&admin, "/personal_access_tokens?state=inactive").await.is(200);
    assert_eq!(list.json().as_array().unwrap().len(), 1);
    let user = world.get(&admin, "/users?username=developer").await.at("0.id");
    let body = json!({"name": "new", "scopes": ["api"]}).to_string();
    let target = format!("/users/{user}/personal_access_tokens");
    let made = world.send("POST", &admin, &target, &body).await.is(201);
    assert_eq!(made.at("expires_at"), "2027-01-01");
    let new = made.at("token").as_str().unwrap().to_owned();
    assert_eq!(world.get(&new, "/user").await.at("username"), "developer");
    world.send("POST", &new, &target, &body).await.is(403);
}

#[tokio::test]
async fn tokens_of_a_project() {
    let world = world().await;
    let maintainer = personal(&world, "maintainer", &["api"]);
    let base = "/projects/acme%2Ftools%2Fapp/access_tokens";
    let body = json!({"name": "ci", "scopes": ["api"], "access_level": 40}).to_string();
    let made = world.send("POST", &maintainer, base, &body).await.is(201);
    assert_eq!((made.at("resource_type"), made.at("access_level")), ("project".into(), 40.into()));
    let token = made.at("token").as_str().unwrap().to_owned();
    // Such a token makes no others.
    world.send("POST", &token, base, &body).await.is(400);
    let got = world.send("POST", &token, &format!("{base}/self/rotate"), "").await.is(200);
    let new = got.at("token").as_str().unwrap().to_owned();
    world.get(&token, SELF).await.is(401);
    world.get(&new, SELF).await.is(200);
    let one = format!("{base}/{}", got.at("id"));
    world.get(&maintainer, &one).await.is(200);
    world.send("DELETE", &maintainer, &one, "").await.is(204);
    world.get(&new, SELF).await.is(401);
    let developer = personal(&world, "developer", &["api"]);
    world.send("POST", &developer, base, &body).await.is(401);
}

#[tokio::test]
async fn deploy_tokens_are_for_git_only_and_oauth_has_no_self() {
    let world = world().await;
    let deploy = world.forge.issue(Token::new("", "deploy", "deploy").scopes(&["read_repository"]));
    world.get(&deploy, "/user").await.is(401);
    let oauth = world.forge.issue(Token::new("", "oauth", "maintainer").scopes(&["api"]));
    world.get(&oauth, "/user").await.is(200);
    world.get(&oauth, SELF).await.is(400);
    world.send("POST", &oauth, &format!("{SELF}/rotate"), "").await.is(405);
    let url = format!("{}/user", world.forge.api_url());
    world.raw("GET", &url, &format!("PRIVATE-TOKEN: {oauth}\r\n"), "").await.is(401);
}
