//! Power cuts under load: whatever was acknowledged is there afterwards, and the chain is whole.
//!
//! Several clients add credentials, lend and revoke at once; the server is killed at a random moment
//! and started again on the same data. What was asked for but not answered may be there or not.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;

use it::On;
use it::ServerOptions;
use it::World;
use serde_json::Value;
use serde_json::json;
use testkit::Cluster;
use testkit::SeededEntropy;
use testkit::postgres::Options;
use tokio::task::JoinSet;

use crate::api::Api;
use crate::processes;

/// Rounds on both engines together; `CLAVIGER_KILL_ROUNDS` asks for more.
const ROUNDS: usize = 20;
/// Crashes of the database below a server that stays.
const CRASHES: usize = 3;
/// Answers that show that the server works again.
const ANSWERS_AFTER_CRASH: usize = 20;
/// Clients of each sort at once.
const ADDERS: usize = 2;
const LENDERS: usize = 2;
const REVOKERS: usize = 2;
/// A round is cut off after at most that many answers …
const ANSWERS_MAX: u64 = 60;
/// … and at most that long after the last of them.
const DELAY_MICROS_MAX: u64 = 4000;
/// Between two adds of a client: every one of them makes the lends under way decide again.
const ADD_PAUSE: Duration = Duration::from_millis(8);
/// Values revealed and leases tried at the gateway after each round.
const SAMPLES: usize = 4;

/// What the server said was done.
#[derive(Default)]
struct Promises {
    /// Credentials: id and secret.
    credentials: BTreeMap<String, String>,
    /// Leases: id and token.
    leases: BTreeMap<String, String>,
    /// Revoked leases: id and token.
    revoked: BTreeMap<String, String>,
    /// Answers that a healthy server does not give.
    surprises: Vec<String>,
}

/// The promises of all rounds, and how many answers came in this one.
#[derive(Clone, Default)]
struct Ledger {
    promises: Arc<Mutex<Promises>>,
    answers: Arc<AtomicUsize>,
    /// Whether clients are to end by themselves.
    is_over: Arc<AtomicBool>,
    /// Whether the database may be away for a while, which clients are told.
    database_may_be_away: bool,
}

impl Ledger {
    fn lock(&self) -> MutexGuard<'_, Promises> {
        self.promises.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn goes_on(&self) -> bool {
        !self.is_over.load(Ordering::SeqCst)
    }

    fn note(&self, what: impl FnOnce(&mut Promises)) {
        what(&mut self.lock());
        self.answers.fetch_add(1, Ordering::SeqCst);
    }

    /// The body of an answer; `None` if this one was refused for a reason of the moment.
    fn taken(&self, reply: &crate::api::Reply) -> Option<Value> {
        match reply.status {
            201 => Some(reply.value()),
            204 => Some(Value::Null),
            // The organization's settings kept changing: the adders are at work.
            429 => None,
            503 if self.database_may_be_away => None,
            status => {
                let text = format!("{status}: {}", reply.text());
                self.lock().surprises.push(text);
                None
            }
        }
    }
}

async fn add(mut api: Api, host: String, name: String, ledger: Ledger) -> io::Result<()> {
    for number in (0..).take_while(|_| ledger.goes_on()) {
        let secret = format!("secret-of-{name}-{number}");
        let wanted = json!({
            "name": format!("{name} {number}"), "provider": "generic", "host": host,
            "covers": [format!("{name}/{number}")], "secret": secret,
        });
        let reply = api.call("POST", "/credentials", Some(&wanted)).await?;
        if let Some(added) = ledger.taken(&reply) {
            let id = added["id"].as_str().unwrap().to_owned();
            ledger.note(|promises| drop(promises.credentials.insert(id, secret)));
        }
        tokio::time::sleep(ADD_PAUSE).await;
    }
    Ok(())
}

async fn lend(mut api: Api, repository: String, ledger: Ledger) -> io::Result<()> {
    while ledger.goes_on() {
        if let Some((id, token)) = lease(&mut api, &repository, &ledger).await? {
            ledger.note(|promises| drop(promises.leases.insert(id, token)));
        }
    }
    Ok(())
}

async fn revoke(mut api: Api, repository: String, ledger: Ledger) -> io::Result<()> {
    while ledger.goes_on() {
        let Some((id, token)) = lease(&mut api, &repository, &ledger).await? else { continue };
        let reply = api.call("DELETE", &format!("/leases/{id}"), None).await?;
        if ledger.taken(&reply).is_some() {
            ledger.note(|promises| drop(promises.revoked.insert(id, token)));
        }
    }
    Ok(())
}

async fn lease(
    api: &mut Api,
    repository: &str,
    ledger: &Ledger,
) -> io::Result<Option<(String, String)>> {
    let wanted = json!({ "repository": repository, "access": "read" });
    let reply = api.call("POST", "/leases", Some(&wanted)).await?;
    Ok(ledger.taken(&reply).map(|lease| {
        let text = |name: &str| lease[name].as_str().unwrap().to_owned();
        (text("id"), text("token"))
    }))
}

/// Lets clients loose on the world's server.
fn clients(world: &World, number: usize, ledger: &Ledger) -> JoinSet<io::Result<()>> {
    let repository = world.host.repository_url("acme/app");
    let mut clients = JoinSet::new();
    let api = || Api::new(&world.server.url, &world.owner);
    for client in 0..ADDERS {
        let name = format!("r{number}c{client}");
        clients.spawn(add(api(), world.host.url(), name, ledger.clone()));
    }
    for _ in 0..LENDERS {
        clients.spawn(lend(api(), repository.clone(), ledger.clone()));
    }
    for _ in 0..REVOKERS {
        clients.spawn(revoke(api(), repository.clone(), ledger.clone()));
    }
    clients
}

/// Waits until that many more answers came.
async fn answers(ledger: &Ledger, count: usize) {
    let wanted = ledger.answers.load(Ordering::SeqCst) + count;
    processes::until("answers under load", || async {
        (ledger.answers.load(Ordering::SeqCst) >= wanted).then_some(())
    })
    .await;
}

/// One round: work, the cut, and the server started again.
async fn round(world: &mut World, number: usize, entropy: &SeededEntropy, ledger: &Ledger) {
    let mut clients = clients(world, number, ledger);
    answers(ledger, usize::try_from(entropy.next_number() % ANSWERS_MAX).unwrap()).await;
    tokio::time::sleep(Duration::from_micros(entropy.next_number() % DELAY_MICROS_MAX)).await;
    processes::kill(world).await;
    // Every client hears that the connection broke; none hangs.
    while let Some(ended) = clients.join_next().await {
        assert!(ended.unwrap().is_err(), "a client went on without a server");
    }
    world.restart().await;
}

/// Whatever was ever promised is kept.
async fn check(world: &World, ledger: &Ledger) {
    let mut api = Api::new(&world.server.url, &world.owner);
    let id = |row: &Value| row["id"].as_str().unwrap().to_owned();
    let credentials: BTreeSet<String> = api.all("/credentials").await.iter().map(id).collect();
    let leases: BTreeMap<String, bool> = api
        .all("/leases")
        .await
        .iter()
        .map(|row| (id(row), row["live"].as_bool().unwrap()))
        .collect();
    let (samples, live, dead) = {
        let promises = ledger.lock();
        assert!(promises.surprises.is_empty(), "odd answers: {:?}", promises.surprises);
        for id in promises.credentials.keys() {
            assert!(credentials.contains(id), "the acknowledged credential {id} is gone");
        }
        for id in promises.leases.keys() {
            assert_eq!(leases.get(id), Some(&true), "the acknowledged lease {id} is not live");
        }
        for id in promises.revoked.keys() {
            assert_eq!(leases.get(id), Some(&false), "the revoked lease {id} is back");
        }
        let newest = |map: &BTreeMap<String, String>| -> Vec<(String, String)> {
            let rows = map.iter().rev().take(SAMPLES);
            rows.map(|(id, text)| (id.clone(), text.clone())).collect()
        };
        (newest(&promises.credentials), newest(&promises.leases), newest(&promises.revoked))
    };
    for (id, secret) in samples {
        let reason = json!({ "reason": "looking after a power cut" });
        let shown = api.post(&format!("/credentials/{id}/reveal"), &reason).await.json();
        assert_eq!(shown["value"], secret.as_str(), "another value than was stored");
    }
    let authority = world.host.address().to_string();
    for (id, token) in live {
        let reply = api.refs(&authority, "acme/app", &token).await;
        assert_eq!(reply.status, 200, "the lease {id} does not open: {}", reply.text());
    }
    for (id, token) in dead {
        let reply = api.refs(&authority, "acme/app", &token).await;
        assert_eq!(reply.status, 401, "the revoked lease {id} opens: {}", reply.text());
    }
    api.must_verify().await;
}

/// Every promise has its record: a change and its record commit together.
async fn check_records(world: &World, ledger: &Ledger) {
    let done = world.run(&["audit", "export"]).await;
    assert_eq!(done.code, 0, "{}", done.err);
    let mut told: BTreeSet<(String, String)> = BTreeSet::new();
    for line in done.out.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        let action = record["action"].as_str().unwrap().to_owned();
        for name in ["credential_id", "target"] {
            if let Some(id) = record[name].as_str() {
                told.insert((action.clone(), id.to_owned()));
            }
        }
    }
    let promises = ledger.lock();
    let has = |action: &str, id: &String| told.contains(&(action.to_owned(), id.clone()));
    for id in promises.credentials.keys() {
        assert!(has("credential.add", id), "no record of adding {id}");
    }
    for id in promises.leases.keys() {
        assert!(has("lease.create", id), "no record of lending {id}");
    }
    for id in promises.revoked.keys() {
        assert!(has("lease.revoke", id), "no record of revoking {id}");
    }
}

fn rounds() -> usize {
    let asked = std::env::var("CLAVIGER_KILL_ROUNDS").ok();
    let rounds = asked.map_or(ROUNDS, |text| text.parse().expect("CLAVIGER_KILL_ROUNDS"));
    rounds.div_ceil(2)
}

async fn keeps_its_promises(mut world: World, seed: u64) {
    println!("seed {seed}, {} rounds", rounds());
    let entropy = SeededEntropy::new(seed);
    let ledger = Ledger::default();
    world.repository("acme/app");
    world.add_credential("Host token", &[]).await;
    for number in 0..rounds() {
        round(&mut world, number, &entropy, &ledger).await;
        check(&world, &ledger).await;
    }
    check_records(&world, &ledger).await;
    let verdict = world.run(&["audit", "verify", "--json"]).await.json();
    let promises = ledger.lock();
    println!(
        "{} credentials, {} leases and {} revocations acknowledged; {} records in {} lanes",
        promises.credentials.len(),
        promises.leases.len(),
        promises.revoked.len(),
        verdict["records"],
        verdict["lanes"],
    );
    assert!(promises.credentials.len() >= rounds(), "hardly anything was added: no test at all");
    assert!(promises.leases.len() >= rounds(), "hardly anything was lent: no test at all");
    assert!(!promises.revoked.is_empty(), "nothing was revoked: no test at all");
}

/// The database goes down under load and comes back; the server stays.
async fn outlives_its_database(world: &World, cluster: &Cluster) {
    let ledger = Ledger { database_may_be_away: true, ..Ledger::default() };
    world.repository("acme/app");
    world.add_credential("Host token", &[]).await;
    let id = world.server.id();
    let entropy = SeededEntropy::new(3);
    for number in 0..CRASHES {
        let mut clients = clients(world, number, &ledger);
        answers(&ledger, usize::try_from(entropy.next_number() % ANSWERS_MAX).unwrap()).await;
        cluster.stop();
        cluster.launch();
        answers(&ledger, ANSWERS_AFTER_CRASH).await;
        ledger.is_over.store(true, Ordering::SeqCst);
        while let Some(ended) = clients.join_next().await {
            ended.unwrap().expect("the server stays");
        }
        ledger.is_over.store(false, Ordering::SeqCst);
        check(world, &ledger).await;
    }
    check_records(world, &ledger).await;
    assert_eq!(world.server.id(), id);
}

/// A seed from the process's own randomness, printed so that a failure can be told about.
fn seed() -> u64 {
    use std::hash::BuildHasher;
    let asked = std::env::var("CLAVIGER_KILL_SEED").ok();
    asked.map_or_else(
        || std::collections::hash_map::RandomState::new().hash_one("kill"),
        |text| text.parse().expect("CLAVIGER_KILL_SEED"),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_on_sqlite() {
    keeps_its_promises(World::new(On::Sqlite).await, seed()).await;
}

async fn on_durable_postgres() -> (World, Cluster) {
    let cluster = Cluster::start(Options { durable: true });
    let database_url = Some(cluster.fresh_database());
    let options = ServerOptions { database_url, ..ServerOptions::default() };
    (World::with(On::Sqlite, options).await, cluster)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_on_postgres() {
    let (world, _cluster) = on_durable_postgres().await;
    keeps_its_promises(world, seed()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_postgres_itself_crashes() {
    let (world, cluster) = on_durable_postgres().await;
    outlives_its_database(&world, &cluster).await;
}
