//! Real git with right and wrong tokens.

use super::basic;
use super::value;
use super::with_token;
use crate::Kind;
use crate::Token;
use crate::tests::client::Got;

#[tokio::test]
async fn clone_and_push_with_a_token_in_either_field() {
    let (world, token) = with_token(Kind::Gitea, &["write:repository"]).await;
    let url = world.clone_url("octocat", &token, "acme/app");
    world.git.run(&["clone", "--quiet", &url, "copy"]).await.text();
    let copy = world.git.at("copy");
    copy.commit(&[("new.txt", b"new")], "New").await;
    copy.run(&["push", "--quiet", "origin", "main"]).await.text();
    let head = copy.run(&["rev-parse", "HEAD"]).await.text().to_owned();
    let url = world.clone_url(&token, "x-oauth-basic", "acme/app");
    assert!(world.git.run(&["ls-remote", &url, "main"]).await.text().starts_with(&head));
    // A renamed repository is followed by git itself.
    world.forge.rename_repository("acme/app", "acme/new");
    let list = world.git.run(&["ls-remote", &url, "main"]).await;
    assert!(
        list.text().starts_with(&head) && list.stderr.contains("acme/new.git"),
        "{}",
        list.stderr
    );
}

#[tokio::test]
async fn refusals_have_giteas_statuses() {
    let (world, token) = with_token(Kind::Gitea, &["write:repository"]).await;
    let ask = async |authorization: &str, path: &str, service: &str| -> Got {
        let url = format!("{}/{path}.git/info/refs?service=git-{service}", world.forge.url());
        let header = match authorization {
            "" => String::new(),
            value => format!("Authorization: {value}\r\n"),
        };
        world.raw("GET", &url, &header, "").await
    };
    let got = ask("", "octocat/private", "upload-pack").await.is(401);
    assert_eq!(got.header("www-authenticate"), "Basic realm=\"Gitea\"");
    ask("", "octocat/nothing", "upload-pack").await.is(401);
    ask("", "octocat/public", "upload-pack").await.is(200);
    ask("", "octocat/public", "receive-pack").await.is(401);
    let good = basic("octocat", &token);
    assert_eq!(ask(&basic("octocat", "wrong"), "octocat/public", "upload-pack").await.status, 401);
    ask(&good, "octocat/private", "receive-pack").await.is(200);
    ask(&format!("Bearer {token}"), "octocat/private", "upload-pack").await.is(200);
    ask(&good, "octocat/nothing", "upload-pack").await.is(404);
    let got = ask(&good, "acme/nothing", "receive-pack").await.is(403);
    assert_eq!(got.text(), "Push to create is not enabled for organizations.\n");
    world.forge.edit_repository("octocat/private", |it| it.is_archived = true);
    ask(&good, "octocat/private", "receive-pack").await.is(403);
    world.forge.edit_token(&token, |it| it.scopes = vec!["read:repository".to_owned()]);
    ask(&good, "acme/app", "upload-pack").await.is(200);
    ask(&good, "acme/app", "receive-pack").await.is(403);
    let stranger = value("s");
    world.forge.add_token(Token::new(&stranger, "token", "stranger").scopes(&["all"]));
    ask(&basic("stranger", &stranger), "acme/app", "upload-pack").await.is(404);
}

#[tokio::test]
async fn a_reader_comes_as_far_as_the_hook() {
    let (world, _) = with_token(Kind::Forgejo, &[]).await;
    let reader = value("r");
    world.forge.add_token(Token::new(&reader, "token", "stranger").scopes(&["all"]));
    let url = world.clone_url("stranger", &reader, "octocat/public");
    world.git.run(&["clone", "--quiet", &url, "copy"]).await.text();
    let copy = world.git.at("copy");
    copy.commit(&[("new.txt", b"new")], "New").await;
    let refs =
        format!("{}/octocat/public.git/info/refs?service=git-receive-pack", world.forge.url());
    let header = format!("Authorization: {}\r\n", basic("stranger", &reader));
    world.raw("GET", &refs, &header, "").await.is(200);
    let before = copy.run(&["ls-remote", "origin", "main"]).await.text().to_owned();
    let pushed = copy.run(&["push", "origin", "main"]).await;
    let words = "Forgejo: User permission denied for writing.";
    assert!(!pushed.ok() && pushed.stderr.contains(words), "{}", pushed.stderr);
    assert_eq!(copy.run(&["ls-remote", "origin", "main"]).await.text(), before);
}
