//! Real git with every kind of token, and the user names each wants.

use super::personal;
use super::world;
use crate::Token;
use crate::tests::World;

async fn lists(world: &World, user: &str, password: &str) -> bool {
    let url = world.clone_url(user, password, "acme/tools/app");
    world.git.run(&["ls-remote", "--exit-code", &url]).await.ok()
}

#[tokio::test]
async fn user_names() {
    let world = world().await;
    let api = personal(&world, "maintainer", &["api"]);
    assert!(lists(&world, "anything", &api).await && lists(&world, "oauth2", &api).await);
    let oauth = world.forge.issue(Token::new("", "oauth", "maintainer").scopes(&["api"]));
    assert!(lists(&world, "oauth2", &oauth).await && !lists(&world, "other", &oauth).await);
    let mut deploy = Token::new("", "deploy", "deploy").scopes(&["read_repository"]);
    deploy = deploy.belongs_to("acme/tools/app");
    deploy.username = Some("gitlab+deploy-token-1".to_owned());
    let deploy = world.forge.issue(deploy);
    assert!(lists(&world, "gitlab%2Bdeploy-token-1", &deploy).await);
    assert!(!lists(&world, "other", &deploy).await);
    let job = world.forge.issue(Token::new("", "job", "developer"));
    assert!(lists(&world, "gitlab-ci-token", &job).await && !lists(&world, "other", &job).await);
    let weak = personal(&world, "maintainer", &["read_api"]);
    assert!(!lists(&world, "oauth2", &weak).await);
}

#[tokio::test]
async fn pushes_and_refusals() {
    let world = world().await;
    let path = "acme/tools/app";
    let writer = personal(&world, "developer", &["write_repository"]);
    let url = world.clone_url("oauth2", &writer, path);
    world.git.run(&["clone", "--quiet", &url, "copy"]).await.text();
    let copy = world.git.at("copy");
    copy.commit(&[("a", b"a")], "A").await;
    copy.run(&["push", "--quiet", "origin", "main"]).await.text();

    let reader = personal(&world, "developer", &["read_repository"]);
    let refused = copy.run(&["push", &world.clone_url("oauth2", &reader, path), "main"]).await;
    assert!(refused.stderr.contains("Authentication failed"), "{}", refused.stderr);
    world.forge.edit_repository(path, |it| {
        it.members.insert("developer".to_owned(), "reporter".to_owned());
    });
    let refused = copy.run(&["push", &url, "main:new"]).await;
    assert!(refused.stderr.contains("403"), "{}", refused.stderr);
    assert!(lists(&world, "oauth2", &writer).await);
    let stranger = personal(&world, "stranger", &["api"]);
    let absent = world.git.run(&["ls-remote", &world.clone_url("x", &stranger, path)]).await;
    assert!(absent.stderr.contains("not found"), "{}", absent.stderr);

    let refs =
        |path: &str| format!("{}/{path}/info/refs?service=git-upload-pack", world.forge.url());
    let got = world.raw("GET", &refs("acme/tools/app.git"), "", "").await.is(401);
    assert_eq!(got.header("www-authenticate"), "Basic realm=\"GitLab\"");
    assert!(got.text().starts_with("HTTP Basic: Access denied."));
    let got = world.raw("GET", &refs("acme/public"), "", "").await.is(301);
    assert_eq!(got.header("location"), refs("acme/public.git"));
    world.raw("GET", &refs("acme/public.git"), "", "").await.is(200);
}
