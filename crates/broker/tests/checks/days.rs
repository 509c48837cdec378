//! Warnings ahead of an end: each channel on its own days, once, also from two servers.

use std::sync::Arc;
use std::time::Duration;

use broker::AddChannel;
use broker::AddCredential;
use broker::Broker;
use broker::Caller;
use broker::UpdateChannel;
use broker::Wanted;
use domain::Clock;
use domain::ErrorKind;
use domain::Secret;
use domain::notification::ChannelKind;
use domain::provider::Provider;
use domain::warning_days::WarningDays;
use githost::Auth;
use githost::GitHost;
use githost::Options;
use tokio::task::JoinSet;

use crate::world::On;
use crate::world::World;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A check. Of two servers one may have to give way to the other, and is told to try again.
async fn look(server: &Broker, caller: &Caller, handle: &str) {
    let mut tries = 0;
    while let Err(error) = server.check_credential(caller, handle).await {
        let has_given_way = matches!(error.kind(), ErrorKind::Busy | ErrorKind::Unavailable);
        assert!(has_given_way && tries < 10, "{error:?}");
        tries += 1;
    }
}

async fn channel(world: &World, name: &str, days: &str) -> String {
    let wanted = AddChannel {
        name: name.to_owned(),
        kind: ChannelKind::Slack,
        recipients: Vec::new(),
        url: Some(Secret::from("http://127.0.0.1:1/x".to_owned())),
        only: Vec::new(),
        days: WarningDays::parse(days).unwrap(),
        quiet_hours: None,
    };
    world.broker.add_channel(&world.caller, wanted).await.unwrap().channel.id.to_string()
}

/// Every warning that there is, oldest first: its days and who is told.
async fn told(world: &World) -> Vec<String> {
    let wanted = Wanted { limit: Some(200), ..Wanted::default() };
    let page = world.broker.list_notifications(&world.caller, &wanted).await.unwrap();
    let shown = page.items.iter().rev().map(|view| {
        let to: Vec<&str> = view.deliveries.iter().map(|it| it.channel.as_str()).collect();
        let days = view.notice.kind.days().map_or("over".to_owned(), |days| days.to_string());
        format!("{days}: {}", to.join(" "))
    });
    shown.collect()
}

/// A credential that ends after so many days, at a host that lets everybody in.
async fn ending_after(world: &World, host: &GitHost, name: &str, days: u32) -> String {
    let wanted = AddCredential {
        expires_at: Some(world.clock.now().plus(DAY * days)),
        ..world.wanted(Provider::Generic, &host.url(), name)
    };
    world.add(wanted).await
}

/// Every server looks at the credential at the same time.
async fn on_their_own_days(world: World, servers: Vec<Arc<Broker>>) {
    let host = GitHost::start(&world.folder("git"), Options::new(Auth::Open)).await.unwrap();
    let handle = ending_after(&world, &host, "ci", 200).await;
    let idle = world.add(world.wanted(Provider::Generic, &host.url(), "idle")).await;
    channel(&world, "usual", "").await;
    channel(&world, "early", "60, 7").await;
    channel(&world, "earlier", "120,90,60").await;
    // A hundred and twenty days lie in the first half of its life.
    let mut day = 0;
    let mut so_far: Vec<&str> = Vec::new();
    for (until, expected) in [
        (100, &[][..]),
        (110, &["90: earlier"]),
        (139, &[]),
        (140, &["60: earlier early"]),
        (170, &["30: usual"]),
        (186, &["14: usual"]),
        (193, &["7: early usual"]),
        (199, &["1: usual"]),
        (200, &["over: earlier early usual"]),
        (201, &[]),
    ] {
        world.clock.advance(DAY * (until - day));
        day = until;
        // After so many days without a commit each server takes the other's audit lane for one that was
        // left. Here they settle that first.
        for server in &servers {
            look(server, &world.caller, &idle).await;
        }
        let mut looking = JoinSet::new();
        for server in &servers {
            let (server, caller) = (Arc::clone(server), world.caller.clone());
            let handle = handle.clone();
            looking.spawn(async move { look(&server, &caller, &handle).await });
        }
        looking.join_all().await;
        so_far.extend(expected);
        assert_eq!(told(&world).await, so_far, "day {until}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_channel_is_told_on_its_own_days_sqlite() {
    let world = World::new(On::Sqlite).await;
    let servers = vec![Arc::clone(&world.broker)];
    on_their_own_days(world, servers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_channel_is_told_on_its_own_days_postgres() {
    let world = World::new(On::Postgres).await;
    let servers = vec![Arc::clone(&world.broker), world.replica().await];
    on_their_own_days(world, servers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looks_late_is_told_the_nearest_day_only() {
    let world = World::new(On::Sqlite).await;
    let host = GitHost::start(&world.folder("git"), Options::new(Auth::Open)).await.unwrap();
    let handle = ending_after(&world, &host, "ci", 200).await;
    channel(&world, "usual", "").await;
    let early = channel(&world, "early", "60,30").await;
    channel(&world, "earliest", "90").await;
    world.clock.advance(DAY * 188);
    world.broker.check_credential(&world.caller, &handle).await.unwrap();
    let mut found = told(&world).await;
    found.sort();
    assert_eq!(found, ["14: usual", "30: early", "90: earliest"]);

    // New days are told from the next check on, also those that have come already.
    let days = Some(WarningDays::parse("60,13,12").unwrap());
    let change = UpdateChannel { days, ..UpdateChannel::default() };
    world.broker.update_channel(&world.caller, &early, change).await.unwrap();
    for _ in 0..2 {
        world.clock.advance(Duration::from_secs(1));
        world.broker.check_credential(&world.caller, &handle).await.unwrap();
    }
    let found = told(&world).await;
    assert_eq!((found.len(), found[3].as_str()), (4, "12: early"));
}
