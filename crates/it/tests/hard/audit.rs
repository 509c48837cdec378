//! Whoever can write to the database cannot rewrite the audit log unnoticed: `audit verify` exits
//! 13 and names the record.

use it::On;
use it::Ran;
use it::World;
use serde_json::Value;
use testkit::Cluster;

use crate::processes;

/// What `audit verify` exits with when it found something.
const FOUND: i32 = 13;
/// Credentials added, so that there are records to tamper with.
const CREDENTIALS: usize = 6;

/// A world with a log worth tampering with, stopped.
async fn stopped() -> World {
    let world = World::new(On::Postgres).await;
    for number in 0..CREDENTIALS {
        world
            .add_credential(&format!("Token {number}"), &["--covers", &format!("n/{number}")])
            .await;
    }
    // Reading the list brings the index up to date.
    world.run(&["audit", "list", "--json"]).await.json();
    processes::stop(&world).await;
    world
}

/// Changes the database behind the server's back.
fn sql(world: &World, statement: &str) -> String {
    Cluster::shared().run_sql(&processes::database(world), statement)
}

/// The first number of the batch that told of adding this credential, and its lane.
fn batch_of(world: &World, handle: &str) -> (i64, i64) {
    let found = sql(
        world,
        &format!(
            "select lane, first_sequence from audit_batches where body like '%credential.add%' \
             and body like '%\"target\":\"{handle}\"%'"
        ),
    );
    let (lane, first) = found.split_once('|').expect("one batch tells of it");
    (lane.parse().unwrap(), first.parse().unwrap())
}

/// Verifies with the command line, perhaps against a head, and expects these findings among
/// others: lane, number and word. People must be told as well as programs.
async fn must_find(world: &World, head: Option<&str>, expected: &[(i64, i64, &str)]) -> Value {
    let mut arguments = vec!["audit", "verify"];
    arguments.extend(head.iter().flat_map(|head| ["--head", head]));
    let human = world.run(&arguments).await;
    assert_eq!(human.code, FOUND, "the damage is not found: {} {}", human.out, human.err);
    arguments.push("--json");
    let ran = world.run(&arguments).await;
    assert_eq!(ran.code, FOUND, "{}", ran.err);
    let verdict: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(verdict["intact"], false);
    let findings = verdict["findings"].as_array().unwrap();
    for (lane, sequence, what) in expected {
        let is_it = |finding: &&Value| {
            finding["lane"] == *lane && finding["sequence"] == *sequence && finding["what"] == *what
        };
        let found = findings.iter().find(is_it);
        let found = found.unwrap_or_else(|| panic!("{what} {lane}/{sequence} is not in {verdict}"));
        // A table may fold a long sentence; its number and its word stand.
        let is_told = human.out.contains(what) && human.out.contains(&sequence.to_string());
        assert!(is_told, "people are not told: {}", human.out);
        let sentence = found["sentence"].as_str().unwrap();
        assert!(sentence.contains(&format!("{sequence}")), "{sentence}");
    }
    verdict
}

async fn must_be_intact(world: &World, head: Option<&str>) -> Ran {
    let mut arguments = vec!["audit", "verify"];
    arguments.extend(head.iter().flat_map(|head| ["--head", head]));
    let ran = world.run(&arguments).await;
    assert_eq!(ran.code, 0, "an untouched log is called damaged: {}", ran.out);
    ran
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_record_is_named() {
    let mut world = stopped().await;
    let (lane, first) = batch_of(&world, "token-2");
    let swap = |from: &str, to: &str| {
        format!(
            "update audit_batches set body = replace(body, '{from}', '{to}') \
             where lane = {lane} and first_sequence = {first}"
        )
    };
    for (from, to) in [
        // Who, what, which, when, and the MAC itself.
        ("\"actor_name\":\"bootstrap\"", "\"actor_name\":\"somebody\""),
        ("credential.add", "credential.reveal"),
        ("\"target\":\"token-2\"", "\"target\":\"token-3\""),
        ("\"at\":\"20", "\"at\":\"19"),
        ("\"outcome\":\"done\"", "\"outcome\":\"refused\""),
    ] {
        sql(&world, &swap(from, to));
        world.restart().await;
        let verdict = must_find(&world, None, &[(lane, first, "edited")]).await;
        assert!(verdict["records"].as_i64().unwrap() > 0, "{verdict}");
        processes::stop(&world).await;
        sql(&world, &swap(to, from));
    }
    sql(
        &world,
        &format!(
            "update audit_batches set body = overlay(body placing 'ff' from position(' ' in body) + 1 for 2) \
         where lane = {lane} and first_sequence = {first}"
        ),
    );
    world.restart().await;
    must_find(&world, None, &[(lane, first, "edited")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_untouched_log_is_intact_before_and_after_a_restart() {
    let mut world = stopped().await;
    world.restart().await;
    must_be_intact(&world, None).await;
    let head = saved_head(&world).await;
    must_be_intact(&world, Some(&head)).await;
    processes::kill(&world).await;
    world.restart().await;
    must_be_intact(&world, Some(&head)).await;
    let ran = must_be_intact(&world, None).await;
    assert!(ran.out.contains("as it was written"), "{}", ran.out);
}

/// What `audit head` printed, in a file kept outside the data.
async fn saved_head(world: &World) -> String {
    let head = world.run(&["audit", "head"]).await;
    head.json();
    let file = world.root.path().join("head.json");
    std::fs::write(&file, head.out).unwrap();
    file.to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_record_is_named() {
    let mut world = stopped().await;
    let (lane, first) = batch_of(&world, "token-3");
    let id = sql(
        &world,
        &format!("select record_id from audit_index where lane = {lane} and sequence = {first}"),
    );
    sql(
        &world,
        &format!("delete from audit_batches where lane = {lane} and first_sequence = {first}"),
    );
    world.restart().await;
    let verdict = must_find(&world, None, &[(lane, first, "deleted")]).await;
    assert_eq!(verdict["findings"][0]["record_id"], id.as_str(), "{verdict}");
    // Deleted from the index as well, it is still missed.
    processes::stop(&world).await;
    sql(
        &world,
        &format!("delete from audit_index where lane = {lane} and first_sequence = {first}"),
    );
    world.restart().await;
    must_find(&world, None, &[(lane, first, "deleted")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_changed_places_are_named() {
    let mut world = stopped().await;
    let (lane, one) = batch_of(&world, "token-1");
    let (other_lane, other) = batch_of(&world, "token-4");
    assert_eq!(lane, other_lane, "one server writes one lane");
    let place = |from: i64, to: i64| {
        sql(
            &world,
            &format!(
                "update audit_batches set first_sequence = {to} \
             where lane = {lane} and first_sequence = {from}"
            ),
        )
    };
    place(one, -1);
    place(other, one);
    place(-1, other);
    world.restart().await;
    let verdict = must_find(&world, None, &[]).await;
    let named = verdict["findings"].as_array().unwrap().iter().any(|finding| {
        finding["what"] == "reordered" || finding["sequence"] == one || finding["sequence"] == other
    });
    assert!(named, "{verdict}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_tail_is_found_against_a_kept_head() {
    let mut world = stopped().await;
    world.restart().await;
    let head = saved_head(&world).await;
    processes::stop(&world).await;
    // A careful cutter: the last batches go, the head and the index are set back to match.
    let (lane, first) = batch_of(&world, "token-5");
    sql(
        &world,
        &format!(
            "delete from audit_batches where lane = {lane} and first_sequence >= {first}; \
         delete from audit_index where lane = {lane} and sequence >= {first}; \
         update audit_lanes set sequence = {first} - 1, indexed = {first} - 1, \
         mac = (select split_part(split_part(rtrim(body, E'\\n'), E'\\n', record_count::int), ' ', 2) \
                from audit_batches where lane = {lane} order by first_sequence desc limit 1) \
         where lane = {lane}"
        ),
    );
    world.restart().await;
    must_be_intact(&world, None).await;
    let ran = world.run(&["audit", "verify", "--json", "--head", &head]).await;
    assert_eq!(ran.code, FOUND, "the cut is not found: {}", ran.out);
    let verdict: Value = serde_json::from_str(&ran.out).unwrap();
    let finding = &verdict["findings"][0];
    assert_eq!(finding["lane"], lane, "{verdict}");
    assert!(finding["what"] == "cut" || finding["what"] == "edited", "{verdict}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_hidden_from_the_lists_is_named() {
    let mut world = stopped().await;
    let (lane, first) = batch_of(&world, "token-2");
    sql(&world, &format!("delete from audit_index where lane = {lane} and sequence = {first}"));
    world.restart().await;
    must_find(&world, None, &[(lane, first, "index")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lane_that_is_gone_is_found_against_a_kept_head() {
    let mut world = stopped().await;
    world.restart().await;
    let head = saved_head(&world).await;
    processes::stop(&world).await;
    let (lane, _) = batch_of(&world, "token-0");
    sql(
        &world,
        &format!(
            "delete from audit_batches where lane = {lane}; delete from audit_index where lane = {lane}; \
         delete from audit_lanes where lane = {lane}"
        ),
    );
    world.restart().await;
    let verdict = must_find(&world, Some(&head), &[]).await;
    assert_eq!(verdict["findings"][0]["lane"], lane, "{verdict}");
}
