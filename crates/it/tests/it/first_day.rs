//! The first day: a token is stored, a repository is cloned and pushed through the gateway.

use it::On;
use it::World;
use testkit::git::Git;

async fn clone_and_push(on: On) {
    let world = World::new(on).await;
    let bare = world.repository("acme/app");
    world.add_credential("Host token", &[]).await;
    let git = Git::new(&world.root.path().join("client"));
    let sample = git.sample("work", &[("README.md", b"hello\n")]).await;
    sample.run(&["push", bare.to_str().unwrap(), "HEAD:refs/heads/main"]).await.ok();
    let url = format!("{}/acme/app.git", world.host.url());
    let lease = ["lease", "create", "--repository", &url, "--access", "write", "--json"];
    let lease = world.run(&lease).await.json();
    let token = lease["token"].as_str().unwrap();
    let address = lease["gateway_url"].as_str().unwrap().replace("://", &format!("://x:{token}@"));
    git.run(&["clone", "--branch", "main", &address, "clone"]).await.ok();
    let clone = git.at(git.directory().join("clone"));
    clone.commit(&[("new.txt", b"more\n")], "more").await;
    clone.run(&["push", "origin", "HEAD:refs/heads/main"]).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite() {
    clone_and_push(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres() {
    clone_and_push(On::Postgres).await;
}
