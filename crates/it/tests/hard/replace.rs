//! Power cuts while values are replaced: either the old or the new value is in use afterwards, whole,
//! and the record tells which.

use std::collections::BTreeMap;
use std::time::Duration;

use it::On;
use it::World;
use serde_json::Value;
use serde_json::json;
use testkit::SeededEntropy;
use tokio::task::JoinSet;

use crate::api::Api;
use crate::processes;

/// Credentials whose values are replaced at once.
const CREDENTIALS: usize = 3;
/// Cuts, on each engine.
const ROUNDS: usize = 6;
/// A round is cut off after at most so long.
const ROUND_MICROS_MAX: u64 = 120_000;

/// A credential whose value is replaced again and again, and what its client knows of it.
#[derive(Clone, Debug)]
struct Replaced {
    name: String,
    id: String,
    /// The number of the last value that was acknowledged.
    acknowledged: usize,
    /// The number of the last value that was asked for.
    asked: usize,
}

impl Replaced {
    fn value(&self, number: usize) -> String {
        format!("value {number} of {}", self.name)
    }
}

/// Replaces the value until the connection breaks.
async fn replace(mut api: Api, mut replaced: Replaced) -> Replaced {
    loop {
        replaced.asked = replaced.acknowledged + 1;
        let wanted = json!({ "secret": replaced.value(replaced.asked), "check": false });
        let path = format!("/credentials/{}", replaced.id);
        match api.call("PATCH", &path, Some(&wanted)).await {
            Ok(reply) => {
                assert_eq!(reply.status, 200, "{}", reply.text());
                replaced.acknowledged = replaced.asked;
            }
            Err(_) => return replaced,
        }
    }
}

/// The replacements of each credential that the record tells of.
async fn recorded(world: &World) -> BTreeMap<String, i64> {
    let exported = world.run(&["audit", "export"]).await;
    assert_eq!(exported.code, 0, "{}", exported.err);
    let mut counts = BTreeMap::new();
    for line in exported.out.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        if record["action"] == "credential.replace" && record["outcome"] == "done" {
            let id = record["credential_id"].as_str().unwrap().to_owned();
            *counts.entry(id).or_insert(0) += 1;
        }
    }
    counts
}

/// Looks at every credential; gives how many values that were never acknowledged are in use.
async fn look(world: &World, all: &mut [Replaced]) -> usize {
    let mut api = Api::new(&world.server.url, &world.owner);
    let counts = recorded(world).await;
    let mut unacknowledged = 0;
    for replaced in all {
        let path = format!("/credentials/{}", replaced.id);
        let reason = json!({ "reason": "looking after a power cut" });
        let shown = api.post(&format!("{path}/reveal"), &reason).await.json();
        let known = [replaced.acknowledged, replaced.asked];
        let found = known.into_iter().find(|number| shown["value"] == replaced.value(*number));
        let number = found.unwrap_or_else(|| panic!("{shown} is in use, not one of {known:?}"));
        let credential = api.get(&path).await.json();
        let version = i64::try_from(number).unwrap() + 1;
        assert_eq!(credential["version"], version, "{credential}");
        let versions: Vec<i64> = (1..=version).collect();
        assert_eq!(
            credential["versions"],
            json!(versions),
            "an old value is lost, or half a new one"
        );
        assert_eq!(counts.get(&replaced.id).copied().unwrap_or(0), version - 1, "{credential}");
        unacknowledged += usize::from(number != replaced.acknowledged);
        (replaced.acknowledged, replaced.asked) = (number, number);
    }
    api.must_verify().await;
    unacknowledged
}

async fn replaced_whole_or_not_at_all(mut world: World) {
    let mut api = Api::new(&world.server.url, &world.owner);
    let mut all = Vec::new();
    for number in 0..CREDENTIALS {
        let name = format!("n{number}");
        let mut replaced = Replaced { name, id: String::new(), acknowledged: 0, asked: 0 };
        let wanted = json!({
            "name": replaced.name, "provider": "generic", "host": world.host.url(),
            "covers": [replaced.name], "secret": replaced.value(0), "check": false,
        });
        let added = api.post("/credentials", &wanted).await.json();
        replaced.id = added["id"].as_str().unwrap().to_owned();
        all.push(replaced);
    }
    let entropy = SeededEntropy::new(11);
    let mut unacknowledged = 0;
    for _ in 0..ROUNDS {
        let mut clients = JoinSet::new();
        for replaced in all.drain(..) {
            clients.spawn(replace(Api::new(&world.server.url, &world.owner), replaced));
        }
        let pause = entropy.next_number() % ROUND_MICROS_MAX;
        tokio::time::sleep(Duration::from_micros(pause)).await;
        processes::kill(&world).await;
        all = clients.join_all().await;
        world.restart().await;
        unacknowledged += look(&world, &mut all).await;
    }
    let replacements: usize = all.iter().map(|it| it.acknowledged).sum();
    println!("{replacements} values replaced, {unacknowledged} of them unheard");
    assert!(replacements >= ROUNDS, "hardly anything was replaced: no test at all");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_is_replaced_whole_or_not_at_all_on_sqlite() {
    replaced_whole_or_not_at_all(World::new(On::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_is_replaced_whole_or_not_at_all_on_postgres() {
    replaced_whole_or_not_at_all(World::new(On::Postgres).await).await;
}
