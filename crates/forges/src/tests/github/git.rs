//! Real git with right and wrong tokens.

use super::value;
use super::with_classic;
use super::world;
use crate::Kind;
use crate::Options;
use crate::Repository;
use crate::Token;
use crate::User;
use crate::tests::World;

#[tokio::test]
async fn clone_and_push_with_a_classic_token() {
    let (world, token) = with_classic(&["repo"]).await;
    let url = world.clone_url("x-access-token", &token, "acme/app");
    world.git.run(&["clone", "--quiet", &url, "copy"]).await.text();
    let copy = world.git.at("copy");
    copy.commit(&[("new.txt", b"new")], "New").await;
    copy.run(&["push", "--quiet", "origin", "main"]).await.text();
    // The token as the user name, as older documents have it.
    let url = world.clone_url(&token, "x-oauth-basic", "acme/app");
    let head = copy.run(&["rev-parse", "HEAD"]).await.text().to_owned();
    assert!(world.git.run(&["ls-remote", &url, "main"]).await.text().starts_with(&head));
    assert!(world.forge.token(&token).unwrap().last_used_at.is_some());
}

#[tokio::test]
async fn refusals_have_githubs_statuses() {
    let (world, token) = with_classic(&["repo"]).await;
    let refs = |path: &str, service: &str| {
        format!("{}/{path}.git/info/refs?service=git-{service}", world.forge.url())
    };
    let basic = |value: &str| {
        let pair = crate::codes::to_base64(format!("x-access-token:{value}").as_bytes());
        format!("Authorization: Basic {pair}\r\n")
    };
    let ask = async |header: &str, path: &str, service: &str| {
        world.raw("GET", &refs(path, service), header, "").await
    };
    let got = ask("", "octocat/private", "upload-pack").await.is(401);
    assert_eq!(got.header("www-authenticate"), "Basic realm=\"GitHub\"");
    ask("", "octocat/public", "upload-pack").await.is(200);
    ask("", "octocat/public", "receive-pack").await.is(401);
    ask(&basic("wrong"), "octocat/public", "upload-pack").await.is(401);
    ask(&basic(&token), "octocat/private", "receive-pack").await.is(200);
    ask(&basic(&token), "octocat/nothing", "upload-pack").await.is(404);

    let reader = value("ghp_", "R");
    world.forge.add_token(Token::new(&reader, "classic", "stranger").scopes(&["repo"]));
    ask(&basic(&reader), "octocat/private", "upload-pack").await.is(404);
    let got = ask(&basic(&reader), "octocat/public", "receive-pack").await.is(403);
    assert!(got.text().contains("Permission to octocat/public.git denied to stranger."));

    world.forge.edit_repository("octocat/private", |it| it.is_archived = true);
    let got = ask(&basic(&token), "octocat/private", "receive-pack").await.is(403);
    assert!(got.text().contains("archived"));
    ask(&basic(&token), "octocat/private", "upload-pack").await.is(200);
    world.forge.revoke(&token);
    ask(&basic(&token), "octocat/private", "upload-pack").await.is(401);
}

#[tokio::test]
async fn a_fine_grained_token_needs_its_permission_and_the_right_field() {
    let world = world().await;
    let token = value("github_pat_", "F");
    let fine = Token::new(&token, "fine-grained", "octocat").permission("contents", "read");
    world.forge.add_token(fine.repositories(&["octocat/private"]));
    let list = async |user: &str, password: &str, path: &str| {
        world.git.run(&["ls-remote", &world.clone_url(user, password, path)]).await
    };
    assert!(list("anything", &token, "octocat/private").await.ok());
    assert!(list("anything", &token, "acme/app").await.stderr.contains("not found"));
    let wrong = list(&token, "x-oauth-basic", "octocat/private").await;
    assert!(wrong.stderr.contains("Authentication failed"), "{}", wrong.stderr);
    let work = world.git.sample("work", &[("a", b"a")]).await;
    let url = world.clone_url("x-access-token", &token, "octocat/private");
    let refused = work.run(&["push", &url, "main:new"]).await;
    assert!(refused.stderr.contains("403"), "{}", refused.stderr);
    world.forge.edit_token(&token, |it| {
        it.permissions.insert("contents".to_owned(), "write".to_owned());
    });
    work.run(&["push", "--quiet", &url, "main:new"]).await.text();
}

#[tokio::test]
async fn over_tls_too() {
    let mut options = Options::new(Kind::GitHub);
    options.has_tls = true;
    let world = World::with(options).await;
    let forge = &world.forge;
    forge.add_user(User::new("octocat"));
    forge.add_repository(Repository::private("octocat/private")).unwrap();
    let token = forge.issue(Token::new("", "classic", "octocat").scopes(&["repo"]));
    assert!(forge.url().starts_with("https://") && forge.api_url().starts_with(forge.url()));
    let file = world.git.home().join("ca.pem");
    std::fs::write(&file, forge.ca_pem().unwrap()).unwrap();
    let url = world.clone_url("x-access-token", &token, "octocat/private");
    let refused = world.git.run(&["ls-remote", &url]).await;
    assert!(refused.stderr.contains("certificate"), "{}", refused.stderr);
    world.git.configure("http.sslCAInfo", file.to_str().unwrap()).await;
    world.git.run(&["ls-remote", "--exit-code", &url]).await.text();
}
