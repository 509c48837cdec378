//! `admin rekey`, cut off at any moment beside a running server: run again, it completes; every
//! value opens as before, and the old root key is gone.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use it::On;
use it::World;
use serde_json::json;
use testkit::SeededEntropy;
use tokio::io::AsyncBufReadExt;
use tokio::io::BufReader;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::api::Api;
use crate::processes;

/// More than are sealed again by one unit of work.
const CREDENTIALS: usize = 120;
/// Rekeys one after the other under load, and the clients that make it.
const REKEYS: usize = 4;
const CLIENTS: usize = 3;
/// Lines that a whole rekey says about its progress before its end.
const STEPS: usize = 4;
/// Rekeys cut off at a random moment, one in each slice of a whole one, beside those cut off at
/// every step.
const CUTS: u32 = 6;

/// Adds credentials; gives their ids and values.
async fn filled(world: &World) -> BTreeMap<String, String> {
    let mut api = Api::new(&world.server.url, &world.owner);
    let mut values = BTreeMap::new();
    for number in 0..CREDENTIALS {
        let secret = format!("value-number-{number}");
        let wanted = json!({
            "name": format!("Token {number}"), "provider": "github", "check": false, "secret": secret,
        });
        let added = api.post("/credentials", &wanted).await.json();
        values.insert(added["id"].as_str().unwrap().to_owned(), secret);
    }
    values
}

/// Every value opens as it was stored, through the server that runs.
async fn must_reveal(world: &World, values: &BTreeMap<String, String>, every: usize) {
    let mut api = Api::new(&world.server.url, &world.owner);
    for (id, secret) in values.iter().step_by(every) {
        let reason = json!({ "reason": "after a rekey" });
        let shown = api.post(&format!("/credentials/{id}/reveal"), &reason).await;
        assert_eq!(shown.status, 200, "the credential {id}: {}", shown.text());
        assert_eq!(shown.value()["value"], secret.as_str(), "the credential {id}");
    }
}

fn key_lines(data: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(data.join("root.key")).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// Kills a rekey after it said that many lines, or after a while if none. Says how far it came.
async fn cut(world: &World, lines: usize, delay: Option<Duration>) -> usize {
    let mut child = processes::on_data(world, &["admin", "rekey"]).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut count = 0;
    let read = async {
        while count < lines && said.next_line().await.unwrap().is_some() {
            count += 1;
        }
    };
    let limit = delay.unwrap_or(Duration::from_secs(60));
    let outcome = tokio::time::timeout(limit, read).await;
    assert!(outcome.is_ok() || delay.is_some(), "the rekey said nothing for {limit:?}");
    child.kill().await.unwrap();
    count
}

/// Runs a rekey to its end; gives what it answered.
async fn rekey(world: &World) -> serde_json::Value {
    processes::finish(processes::on_data(world, &["admin", "rekey", "--json"])).await.json()
}

/// Runs the rekey to its end and looks that it is one.
async fn complete(world: &World, values: &BTreeMap<String, String>, before: &[String]) {
    let said = rekey(world).await;
    let keys = key_lines(&world.data());
    assert_eq!(keys.len(), 1, "the old root key is still in the file");
    assert!(!before.contains(&keys[0]), "the root key is the one from before");
    let id = said["root_key_id"].as_str().unwrap();
    assert!(keys[0].contains(id), "the file does not hold the key in force");
    assert!(!world.data().join("root.key.new").exists(), "a half-written key file was left");
    must_reveal(world, values, 7).await;
    Api::new(&world.server.url, &world.owner).must_verify().await;
}

async fn rekeyed_again_and_again(on: On) {
    let mut world = World::new(on).await;
    let values = filled(&world).await;
    let begun = Instant::now();
    rekey(&world).await;
    let whole = begun.elapsed();
    let entropy = SeededEntropy::new(11);
    let mut cuts: Vec<(usize, Option<Duration>)> = (1..=STEPS).map(|lines| (lines, None)).collect();
    for slice in 0..CUTS {
        let jitter = u32::try_from(entropy.next_number() % 1000).unwrap();
        let delay = whole * (slice * 1000 + jitter) / (CUTS * 1000);
        cuts.push((usize::MAX, Some(delay)));
    }
    for (lines, delay) in cuts {
        let before = key_lines(&world.data());
        let reached = cut(&world, lines, delay).await;
        println!("cut off after {reached} steps ({delay:?})");
        // The server goes on while the rekey lies half done, also for what is new.
        must_reveal(&world, &values, 29).await;
        complete(&world, &values, &before).await;
    }
    processes::kill(&world).await;
    world.restart().await;
    must_reveal(&world, &values, 1).await;
    Api::new(&world.server.url, &world.owner).must_verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rekey_that_was_cut_off_completes_on_sqlite() {
    rekeyed_again_and_again(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rekey_that_was_cut_off_completes_on_postgres() {
    rekeyed_again_and_again(On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_in_the_middle_of_a_rekey_finds_everything() {
    let mut world = World::new(On::Sqlite).await;
    let values = filled(&world).await;
    let before = key_lines(&world.data());
    for lines in [1, 2, 3] {
        cut(&world, lines, None).await;
        processes::kill(&world).await;
        world.restart().await;
        must_reveal(&world, &values, 17).await;
    }
    complete(&world, &values, &before).await;
}

/// Online means online: values are shown all the time, and nothing that was added is lost.
async fn rekeyed_under_load(on: On) {
    let world = World::new(on).await;
    let mut values = filled(&world).await;
    let before = key_lines(&world.data());
    let is_over = Arc::new(AtomicBool::new(false));
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let mut api = Api::new(&world.server.url, &world.owner);
        let (is_over, first) = (Arc::clone(&is_over), values.first_key_value().unwrap().0.clone());
        clients.spawn(async move {
            let mut added = Vec::new();
            while !is_over.load(Ordering::SeqCst) {
                let secret = format!("value-of-{client}-{}", added.len());
                let wanted = json!({ "name": "Late", "provider": "github", "check": false, "secret": secret });
                let reply = api.post("/credentials", &wanted).await;
                // One that was sealed just when its key was destroyed is refused, and asks again.
                if reply.is_done() {
                    added.push((reply.value()["id"].as_str().unwrap().to_owned(), secret));
                }
                let reason = json!({ "reason": "beside a rekey" });
                let shown = api.post(&format!("/credentials/{first}/reveal"), &reason).await;
                assert_eq!(shown.status, 200, "a reveal beside a rekey: {}", shown.text());
            }
            added
        });
    }
    for _ in 0..REKEYS {
        rekey(&world).await;
    }
    is_over.store(true, Ordering::SeqCst);
    while let Some(added) = clients.join_next().await {
        values.extend(added.unwrap());
    }
    assert!(values.len() > CREDENTIALS + REKEYS, "hardly anything was added meanwhile");
    println!("{} credentials were added meanwhile", values.len() - CREDENTIALS);
    must_reveal(&world, &values, 1).await;
    complete(&world, &values, &before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rekey_under_load_loses_nothing_on_sqlite() {
    rekeyed_under_load(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rekey_under_load_loses_nothing_on_postgres() {
    rekeyed_under_load(On::Postgres).await;
}

/// The old key file opens nothing any more: that is what a rekey is for.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_rekey_the_old_key_file_opens_nothing() {
    let world = World::new(On::Sqlite).await;
    let values = filled(&world).await;
    let before = key_lines(&world.data());
    let kept = world.root.path().join("old.key");
    std::fs::copy(world.data().join("root.key"), &kept).unwrap();
    complete(&world, &values, &before).await;
    processes::stop(&world).await;
    let more = ["--root-key", kept.to_str().unwrap()];
    let ran = processes::finish(processes::serve(&world.data(), &more)).await;
    let said = processes::must_refuse(&ran, 12);
    assert!(said.contains("needs root key"), "{said}");
}

/// The last step but one of a rekey is durable, the last is not: both keys are in the file.
#[tokio::test(flavor = "multi_thread")]
async fn a_rekey_cut_off_before_its_last_step_completes() {
    let world = World::new(On::Sqlite).await;
    let file = world.data().join("root.key");
    let old = std::fs::read_to_string(&file).unwrap();
    assert_eq!(world.offline(&["admin", "rekey"]).await.code, 0);
    let new = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{old}{new}")).unwrap();
    let again = world.offline(&["admin", "rekey"]).await;
    assert_eq!(again.code, 0, "the rekey can never be run again: {}", again.err);
    let left = std::fs::read_to_string(&file).unwrap();
    assert_eq!(left.lines().count(), 1, "the old key is still in the file");
}
