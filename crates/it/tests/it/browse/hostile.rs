//! Providers that answer badly, refuse, or have had enough: each gives a sentence, and no secret.

use std::time::Duration;

use forges::Kind;
use githost::Behaviour;

use super::Scene;
use crate::toolbox::records;

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_host_gives_a_sentence() {
    let scene = Scene::new(Kind::GitHub).await;
    let redirect = Behaviour::Redirect { status: 302, location: "https://evil.lan/".to_owned() };
    let cases = [
        (redirect, 11, "no redirect is followed with a secret"),
        (Behaviour::EchoAuthorization { status: 403 }, 5, "may not do this"),
        (Behaviour::Html, 11, "is not JSON"),
        (Behaviour::HugeJson { bytes: 64 * 1024 * 1024 }, 11, "larger than"),
        (Behaviour::Status { status: 503, headers: Vec::new(), body: String::new() }, 11, "503"),
    ];
    for (number, (behaviour, code, said)) in cases.into_iter().enumerate() {
        scene.forge.behave("/api/v3", Some(behaviour));
        // A question of its own each time, since answers and failures must not mix.
        let search = format!("x{number}");
        let ran = scene.repo("branches", "acme/app", &["--search", &search]).await;
        assert_eq!(ran.code, code, "{}", ran.err);
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
        assert!(!ran.err.contains(&scene.token), "{said}");
    }
    scene.forge.behave("/api/v3", None);
    assert!(!scene.world.server.log().contains(&scene.token));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_too_large_is_refused_not_cut() {
    let scene = Scene::new(Kind::GitLab).await;
    scene.forge.behave("/api/v4/projects", Some(Behaviour::HugeJson { bytes: 11 * 1024 * 1024 }));
    let more = ["--ref", "main", "--path", "README.md"];
    let ran = scene.repo("file", "acme/app", &more).await;
    assert_eq!((ran.code, ran.out.as_str()), (11, ""), "{}", ran.err);
    assert!(ran.err.contains("larger than"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_limits_us_is_left_alone() {
    let scene = Scene::new(Kind::GitHub).await;
    let later = domain::Timestamp::from_millis(i64::MAX / 2);
    scene.forge.limit(0, later);
    let first = scene.repo("branches", "acme/app", &[]).await;
    assert_eq!(first.code, 11, "{}", first.err);
    assert!(first.err.contains("may be asked again at"), "{}", first.err);
    scene.forge.forget();
    assert_eq!(scene.repo("tags", "acme/app", &[]).await.code, 11);
    assert_eq!(scene.calls(), 0, "we wait as told");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_secret_is_not_our_401_and_is_checked_soon() {
    let scene = Scene::new(Kind::GitHub).await;
    scene.forge.revoke(&scene.token);
    let ran = scene.repo("branches", "acme/app", &[]).await;
    assert_eq!(ran.code, 11, "{}", ran.err);
    assert!(ran.err.contains("does not accept the stored credential"), "{}", ran.err);
    assert_eq!(records(&scene.world, "repository.use", "refused").await.len(), 1);
    let status = async || {
        let shown = scene.world.run(&["credential", "show", "main", "--json"]).await.json();
        shown["last_checked_at"].clone()
    };
    let waited = tokio::time::timeout(Duration::from_secs(60), async {
        while status().await.is_null() {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    });
    assert!(waited.await.is_ok(), "nobody checked it");
}
