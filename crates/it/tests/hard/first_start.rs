//! The very first start, cut off at any moment: the next one completes it.

use std::path::Path;
use std::time::Duration;

use it::Server;
use it::ServerOptions;
use serde_json::Value;
use serde_json::json;
use testkit::Cluster;
use testkit::SeededEntropy;
use tokio::time::Instant;

use crate::api::Api;
use crate::processes;

/// First starts that are cut off, on each engine.
const CUTS: u32 = 8;

/// The data is whole: a server starts on it, an organization can be made, a value kept and shown.
pub async fn must_work(data: &Path, options: &ServerOptions) {
    let server = Server::start(data, options).await;
    let mut make =
        processes::on_directory(data, &["bootstrap", "--org", "after-the-cut", "--json"]);
    if let Some(url) = &options.database_url {
        make.env("CLAVIGER_DATABASE_URL", url);
    }
    let made: Value = processes::finish(make).await.json();
    let mut api = Api::new(&server.url, made["api_token"].as_str().unwrap());
    let wanted = json!({ "name": "First", "provider": "github", "check": false, "secret": "ghp_of_the_first_day" });
    let id = api.post("/credentials", &wanted).await.json()["id"].as_str().unwrap().to_owned();
    let reason = json!({ "reason": "is it there" });
    let shown = api.post(&format!("/credentials/{id}/reveal"), &reason).await.json();
    assert_eq!(shown["value"], "ghp_of_the_first_day");
    api.must_verify().await;
    server.stop().await;
    let keys = std::fs::read_to_string(data.join("root.key")).unwrap();
    assert_eq!(keys.lines().count(), 1, "more than one root key after a first start");
}

async fn cut_everywhere(database: impl Fn() -> Option<String>) {
    let root = tempfile::tempdir().unwrap();
    let options = || ServerOptions { database_url: database(), ..ServerOptions::default() };
    let begun = Instant::now();
    Server::start(&root.path().join("whole"), &options()).await.kill().await;
    let whole = begun.elapsed();
    let entropy = SeededEntropy::new(7);
    for cut in 0..CUTS {
        let data = root.path().join(format!("cut-{cut}"));
        let options = options();
        let mut first = processes::serve(&data, &[]);
        if let Some(url) = &options.database_url {
            first.env("CLAVIGER_DATABASE_URL", url);
        }
        let mut first = first.spawn().unwrap();
        // Somewhere in each slice of a whole start.
        let jitter = u32::try_from(entropy.next_number() % 1000).unwrap();
        let moment = whole * (cut * 1000 + jitter) / (CUTS * 1000);
        tokio::time::sleep(Duration::max(moment, Duration::from_millis(1))).await;
        first.kill().await.unwrap();
        must_work(&data, &options).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_that_was_cut_off_is_completed_by_the_next_on_sqlite() {
    cut_everywhere(|| None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_that_was_cut_off_is_completed_by_the_next_on_postgres() {
    cut_everywhere(|| Some(Cluster::shared().fresh_database())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_first_starts_at_once_agree_on_one_root_key() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("data");
    // Offline commands work beside a server, so nothing keeps them from being the first together.
    let make = |slug: &'static str| {
        let command = processes::on_directory(&data, &["bootstrap", "--org", slug, "--json"]);
        processes::finish(command)
    };
    let (one, other, third) = tokio::join!(make("one"), make("other"), make("third"));
    let made = [&one, &other, &third].iter().filter(|ran| ran.code == 0).count();
    assert!(made >= 1, "nobody was first: {one:?} {other:?} {third:?}");
    for ran in [&one, &other, &third].into_iter().filter(|ran| ran.code != 0) {
        processes::must_refuse(ran, ran.code);
        assert!(matches!(ran.code, 9 | 12), "refused otherwise than for now: {ran:?}");
    }
    must_work(&data, &ServerOptions::default()).await;
}
