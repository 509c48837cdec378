//! Searching the audit log: by everything known of a record, within bounds, page by page.

use std::time::Duration;

use domain::Clock;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::audit::Record;
use domain::id::OrganizationId;
use store::audit_search;
use store::audit_search::Filter;
use store::limits;

use crate::world::World;
use crate::world::on_both_engines;

on_both_engines!(records_are_found_by_what_is_known, a_search_stops_and_goes_on);

/// Larger than every id.
const LAST_ID: &str = "ffffffff-ffff-ffff-ffff-ffffffffffff";

fn all(world: &World) -> Filter {
    Filter {
        organization_id: world.organization,
        credential_id: None,
        actor: None,
        action: None,
        outcome: None,
        request_id: None,
        since: None,
        until: None,
        before: LAST_ID.to_owned(),
        limit: 50,
    }
}

async fn store(world: &World, records: Vec<Record>) {
    world.committer.record(world.organization, records, None).await.unwrap();
    world.index().await;
}

/// The targets of what is found, newest first.
async fn found(world: &World, filter: &Filter) -> (Vec<String>, Option<String>) {
    let mut session = world.store.session().await.unwrap();
    let page = audit_search::page(&mut session, filter).await.unwrap();
    let targets = page.records.into_iter().filter_map(|it| it.record.target);
    (targets.collect(), page.next)
}

async fn records_are_found_by_what_is_known(world: World) {
    let credential = world.add(world.credential("ci")).await.unwrap();
    let day = Duration::from_secs(24 * 3600);
    let begin = world.clock.now();
    let mut records = Vec::new();
    for target in ["one", "two", "three"] {
        world.clock.advance(day);
        let mut record = world.record(Action::GitPush);
        record.target = Some(target.to_owned());
        records.push(record);
    }
    (records[0].actor_name, records[0].actor_id) = ("Octo Cat".to_owned(), Some("m-1".to_owned()));
    records[1].outcome = Outcome::Refused;
    records[1].credential_id = Some(credential.id);
    (records[2].action, records[2].request_id) = (Action::GitFetch, Some("r-3".to_owned()));
    let mut other = world.record(Action::GitFetch);
    other.organization_id = OrganizationId::generate(world.clock.as_ref(), world.entropy.as_ref());
    (other.target, other.request_id) = (Some("foreign".to_owned()), Some("r-3".to_owned()));
    other.credential_id = Some(credential.id);
    records.push(other);
    store(&world, records).await;

    let text = |text: &str| Some(text.to_owned());
    let any = all(&world);
    assert_eq!(
        found(&world, &any).await,
        (["three", "two", "one"].map(str::to_owned).into(), None)
    );
    for (filter, expected) in [
        (Filter { actor: text("octo"), ..any.clone() }, vec!["one"]),
        (Filter { actor: text("m-1"), ..any.clone() }, vec!["one"]),
        (Filter { actor: text("m-"), ..any.clone() }, vec![]),
        (Filter { outcome: Some(Outcome::Refused), ..any.clone() }, vec!["two"]),
        (Filter { action: Some(Action::GitPush), ..any.clone() }, vec!["two", "one"]),
        (Filter { request_id: text("r-3"), ..any.clone() }, vec!["three"]),
        (Filter { credential_id: Some(credential.id), ..any.clone() }, vec!["two"]),
        (Filter { since: Some(begin.plus(day * 2)), ..any.clone() }, vec!["three", "two"]),
        (Filter { until: Some(begin.plus(day * 2)), ..any.clone() }, vec!["two", "one"]),
        (Filter { until: Some(begin), ..any.clone() }, vec![]),
        (Filter { actor: text("octo"), outcome: Some(Outcome::Refused), ..any.clone() }, vec![]),
    ] {
        assert_eq!(found(&world, &filter).await.0, expected, "{filter:?}");
    }
    let first = Filter { action: Some(Action::GitPush), limit: 1, ..any };
    let (targets, next) = found(&world, &first).await;
    assert_eq!(targets, ["two"]);
    let second = Filter { before: next.unwrap(), ..first };
    assert_eq!(found(&world, &second).await.0, ["one"]);
}

async fn a_search_stops_and_goes_on(world: World) {
    let mut wanted = world.record(Action::CredentialReveal);
    wanted.target = Some("wanted".to_owned());
    store(&world, vec![wanted]).await;
    world.clock.advance(Duration::from_secs(1));
    let mut left = limits::SEARCH_RECORDS_MAX;
    while left > 0 {
        let records = (0..500).map(|_| world.record(Action::GitFetch)).collect();
        store(&world, records).await;
        left -= 500;
    }
    let first = Filter { action: Some(Action::CredentialReveal), ..all(&world) };
    let (targets, next) = found(&world, &first).await;
    assert_eq!(targets.len(), 0, "so many are read for one page and no more");
    let second = Filter { before: next.unwrap(), ..first };
    assert_eq!(found(&world, &second).await, (vec!["wanted".to_owned()], None));
}
