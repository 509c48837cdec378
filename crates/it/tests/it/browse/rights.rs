//! Who may look, through which credential, at what.

use forges::Kind;
use serde_json::json;

use super::Scene;
use super::column;
use crate::toolbox::records;

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_shows_only_what_it_covers() {
    let scene = Scene::new(Kind::GitHub).await;
    scene.add("Narrow", &["--covers", "acme/app"]).await;
    let own = scene.url("octocat/own");
    scene.add("Single", &["--repository", &own]).await;
    let list = async |credential: &str, more: &[&str]| {
        let arguments = [&["repo", "list", "--credential", credential, "--json"], more].concat();
        scene.world.run(&arguments).await.json()
    };
    assert_eq!(column(&list("narrow", &[]).await, "path"), ["acme/app"]);
    assert_eq!(column(&list("narrow", &["--namespaces"]).await, "path"), ["acme"]);
    assert_eq!(column(&list("single", &[]).await, "path"), ["octocat/own"]);
    assert_eq!(column(&list("single", &["--namespaces"]).await, "path"), ["octocat"]);
    assert_eq!(list("narrow", &["--namespace", "octocat"]).await, json!([]));

    scene.forge.forget();
    let through = |credential| ["--credential", credential];
    let refused = scene.repo("branches", "acme/other", &through("narrow")).await;
    assert_eq!(refused.code, 5, "{}", refused.err);
    assert_eq!(scene.repo("show", "acme/application", &through("narrow")).await.code, 5);
    assert_eq!(scene.repo("branches", "acme/app", &through("nobody")).await.code, 6);
    assert_eq!(scene.calls(), 0, "the provider was not asked");
    assert_eq!(records(&scene.world, "repository.use", "refused").await.len(), 3);
    // Without a name the one serves that `why` names: the narrowest.
    scene.repo("branches", "acme/app", &[]).await.json();
    let uses = records(&scene.world, "repository.use", "done").await;
    let shown = scene.world.run(&["credential", "show", "narrow", "--json"]).await.json();
    let last = uses.iter().find(|it| it["detail"] == "list branches").unwrap();
    assert_eq!(last["credential_id"], shown["id"]);

    let off = ["credential", "update", "narrow", "--disable"];
    assert_eq!(scene.world.run(&off).await.code, 0);
    assert_eq!(scene.repo("branches", "acme/app", &through("narrow")).await.code, 5);
    let off = ["repo", "list", "--credential", "narrow"];
    assert_eq!(scene.world.run(&off).await.code, 5);
    let foreign = ["repo", "show", "https://elsewhere.lan/a/b"];
    assert_eq!(scene.world.run(&foreign).await.code, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_use_credentials_may_not_look_through_them() {
    let scene = Scene::new(Kind::GitHub).await;
    let url = scene.url("acme/app");
    let made = ["lease", "create", "--repository", &url, "--access", "write", "--json"];
    let made = scene.world.run(&made).await.json();
    let lease = made["token"].as_str().unwrap().to_owned();
    scene.forge.forget();
    let viewer = scene.world.token("viewer").await;
    for (token, code) in [(viewer, 5), (lease, 4)] {
        for arguments in [
            &["repo", "list", "--credential", "main"][..],
            &["repo", "branches", &url],
            &["repo", "file", &url, "--path", "README.md"],
            &["hook", "list", &url],
            &["hook", "create", &url, "--to", "https://c.lan", "--event", "push"],
            &["repo", "delete-tag", &url, "--name", "v1.0"],
        ] {
            let ran = scene.world.run_as(&token, arguments, "").await;
            assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{arguments:?}: {}", ran.err);
        }
    }
    assert_eq!(scene.calls(), 0, "the provider was not asked");
    assert_eq!(records(&scene.world, "repository.use", "refused").await.len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_git_host_without_an_api_says_so() {
    let scene = Scene::new(Kind::GitHub).await;
    scene.world.add_credential("Plain", &[]).await;
    let url = format!("{}/acme/app", scene.world.host.url());
    let ran = scene.world.run(&["repo", "branches", &url]).await;
    assert_eq!(ran.code, 10, "{}", ran.err);
    assert!(ran.err.contains("generic does not offer listing branches"), "{}", ran.err);
}
