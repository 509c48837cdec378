//! Checks: what is due, claimed by one, brought forward; reports and histories that come back.

use std::time::Duration;

use domain::Clock;
use domain::Timestamp;
use domain::check::Findings;
use domain::check::Report;
use domain::check::Verdict;
use domain::credential::Credential;
use domain::host::Host;
use domain::id::AuditRecordId;
use domain::id::CredentialId;
use domain::id::HostId;
use domain::status::Lifecycle;
use domain::url::WebUrl;
use domain::watch::NEVER;
use store::checks;
use store::checks::Check;
use store::checks::DueQuery;
use store::checks::StatusChange;

use crate::world::World;
use crate::world::on_both_engines;

on_both_engines!(
    a_report_comes_back_as_it_went_in,
    the_most_overdue_of_each_host_are_due,
    a_check_is_claimed_by_one,
    only_what_is_later_is_brought_forward,
    a_history_is_shown_newest_first,
    what_a_check_found_is_noted,
);

/// Long enough for a test, and for a claim.
const MINUTE_MILLIS: i64 = 60_000;

/// Runs a change and gives its value.
macro_rules! change {
    ($world:expr, $session:ident => $work:expr) => {
        $world
            .committer
            .change(move |$session| Box::pin(async move { Ok(($work, Vec::new())) }))
            .await
            .unwrap()
    };
}

fn check(credential: &Credential, next: Timestamp) -> Check {
    Check {
        credential_id: credential.id,
        organization_id: credential.organization_id,
        report: None,
        next_check_at: next,
        refused_since: None,
        refusals: 0,
    }
}

/// Adds a credential that is looked at then.
async fn add(world: &World, credential: Credential, next: Timestamp) -> CredentialId {
    let added = world.add(credential).await.unwrap();
    let stored = check(&added, next);
    change!(world, session => checks::write(session, &stored).await?);
    added.id
}

async fn of(world: &World, id: CredentialId) -> Check {
    let mut session = world.store.session().await.unwrap();
    checks::of_credential(&mut session, id).await.unwrap().unwrap()
}

async fn due(world: &World, per_host: i64, limit: i64, but: &[&str]) -> Vec<CredentialId> {
    let but: Vec<String> = but.iter().map(|it| (*it).to_owned()).collect();
    let wanted = DueQuery { now: world.clock.now(), per_host, limit, but: &but };
    let mut session = world.store.session().await.unwrap();
    let found = checks::due(&mut session, wanted).await.unwrap();
    assert!(found.iter().all(|it| it.organization_id == world.organization));
    found.into_iter().map(|it| it.credential_id).collect()
}

async fn a_report_comes_back_as_it_went_in(world: World) {
    let credential = world.add(world.credential("a")).await.unwrap();
    let mut session = world.store.session().await.unwrap();
    assert_eq!(checks::of_credential(&mut session, credential.id).await.unwrap(), None);
    drop(session);
    let now = world.clock.now();
    let findings = Findings::of(Verdict::Refused, "It said \"no\": näh.".to_owned());
    let report = Report { checked_at: now, version: 3, findings, advice: Vec::new() };
    let written = Check {
        report: Some(report),
        refused_since: Some(now),
        refusals: 2,
        ..check(&credential, NEVER)
    };
    let stored = written.clone();
    change!(world, session => checks::write(session, &stored).await?);
    assert_eq!(of(&world, credential.id).await, written);
}

async fn the_most_overdue_of_each_host_are_due(world: World) {
    let now = world.clock.now();
    let host = Host {
        id: HostId::generate(world.clock.as_ref(), world.entropy.as_ref()),
        url: WebUrl::parse("https://other.example:8443/code").unwrap(),
        ..world.host.clone()
    };
    let stored = host.clone();
    change!(world, session => store::hosts::insert(session, &stored, now).await?);
    let ago = |seconds: i64| Timestamp::from_millis(now.millis() - seconds * 1000);
    let mut ids = Vec::new();
    for (name, seconds) in [("a", 50), ("b", 40), ("c", 30)] {
        ids.push(add(&world, world.credential(name), ago(seconds)).await);
    }
    let elsewhere = Credential { host_id: host.id, ..world.credential("d") };
    ids.push(add(&world, elsewhere, ago(10)).await);
    let mut off = world.credential("off");
    off.axes.lifecycle = Lifecycle::Disabled;
    add(&world, off, ago(60)).await;
    add(&world, world.credential("later"), now.plus(Duration::from_millis(1))).await;

    assert_eq!(due(&world, 9, 9, &[]).await, ids);
    assert_eq!(due(&world, 2, 9, &[]).await, [ids[0], ids[1], ids[3]]);
    assert_eq!(due(&world, 9, 1, &[]).await, [ids[0]]);
    assert_eq!(due(&world, 9, 9, &["gitlab.example"]).await, [ids[3]]);
    assert_eq!(due(&world, 9, 9, &["other.example:8443", "it's"]).await, ids[..3]);
    let claimed = ids[0];
    assert!(change!(world, session => checks::claim(session, claimed, now, MINUTE_MILLIS).await?));
    assert_eq!(due(&world, 1, 9, &[]).await, [ids[1], ids[3]]);
}

async fn a_check_is_claimed_by_one(world: World) {
    let now = world.clock.now();
    let id = add(&world, world.credential("a"), now).await;
    let early = Timestamp::from_millis(now.millis() - 1);
    let claim = async |due_at: Timestamp, for_millis: i64| change!(world, session => checks::claim(session, id, due_at, for_millis).await?);
    assert!(!claim(early, MINUTE_MILLIS).await, "it is not due yet");
    // One that runs out at once is free again.
    assert!(claim(now, 0).await);
    assert!(claim(now, MINUTE_MILLIS).await);
    assert!(!claim(now, MINUTE_MILLIS).await, "another one has it");
    // What was found ends the claim.
    let found = Check { next_check_at: now, ..of(&world, id).await };
    change!(world, session => checks::write(session, &found).await?);
    assert!(claim(now, MINUTE_MILLIS).await);
}

async fn only_what_is_later_is_brought_forward(world: World) {
    let (now, later) = (world.clock.now(), world.clock.now().plus(Duration::from_secs(3600)));
    let checked = |at: Timestamp| {
        let findings = Findings::of(Verdict::Accepted, None);
        Some(Report { checked_at: at, version: 1, findings, advice: Vec::new() })
    };
    let hasten = async |name: &str, before: Timestamp, last: Option<Report>, wait: i64| {
        let id = add(&world, world.credential(name), before).await;
        let known = Check { report: last, ..of(&world, id).await };
        change!(world, session => {
            checks::write(session, &known).await?;
            checks::hasten(session, id, now, wait).await?;
        });
        of(&world, id).await.next_check_at
    };
    assert_eq!(hasten("never checked", later, None, MINUTE_MILLIS).await, now);
    let just_now = now.plus(Duration::from_millis(60_000));
    assert_eq!(hasten("just checked", later, checked(now), MINUTE_MILLIS).await, just_now);
    let overdue = Timestamp::from_millis(now.millis() - 5);
    assert_eq!(hasten("overdue", overdue, None, MINUTE_MILLIS).await, overdue);
    assert_eq!(hasten("left alone", NEVER, checked(now), MINUTE_MILLIS).await, NEVER);
    assert_eq!(hasten("woken by people", NEVER, checked(now), 0).await, now);
}

async fn a_history_is_shown_newest_first(world: World) {
    let id = add(&world, world.credential("a"), NEVER).await;
    let other = add(&world, world.credential("b"), NEVER).await;
    let mut noted = Vec::new();
    for (of, status) in [(id, "valid"), (other, "valid"), (id, "rejected"), (id, "valid")] {
        world.clock.advance(Duration::from_millis(1));
        let reason = format!("'{status}' – so it said");
        let change = StatusChange { at: world.clock.now(), status: status.to_owned(), reason };
        let record = AuditRecordId::generate(world.clock.as_ref(), world.entropy.as_ref());
        let (record, organization) = (record.to_string(), world.organization);
        if of == id {
            noted.insert(0, change.clone());
        }
        change!(world, session => {
            checks::note_status(session, &record, organization, of, &change).await?;
        });
    }
    let mut session = world.store.session().await.unwrap();
    assert_eq!(checks::history(&mut session, id, 9).await.unwrap(), noted);
    assert_eq!(checks::history(&mut session, id, 2).await.unwrap(), noted[..2]);
}

async fn what_a_check_found_is_noted(world: World) {
    let mut credential = world.add(world.credential("a")).await.unwrap();
    credential.username = Some("given".to_owned());
    credential.guessed_username = Some("found".to_owned());
    credential.axes.authentication = domain::status::Authentication::Suspect;
    let stored = credential.clone();
    change!(world, session => store::credentials::note_check(session, &stored).await?);
    let mut session = world.store.session().await.unwrap();
    let read = store::credentials::by_id(&mut session, world.organization, credential.id).await;
    let read = read.unwrap().unwrap();
    // What people gave is theirs.
    assert_eq!((read.username, read.guessed_username), (None, Some("found".to_owned())));
    assert_eq!(read.axes, credential.axes);
}
