//! Renewing: after a refusal in use, by many at once on two servers, and around a crash.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use githost::Behaviour;
use it::On;
use it::Server;
use tokio::time::Instant;

use super::Scene;
use super::TOKEN_PATH;
use crate::toolbox::records;

/// Whatever is waited for is there by then, or never.
const PATIENCE: Duration = Duration::from_secs(90);

impl Scene {
    /// The access token of the member's account, as it travels.
    async fn access_token(&self) -> String {
        assert_eq!(self.fetch(&self.member).await.status, 200);
        let seen = self.forge.host().journal();
        let line = seen.iter().rev().find_map(|it| it.header("authorization")).unwrap().to_owned();
        let pair = STANDARD.decode(line.strip_prefix("Basic ").unwrap()).unwrap();
        String::from_utf8(pair).unwrap().split_once(':').unwrap().1.to_owned()
    }

    /// Fetches until this is the answer; gives its text.
    async fn fetch_until(&self, status: u16, text: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            let answer = self.fetch(&self.member).await;
            if answer.status == status && answer.body.contains(text) {
                return;
            }
            assert!(Instant::now() < end, "waited for {status}: {} {}", answer.status, answer.body);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_grant_is_renewed_once_by_many_at_once_on_two_servers() {
    let scene = Scene::new(On::Postgres).await;
    assert_eq!(scene.connect(&scene.member, "octocat").await.status, 200);
    let key = scene.world.data().join("root.key");
    let mut options = scene.world.options.clone();
    options.arguments.extend(["--root-key".to_owned(), key.to_str().unwrap().to_owned()]);
    let other = Server::start(&scene.world.root.path().join("other"), &options).await;
    let token = scene.access_token().await;
    assert_eq!(scene.redeemed(), 1);
    assert!(scene.forge.expire(&token));
    let here = || scene.fetch(&scene.member);
    let there = || scene.fetch_at(&other.url, &scene.member);
    tokio::join!(here(), there(), here(), there(), here(), there(), here(), there());
    scene.fetch_until(200, "").await;
    assert_eq!(scene.redeemed(), 2, "one code and one renewal");
    let there = there().await;
    assert_eq!(there.status, 200, "{}", there.body);
    assert_eq!(records(&scene.world, "credential.refresh", "begun").await.len(), 1);
    assert_eq!(records(&scene.world, "credential.refresh", "done").await.len(), 1);
    let account = &scene.accounts(&scene.member).await[0];
    assert_eq!((&account["version"], &account["status"]), (&2.into(), &"valid".into()));
    // The old one is kept until the new one is proven.
    assert_eq!(account["versions"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_that_is_refused_ends_the_account_with_its_reason() {
    let scene = Scene::new(On::Sqlite).await;
    assert_eq!(scene.connect(&scene.member, "octocat").await.status, 200);
    let token = scene.access_token().await;
    scene.forge.expire(&token);
    let refused = Behaviour::Status {
        status: 200,
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: r#"{"error":"bad_refresh_token"}"#.to_owned(),
    };
    scene.forge.behave(TOKEN_PATH, Some(refused));
    scene.fetch_until(403, "rejected").await;
    assert_eq!(scene.accounts(&scene.member).await[0]["status"], "rejected");
    let told = records(&scene.world, "credential.refresh", "refused").await;
    assert_eq!(told.len(), 1);
    assert!(told[0]["detail"].as_str().unwrap().contains("bad_refresh_token"), "{told:?}");
    // Connecting again mends it.
    scene.forge.behave(TOKEN_PATH, None);
    assert_eq!(scene.connect(&scene.member, "octocat").await.status, 200);
    assert_eq!(scene.fetch(&scene.member).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_cut_off_by_a_crash_is_reported_and_never_repeated() {
    let mut scene = Scene::new(On::Sqlite).await;
    assert_eq!(scene.connect(&scene.member, "octocat").await.status, 200);
    let token = scene.access_token().await;
    scene.forge.expire(&token);
    scene.forge.behave(TOKEN_PATH, Some(Behaviour::Hang));
    scene.forge.forget();
    scene.fetch(&scene.member).await;
    let called = |scene: &Scene| {
        scene.forge.host().journal().iter().filter(|it| it.target.contains(TOKEN_PATH)).count()
    };
    let end = Instant::now() + PATIENCE;
    while called(&scene) == 0 {
        assert!(Instant::now() < end, "the renewal never began");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let killed = std::process::Command::new("kill")
        .args(["-KILL", &scene.world.server.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
    scene.forge.behave(TOKEN_PATH, None);
    scene.world.restart().await;
    // Its claim runs out first; then the next one finds the intent and looks into it.
    scene.fetch_until(403, "rejected").await;
    assert_eq!(scene.redeemed(), 0, "the call was repeated");
    assert_eq!(called(&scene), 1);
    let told = records(&scene.world, "credential.refresh", "refused").await;
    assert!(told[0]["detail"].as_str().unwrap().contains("was cut off"), "{told:?}");
}
