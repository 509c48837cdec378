//! Real git: every kind of token has its user name.

use super::access_token;
use super::api_token;
use super::world;
use crate::Token;

#[tokio::test]
async fn the_right_user_name_and_the_right_scope() {
    let world = world().await;
    let token = access_token(&world, &["repository"]);
    let list = async |user: &str, password: &str, path: &str| {
        world.git.run(&["ls-remote", &world.clone_url(user, password, path)]).await
    };
    assert!(list("x-token-auth", &token, "acme/app").await.ok());
    assert!(list("octocat", &token, "acme/app").await.stderr.contains("Authentication failed"));
    assert!(list("x-token-auth", &token, "acme/lib").await.stderr.contains("not found"));
    let (value, _) = api_token(&world, &["read:repository:bitbucket"]);
    assert!(list("x-bitbucket-api-token-auth", &value, "acme/lib").await.ok());
    assert!(list("octocat", &value, "acme/app").await.ok());
    let with_mail = list("octocat%40example.invalid", &value, "acme/app").await;
    assert!(with_mail.stderr.contains("Authentication failed"), "{}", with_mail.stderr);
    let only_write = api_token(&world, &["write:repository:bitbucket"]).0;
    assert!(list("octocat", &only_write, "acme/app").await.stderr.contains("403"));
    let dead = world.forge.issue(Token::new("", "app-password", "octocat").scopes(&["repository"]));
    assert!(!list("octocat", &dead, "acme/app").await.ok());
}

#[tokio::test]
async fn pushes() {
    let world = world().await;
    let token = access_token(&world, &["repository:write"]);
    let url = world.clone_url("x-token-auth", &token, "acme/app");
    world.git.run(&["clone", "--quiet", &url, "copy"]).await.text();
    let copy = world.git.at("copy");
    copy.commit(&[("new.txt", b"new")], "New").await;
    copy.run(&["push", "--quiet", "origin", "main"]).await.text();
    world.forge.edit_token(&token, |it| it.scopes = vec!["repository".to_owned()]);
    let refused = copy.run(&["push", "origin", "main:other"]).await;
    assert!(refused.stderr.contains("403"), "{}", refused.stderr);
    let (value, _) = api_token(&world, &super::ALL);
    let url = world.clone_url("octocat", &value, "acme/lib");
    let refused = copy.run(&["push", &url, "main:other"]).await;
    assert!(refused.stderr.contains("403"), "{}", refused.stderr);
}
