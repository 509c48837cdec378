//! Backup and restore: whole while the server works, a new epoch afterwards, and nothing restored
//! that does not verify.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use it::On;
use it::Ran;
use it::Server;
use it::ServerOptions;
use it::World;
use serde_json::Value;
use serde_json::json;
use testkit::SeededEntropy;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::api::Api;
use crate::processes;

/// Restores that are cut off.
const CUTS: u32 = 8;
/// Clients that lend while the backup is made.
const LENDERS: usize = 4;
/// Lends before and after it.
const LENDS: usize = 30;
/// Credentials in the backup, beside the Git host's own.
const CREDENTIALS: usize = 25;

/// A world with credentials and a backup of it.
pub struct BackedUp {
    pub world: World,
    pub file: PathBuf,
    /// Id and value of each credential.
    values: Vec<(String, String)>,
    /// A lease from before the backup.
    lease: String,
}

async fn add(api: &mut Api, number: usize) -> (String, String) {
    let secret = format!("ghp_value_{number}");
    let wanted = json!({ "name": format!("Token {number}"), "provider": "github", "check": false, "secret": secret });
    let added = api.post("/credentials", &wanted).await.json();
    (added["id"].as_str().unwrap().to_owned(), secret)
}

pub async fn backed_up() -> BackedUp {
    let world = World::new(On::Sqlite).await;
    world.repository("acme/app");
    world.add_credential("Host token", &[]).await;
    let mut api = Api::new(&world.server.url, &world.owner);
    let mut values = Vec::new();
    for number in 0..CREDENTIALS {
        values.push(add(&mut api, number).await);
    }
    let lend = json!({ "repository": world.host.repository_url("acme/app"), "access": "write" });
    let lease = api.post("/leases", &lend).await.json();
    let lease = lease["token"].as_str().unwrap().to_owned();
    let file = world.root.path().join("backup.db");
    let (stopping, lent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut lenders = JoinSet::new();
    for _ in 0..LENDERS {
        let mut api = Api::new(&world.server.url, &world.owner);
        let (stopping, lent, lend) = (Arc::clone(&stopping), Arc::clone(&lent), lend.clone());
        lenders.spawn(async move {
            while !stopping.load(Ordering::SeqCst) {
                api.post("/leases", &lend).await.json();
                lent.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    let reached = async |count: usize| {
        processes::until("lends", || async {
            (lent.load(Ordering::SeqCst) >= count).then_some(())
        })
        .await;
    };
    reached(LENDS).await;
    let done = world.offline(&["admin", "backup", file.to_str().unwrap(), "--json"]).await.json();
    reached(lent.load(Ordering::SeqCst) + LENDS).await;
    stopping.store(true, Ordering::SeqCst);
    while let Some(lender) = lenders.join_next().await {
        lender.unwrap();
    }
    assert!(done["audit_records"].as_u64().unwrap() > LENDS as u64, "{done}");
    let again = world.offline(&["admin", "backup", file.to_str().unwrap()]).await;
    processes::must_refuse(&again, 7);
    BackedUp { world, file, values, lease }
}

/// A new data directory that holds the right key and nothing else.
pub fn new_place(backup: &BackedUp, name: &str) -> PathBuf {
    let data = backup.world.root.path().join(name);
    std::fs::create_dir(&data).unwrap();
    std::fs::copy(backup.world.data().join("root.key"), data.join("root.key")).unwrap();
    data
}

pub async fn restore(data: &Path, file: &Path) -> Ran {
    let arguments = ["admin", "restore", file.to_str().unwrap(), "--json"];
    processes::finish(processes::on_directory(data, &arguments)).await
}

/// The new Owner token of a restore that was done.
pub fn owner(ran: &Ran) -> String {
    ran.json()["api_tokens"]["acme"].as_str().expect("a new Owner token").to_owned()
}

/// A refused restore leaves nothing but what was there.
#[track_caller]
fn must_leave_nothing(data: &Path, before: &[PathBuf]) {
    let left: Vec<PathBuf> = listed(data).into_iter().filter(|it| !before.contains(it)).collect();
    assert!(left.is_empty(), "a refused restore left {left:?}");
}

fn listed(data: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(data).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| !path.ends_with("lock")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_under_load_restores_into_a_new_epoch() {
    let backup = backed_up().await;
    let before = Api::new(&backup.world.server.url, &backup.world.owner)
        .post("/audit/verify", &json!({}))
        .await
        .json();
    assert_eq!(before["intact"], true);
    let data = new_place(&backup, "restored");
    let ran = restore(&data, &backup.file).await;
    let token = owner(&ran);
    // The Git host is on loopback, as the server of the world allows.
    let server = Server::start(&data, &ServerOptions::default()).await;
    let mut old = Api::new(&server.url, &backup.world.owner);
    assert_eq!(old.get("/whoami").await.status, 401, "the old Owner token works");
    let mut api = Api::new(&server.url, &token);
    assert_eq!(api.get("/whoami").await.json()["role"], "owner");
    let authority = backup.world.host.address().to_string();
    let refused = api.refs(&authority, "acme/app", &backup.lease).await;
    assert_eq!(refused.status, 401, "an old lease opens: {}", refused.text());
    let leases = api.all("/leases").await;
    assert!(leases.len() > LENDS, "the backup holds {} leases only", leases.len());
    assert!(leases.iter().all(|lease| lease["live"] == false), "a lease outlived the epoch");
    for (id, value) in &backup.values {
        let reason = json!({ "reason": "after a restore" });
        let shown = api.post(&format!("/credentials/{id}/reveal"), &reason).await.json();
        assert_eq!(shown["value"], value.as_str());
    }
    api.must_verify().await;
    let lend =
        json!({ "repository": backup.world.host.repository_url("acme/app"), "access": "read" });
    let lease = api.post("/leases", &lend).await.json();
    let opened = api.refs(&authority, "acme/app", lease["token"].as_str().unwrap()).await;
    assert_eq!(opened.status, 200, "{}", opened.text());
    let records = api.all("/audit/records").await;
    let is_told = |record: &Value| record["action"] == "admin.restore";
    assert!(records.iter().any(is_told), "the restore is not in the log");
    // What went on after the backup went on untouched.
    let mut first = Api::new(&backup.world.server.url, &backup.world.owner);
    assert_eq!(first.refs(&authority, "acme/app", &backup.lease).await.status, 200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_never_overwrites() {
    let backup = backed_up().await;
    let running = restore(&backup.world.data(), &backup.file).await;
    processes::must_refuse(&running, 7);
    processes::stop(&backup.world).await;
    let before = processes::files(&backup.world.data());
    let said = processes::must_refuse(&restore(&backup.world.data(), &backup.file).await, 7);
    assert!(said.contains("is there already"), "{said}");
    let changed = processes::changed(&before, &processes::files(&backup.world.data()));
    assert!(changed.is_empty(), "a refused restore changed {changed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_without_the_right_key_is_refused() {
    let backup = backed_up().await;
    let without = backup.world.root.path().join("without");
    std::fs::create_dir(&without).unwrap();
    let said = processes::must_refuse(&restore(&without, &backup.file).await, 12);
    assert!(said.contains("root.key is missing"), "{said}");
    must_leave_nothing(&without, &[]);
    let stranger = backup.world.root.path().join("stranger");
    let made = processes::on_directory(&stranger, &["bootstrap", "--org", "stranger"]);
    assert_eq!(processes::finish(made).await.code, 0);
    let wrong = new_place(&backup, "wrong");
    std::fs::copy(stranger.join("root.key"), wrong.join("root.key")).unwrap();
    let before = listed(&wrong);
    let said = processes::must_refuse(&restore(&wrong, &backup.file).await, 12);
    assert!(said.contains("needs root key"), "{said}");
    must_leave_nothing(&wrong, &before);
    // With the right key the same place takes the same backup.
    std::fs::copy(backup.world.data().join("root.key"), wrong.join("root.key")).unwrap();
    owner(&restore(&wrong, &backup.file).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_backup_is_refused_and_not_left_behind() {
    let backup = backed_up().await;
    let whole = std::fs::read(&backup.file).unwrap();
    let damaged = backup.world.root.path().join("damaged.db");
    let data = new_place(&backup, "place");
    let before = listed(&data);
    let missing = backup.world.root.path().join("missing.db");
    assert_ne!(restore(&data, &missing).await.code, 0);
    must_leave_nothing(&data, &before);
    for (what, bytes) in [
        ("no database", b"this is no database".repeat(1000)),
        ("all but the last page", whole[..whole.len() - 4096].to_vec()),
    ] {
        std::fs::write(&damaged, bytes).unwrap();
        let ran = restore(&data, &damaged).await;
        assert_ne!(ran.code, 0, "a backup that is {what} was restored: {}", ran.out);
        println!("{what}: {} {}", ran.code, ran.err.lines().next().unwrap_or_default());
        processes::must_refuse(&ran, ran.code);
        must_leave_nothing(&data, &before);
    }
    owner(&restore(&data, &backup.file).await);
}

/// A log that was forgotten when the database was moved away belongs to that database: SQLite would
/// read it into the restored one.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_of_another_database_keeps_a_restore_from_beginning() {
    let mut backup = backed_up().await;
    processes::kill(&backup.world).await;
    let (data, aside) = (backup.world.data(), backup.world.root.path().join("aside"));
    std::fs::create_dir(&aside).unwrap();
    let log = std::fs::metadata(data.join("claviger.db-wal")).map_or(0, |it| it.len());
    assert!(log > 0, "there is no log to forget");
    let move_away = |name: &str| std::fs::rename(data.join(name), aside.join(name)).unwrap();
    move_away("claviger.db");
    let said = processes::must_refuse(&restore(&data, &backup.file).await, 7);
    assert!(said.contains("claviger.db-wal is there already"), "{said}");
    move_away("claviger.db-wal");
    move_away("claviger.db-shm");
    let token = owner(&restore(&data, &backup.file).await);
    backup.world.restart().await;
    let mut old = Api::new(&backup.world.server.url, &backup.world.owner);
    assert_eq!(old.get("/whoami").await.status, 401, "the old Owner token works");
    let mut api = Api::new(&backup.world.server.url, &token);
    api.must_verify().await;
    assert!(api.all("/leases").await.iter().all(|lease| lease["live"] == false));
}

/// Cut off at any moment, a restore has happened with all that belongs to it, or not at all: what was
/// ended never comes back.
#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_was_cut_off_revives_nothing() {
    let backup = backed_up().await;
    let begun = Instant::now();
    owner(&restore(&new_place(&backup, "whole"), &backup.file).await);
    let whole = begun.elapsed();
    let entropy = SeededEntropy::new(5);
    let mut in_place = 0;
    for cut in 0..CUTS {
        let data = new_place(&backup, &format!("cut-{cut}"));
        let arguments = ["admin", "restore", backup.file.to_str().unwrap()];
        let mut child = processes::on_directory(&data, &arguments).spawn().unwrap();
        let jitter = u32::try_from(entropy.next_number() % 1000).unwrap();
        tokio::time::sleep(whole * (cut * 1000 + jitter) / (CUTS * 1000)).await;
        child.kill().await.unwrap();
        let token = if data.join("claviger.db").exists() {
            in_place += 1;
            // It is in place, but whoever asked may not have seen the new token.
            let again = processes::on_directory(&data, &["admin", "new-epoch", "--json"]);
            owner(&processes::finish(again).await)
        } else {
            owner(&restore(&data, &backup.file).await)
        };
        let server = Server::start(&data, &ServerOptions::default()).await;
        let mut old = Api::new(&server.url, &backup.world.owner);
        assert_eq!(old.get("/whoami").await.status, 401, "cut {cut}: the old Owner token works");
        let mut api = Api::new(&server.url, &token);
        let leases = api.all("/leases").await;
        assert!(leases.iter().all(|lease| lease["live"] == false), "cut {cut}: a lease is back");
        let (id, value) = &backup.values[0];
        let reason = json!({ "reason": "after a cut" });
        let shown = api.post(&format!("/credentials/{id}/reveal"), &reason).await.json();
        assert_eq!(shown["value"], value.as_str());
        api.must_verify().await;
        server.kill().await;
    }
    println!("{in_place} of {CUTS} were in place when they were cut off");
}

/// A PostgreSQL database is restored with its own tools; the new epoch then begins by command, also
/// for a server that runs already.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_epoch_on_postgres_ends_leases_and_tokens() {
    let world = World::new(On::Postgres).await;
    world.repository("acme/app");
    world.add_credential("Host token", &[]).await;
    let mut old = Api::new(&world.server.url, &world.owner);
    let repository = world.host.repository_url("acme/app");
    let lend = json!({ "repository": repository, "access": "read" });
    let lease = old.post("/leases", &lend).await.json();
    let (authority, lease) = (world.host.address().to_string(), lease["token"].as_str().unwrap());
    assert_eq!(old.refs(&authority, "acme/app", lease).await.status, 200);
    let token = owner(&world.offline(&["admin", "new-epoch", "--json"]).await);
    assert_eq!(old.get("/whoami").await.status, 401, "the old Owner token works");
    assert_eq!(old.post("/leases", &lend).await.status, 401, "the old Owner token lends");
    let refused = old.refs(&authority, "acme/app", lease).await;
    assert_eq!(refused.status, 401, "an old lease opens: {}", refused.text());
    let mut api = Api::new(&world.server.url, &token);
    assert_eq!(api.get("/whoami").await.json()["role"], "owner");
    api.must_verify().await;
}
