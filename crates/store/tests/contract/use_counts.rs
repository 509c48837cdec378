//! Uses per day: counted once, whoever indexes the records and however often.

use domain::Clock;
use domain::audit::Action;
use domain::audit::Outcome;
use store::use_counts;
use store::use_counts::DayCount;

use crate::world::World;
use crate::world::on_both_engines;
use crate::world::start;

on_both_engines!(uses_are_counted_once, what_ends_or_is_in_trouble_is_found);

async fn uses_are_counted_once(world: World) {
    let credential = world.add(world.credential("ci")).await.unwrap();
    let mut records = Vec::new();
    for (action, outcome, count) in [
        (Action::GitFetch, Outcome::Begun, 3),
        (Action::GitFetch, Outcome::Ended, 3),
        (Action::GitPush, Outcome::Refused, 2),
        (Action::CredentialUpdate, Outcome::Done, 4),
    ] {
        for _ in 0..count {
            let mut record = world.record(action);
            (record.outcome, record.credential_id) = (outcome, Some(credential.id));
            records.push(record);
        }
    }
    records.push(world.record(Action::LeaseCreate));
    world.committer.record(world.organization, records, None).await.unwrap();
    // Two processes index the same records.
    let other = start(&world.store, &world.clock, "other");
    let (here, there) =
        tokio::join!(world.committer.index_audit(&world.store), other.index_audit(&world.store));
    here.unwrap();
    there.unwrap();
    world.index().await;
    let today = use_counts::day_of(world.clock.now());
    let mut session = world.store.session().await.unwrap();
    let organization = world.organization;
    let of = use_counts::since(&mut session, organization, Some(credential.id), today).await;
    assert_eq!(of.unwrap(), [DayCount { day: today, uses: 3, refusals: 2 }]);
    let all = use_counts::since(&mut session, organization, None, today).await.unwrap();
    assert_eq!(all, [DayCount { day: today, uses: 4, refusals: 2 }]);
    use_counts::delete_before(&mut session, today + 1).await.unwrap();
    let all = use_counts::since(&mut session, organization, None, 0).await.unwrap();
    assert_eq!(all, []);
}

async fn what_ends_or_is_in_trouble_is_found(world: World) {
    use domain::status::Authentication;
    use domain::status::Lifecycle;
    let now = world.clock.now();
    let day = std::time::Duration::from_secs(24 * 3600);
    let add = async |name: &str, days: Option<u32>, lifecycle, authentication| {
        let mut credential = world.credential(name);
        credential.expires_at = days.map(|days| now.plus(day * days));
        credential.axes.lifecycle = lifecycle;
        credential.axes.authentication = authentication;
        world.add(credential).await.unwrap().handle
    };
    let later = add("later", Some(20), Lifecycle::Active, Authentication::Valid).await;
    let soon = add("soon", Some(2), Lifecycle::Active, Authentication::Valid).await;
    add("off", Some(1), Lifecycle::Disabled, Authentication::Rejected).await;
    add("far", Some(400), Lifecycle::Active, Authentication::Valid).await;
    let rejected = add("rejected", None, Lifecycle::Active, Authentication::Rejected).await;
    let mut session = world.store.session().await.unwrap();
    let span = (now, now.plus(day * 90));
    let sight = store::credentials::Sight::Everything;
    let organization = world.organization;
    let ending = store::credentials::ending(&mut session, organization, span, 10, sight).await;
    let handles: Vec<_> = ending.unwrap().into_iter().map(|it| it.handle).collect();
    assert_eq!(handles, [soon, later]);
    let troubled = store::credentials::troubled(&mut session, organization, 10, sight).await;
    let handles: Vec<_> = troubled.unwrap().into_iter().map(|it| it.handle).collect();
    assert_eq!(handles, [rejected]);
}
