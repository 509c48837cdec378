//! Several servers on one database, and one that dies between sending and marking.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use domain::limits::SETTLE_TIME;
use domain::notification::ChannelKind;
use testkit::Cluster;
use testkit::Receiver;
use testkit::receiver::Manner;
use tokio::task::JoinSet;

use crate::world::On;
use crate::world::World;

/// Servers beside the first, channels, and warnings that come while all of them look.
const REPLICAS: usize = 3;
const CHANNELS: usize = 5;
const WARNINGS: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_servers_tell_once() {
    let world = World::new(On::Postgres).await;
    let receiver = Receiver::start().await;
    for number in 0..CHANNELS {
        let url = receiver.url(&format!("/{number}"));
        world.channel(&format!("hook {number}"), ChannelKind::Webhook, &[&url]).await;
    }
    let mut brokers = vec![Arc::clone(&world.broker)];
    for _ in 0..REPLICAS {
        brokers.push(world.replica().await);
    }
    let credential = world.credential("c").await;
    for number in 0..WARNINGS {
        world.rejected(&credential, &format!("group {number}")).await;
        world.clock.advance(SETTLE_TIME);
        let mut rounds = JoinSet::new();
        for broker in &brokers {
            let broker = Arc::clone(broker);
            rounds.spawn(async move { broker.tell_waiting().await.unwrap() });
        }
        while let Some(done) = rounds.join_next().await {
            done.unwrap();
        }
    }
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    for request in receiver.requests() {
        *seen.entry((request.line, request.headers["webhook-id"].clone())).or_default() += 1;
    }
    assert_eq!(seen.len(), CHANNELS * WARNINGS);
    assert!(seen.values().all(|count| *count == 1), "{seen:?}");
    let told = world.told().await;
    assert!(told.iter().all(|told| (told.1, told.2) == ("sent", 1)), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_dies_after_sending_leaves_it_to_another() {
    let world = World::new(On::Postgres).await;
    let receiver = Receiver::start().await;
    world.channel("hook", ChannelKind::Webhook, &[&receiver.url("/x")]).await;
    world.rejected(&world.credential("c").await, "ci").await;
    world.clock.advance(SETTLE_TIME);
    receiver.behave(Manner::Hang);
    let dying = world.replica().await;
    let round = tokio::spawn(async move { dying.tell_waiting().await });
    while receiver.requests().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // All that it knew goes with it; what is in the database stays.
    round.abort();
    assert!(round.await.unwrap_err().is_cancelled());
    receiver.behave(Manner::Say("200 OK".to_owned()));
    world.round().await;
    assert_eq!(receiver.requests().len(), 1, "its claim still stands");
    assert_eq!(world.told().await[0].1, "waiting");
    Cluster::shared().run_sql(&world.url, "update channels set claimed_until = 1");
    world.round().await;
    let ids: Vec<String> =
        receiver.requests().iter().map(|it| it.headers["webhook-id"].clone()).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1], "a receiver knows that it comes again");
    let told = world.told().await.remove(0);
    assert_eq!((told.1, told.2), ("sent", 1));
    world.settled_round().await;
    assert_eq!(receiver.requests().len(), 2);
}
