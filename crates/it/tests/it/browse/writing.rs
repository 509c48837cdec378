//! Webhooks, files and tags: each write begins in the audit log before the provider hears of it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use forges::Kind;
use serde_json::json;

use super::Scene;
use super::column;
use crate::toolbox::records;

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_go_round() {
    for kind in [Kind::GitHub, Kind::GitLab] {
        let scene = Scene::new(kind).await;
        assert_eq!(scene.hook("list", &[], "").await.json(), json!([]));
        let more = ["--to", "https://c.lan/in?a=b", "--event", "push", "tag", "--secret-file", "-"];
        let made = scene.hook("create", &more, "a-secret-of-the-hook").await;
        assert!(!made.out.contains("a-secret-of-the-hook"), "{}", made.out);
        let made = made.json();
        let id = made["id"].as_str().unwrap();
        assert_eq!((&made["url"], &made["active"]), (&json!("https://c.lan/in?a=b"), &json!(true)));
        let kept = scene.forge.hooks("acme/app");
        let secrets = [kept[0].secret.as_deref(), kept[0].signing_secret.as_deref()];
        assert!(
            secrets.contains(&Some("a-secret-of-the-hook")),
            "{:?}",
            secrets.map(|it| it.is_some())
        );

        let changed = scene.hook("update", &[id, "--event", "pull_request"], "").await.json();
        assert_eq!(changed["events"], json!(["pull_request"]));
        assert_eq!(changed["url"], made["url"], "what is not named stays");
        let listed = scene.hook("list", &[], "").await.json();
        assert_eq!(column(&listed, "id"), [id], "our own writes are seen at once");
        scene.hook("delete", &[id], "").await.json();
        assert_eq!(scene.hook("list", &[], "").await.json(), json!([]));
        assert_eq!(scene.hook("delete", &[id], "").await.code, 6);
        assert_eq!(scene.hook("update", &[id, "--inactive"], "").await.code, 6);
        let odd = ["--to", "javascript:alert(1)", "--event", "push"];
        assert_eq!(scene.hook("create", &odd, "").await.code, 3);
        let odd = ["--to", "https://c.lan", "--event", "everything"];
        assert_eq!(scene.hook("create", &odd, "").await.code, 3);

        let begun = records(&scene.world, "repository.use", "begun").await;
        let ended = records(&scene.world, "repository.use", "ended").await;
        assert_eq!((begun.len(), ended.len()), (5, 5), "{begun:?} {ended:?}");
        let ends: Vec<&str> = ended.iter().map(|it| it["detail"].as_str().unwrap()).collect();
        assert!(ends.contains(&"create a webhook: done"), "{ends:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_made_changed_and_deleted() {
    for kind in [Kind::GitHub, Kind::GitLab] {
        let scene = Scene::new(kind).await;
        let path = "new folder/ü.txt";
        let put = async |content: &str, more: &[&str]| {
            let url = scene.url("acme/app");
            let at = ["repo", "put-file", &url, "--json", "--path", path, "--branch", "main"];
            let rest = ["--message", "A file", "--content-file", "-"];
            let arguments = [&at[..], &rest, more].concat();
            scene.world.run_as(&scene.world.owner, &arguments, content).await
        };
        let read = async || scene.repo("file", "acme/app", &["--path", path]).await;
        assert_eq!(read().await.code, 6);
        put("one\n", &[]).await.json();
        let first = read().await.json();
        assert_eq!(first["content"], STANDARD.encode("one\n"));
        let again = put("two\n", &[]).await;
        assert_eq!(again.code, 7, "it is there already: {}", again.err);
        let id = first["id"].as_str().unwrap();
        put("two\n", &["--based-on", id]).await.json();
        assert_eq!(read().await.json()["content"], STANDARD.encode("two\n"));
        let stale = put("three\n", &["--based-on", id]).await;
        assert!(matches!(stale.code, 3 | 7), "it changed since: {} {}", stale.code, stale.err);
        let more = ["--path", path, "--branch", "main", "--message", "Away"];
        scene.repo("delete-file", "acme/app", &more).await.json();
        assert_eq!(read().await.code, 6);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_are_made_and_deleted() {
    for kind in [Kind::GitHub, Kind::GitLab] {
        let scene = Scene::new(kind).await;
        let tags = async || scene.repo("tags", "acme/app", &[]).await.json();
        assert_eq!(column(&tags().await, "name"), ["v1.0"]);
        let more = ["--name", "release/2", "--target", "main", "--message", "The second"];
        let made = scene.repo("create-tag", "acme/app", &more).await.json();
        assert_eq!(made["name"], "release/2");
        let listed = tags().await;
        assert!(column(&listed, "name").contains(&"release/2"), "{listed}");
        let again = scene.repo("create-tag", "acme/app", &more).await;
        assert_eq!(again.code, 7, "{}", again.err);
        scene.repo("delete-tag", "acme/app", &["--name", "release/2"]).await.json();
        assert_eq!(column(&tags().await, "name"), ["v1.0"]);
        assert_eq!(scene.repo("delete-tag", "acme/app", &["--name", "release/2"]).await.code, 6);
        let odd = ["--name", "a/../b", "--target", "main"];
        assert_eq!(scene.repo("create-tag", "acme/app", &odd).await.code, 3);
    }
}
