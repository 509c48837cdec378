//! The watcher: no host waits behind another.

use std::sync::Arc;
use std::time::Duration;

use domain::provider::Provider;
use forges::Forge;
use forges::Kind;
use githost::Behaviour;

use crate::world::On;
use crate::world::World;

/// Credentials of the host that hangs, below each of its paths.
const HANGING: usize = 8;
/// A few rounds of the watcher, and less than one call may take.
const PATIENCE: Duration = Duration::from_secs(10);

async fn is_looked_at(world: &World, handle: &str) -> bool {
    let found = world.broker.last_check(&world.caller, handle).await.unwrap();
    found.report.is_some()
}

async fn not_held_up(world: World) {
    let hanging = Forge::start(Kind::GitHub, &world.folder("hanging")).await.unwrap();
    hanging.behave("/", Some(Behaviour::Hang));
    let quick = Forge::start(Kind::GitHub, &world.folder("quick")).await.unwrap();
    for path in ["a", "b", "c", "d"] {
        let url = format!("{}/{path}", hanging.url());
        for number in 0..HANGING {
            let name = format!("{path} {number}");
            world.add(world.wanted(Provider::GitHub, &url, &name)).await;
        }
    }
    // The quick host's is due after all of them.
    world.clock.advance(Duration::from_secs(1));
    let last = world.add(world.wanted(Provider::GitHub, quick.url(), "last")).await;
    world.clock.advance(Duration::from_secs(3600));
    let watcher = tokio::spawn(Arc::clone(&world.broker).run_watch());
    let end = tokio::time::Instant::now() + PATIENCE;
    while !is_looked_at(&world, &last).await {
        assert!(tokio::time::Instant::now() < end, "it waits behind a host that hangs");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    watcher.abort();
    let hung = hanging.host().journal();
    assert!((1..=4).contains(&hung.len()), "{} at once", hung.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_hangs_holds_up_no_other_sqlite() {
    not_held_up(World::new(On::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_hangs_holds_up_no_other_postgres() {
    not_held_up(World::new(On::Postgres).await).await;
}
