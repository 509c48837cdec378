//! Real git with right and wrong tokens.

use super::ALL;
use super::token;
use super::world;

#[tokio::test]
async fn who_is_let_in() {
    let world = world().await;
    let own = token(&world, "octocat", &ALL);
    let list = async |user: &str, password: &str, path: &str| {
        world.git.run(&["ls-remote", &world.clone_url(user, password, path)]).await
    };
    assert!(list("octocat", &own, "octocat/private").await.ok());
    assert!(list("oauth2", &own, "acme/app").await.ok());
    assert!(list("stranger", &own, "acme/app").await.stderr.contains("Authentication failed"));
    let stranger = token(&world, "stranger", &ALL);
    assert!(list("stranger", &stranger, "acme/app").await.stderr.contains("not found"));
    assert!(
        list("octocat", &token(&world, "octocat", &["hook"]), "acme/app")
            .await
            .stderr
            .contains("403")
    );
    let url = world.clone_url("octocat", &own, "acme/app");
    world.git.run(&["clone", "--quiet", &url, "copy"]).await.text();
    let copy = world.git.at("copy");
    copy.commit(&[("new.txt", b"new")], "New").await;
    copy.run(&["push", "--quiet", "origin", "main"]).await.text();
    let url = world.clone_url("stranger", &stranger, "octocat/public");
    let refused = copy.run(&["push", &url, "main:other"]).await;
    assert!(refused.stderr.contains("403"), "{}", refused.stderr);
}
