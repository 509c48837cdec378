//! Real git: a person's token as a password, every other one as a bearer's only.

use super::repository_token;
use super::token;
use super::world;

#[tokio::test]
async fn who_is_let_in() {
    let world = world().await;
    let own = token(&world, &["REPO_WRITE"]);
    let list = async |user: &str, password: &str, path: &str| {
        world.git.run(&["ls-remote", &world.clone_url(user, password, path)]).await
    };
    assert!(list("octocat", &own, "PROJ/app").await.ok());
    assert!(list("stranger", &own, "PROJ/app").await.stderr.contains("Authentication failed"));
    assert!(list("octocat", &own, "DARK/none").await.stderr.contains("not found"));
    let its = repository_token(&world, &["REPO_WRITE"]);
    assert!(list("x-token-auth", &its, "PROJ/app").await.stderr.contains("Authentication failed"));
    let bearer = format!("http.extraHeader=Authorization: Bearer {its}");
    let url = world.forge.clone_url("PROJ/app");
    world.git.run(&["-c", &bearer, "clone", "--quiet", &url, "copy"]).await.text();
    let copy = world.git.at("copy");
    copy.commit(&[("new.txt", b"new")], "New").await;
    copy.run(&["-c", &bearer, "push", "--quiet", "origin", "main"]).await.text();
    world.forge.edit_token(&its, |it| it.scopes = vec!["REPO_READ".to_owned()]);
    let refused = copy.run(&["-c", &bearer, "push", "origin", "main:other"]).await;
    assert!(refused.stderr.contains("403"), "{}", refused.stderr);
    let url = world.clone_url("octocat", &own, "PROJ/lib");
    let refused = copy.run(&["push", &url, "main:other"]).await;
    assert!(refused.stderr.contains("403"), "{}", refused.stderr);
}
