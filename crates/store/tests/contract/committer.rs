//! The committer: savepoints, batches, epochs, lanes, and what a failed commit leaves.

use domain::Error;
use domain::audit::Action;
use store::credentials::Sight;

use crate::world::World;
use crate::world::on_both_engines;
use crate::world::start;

on_both_engines!(
    a_refused_unit_does_not_undo_its_neighbours,
    many_units_are_all_acknowledged_and_chained,
    the_epoch_moves_with_the_change_that_moves_it,
    a_clean_stop_gives_the_lane_back_and_a_taken_lane_is_fenced,
);

async fn a_refused_unit_does_not_undo_its_neighbours(world: World) {
    let refused = world.committer.change(|session| -> store::ChangeFuture<'_, ()> {
        Box::pin(async move {
            let id = "nothing";
            store::credentials::note_use(session, id, domain::Timestamp::from_millis(0)).await?;
            Err(Error::conflict("no".to_owned()))
        })
    });
    let (refused, added) = tokio::join!(refused, world.add(world.credential("Prod")));
    assert_eq!(refused.unwrap_err().message(), "no");
    assert_eq!(added.unwrap().handle, "prod");
    // A clash inside a unit (here: an organization's slug) is undone alone as well.
    let mut session = world.store.session().await.unwrap();
    let taken = store::organizations::by_slug(&mut session, "acme").await.unwrap().unwrap();
    let clash = world.committer.change(move |session| -> store::ChangeFuture<'_, ()> {
        Box::pin(async move {
            let other = domain::id::OrganizationId::from_uuid(uuid_of(9));
            let copy = store::organizations::Organization { id: other, ..taken };
            store::organizations::insert(session, &copy).await?;
            Ok(((), Vec::new()))
        })
    });
    let (clash, added) = tokio::join!(clash, world.add(world.credential("Prod")));
    assert_eq!(clash.unwrap_err().kind(), domain::ErrorKind::Conflict);
    assert_eq!(added.unwrap().handle, "prod-2");
    assert!(world.verify(&[]).await.findings.is_empty());
}

fn uuid_of(last: u8) -> uuid::Uuid {
    uuid::Uuid::from_bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last])
}

async fn many_units_are_all_acknowledged_and_chained(world: World) {
    let world = std::sync::Arc::new(world);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..200 {
        let world = std::sync::Arc::clone(&world);
        tasks.spawn(async move {
            if number % 4 == 0 {
                world.add(world.credential("Same name")).await.map(|_| ())
            } else {
                let record = world.record(Action::GitFetch);
                world.committer.record(world.organization, vec![record], None).await.map(|_| ())
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap().unwrap();
    }
    let verdict = world.verify(&[]).await;
    assert_eq!((verdict.records, verdict.findings.as_slice()), (201, &[][..]));
    world.index().await;
    assert!(world.verify(&[]).await.findings.is_empty());
    let mut session = world.store.session().await.unwrap();
    let page =
        store::credentials::page(&mut session, world.organization, &[], "", 200, Sight::Everything)
            .await
            .unwrap();
    let mut handles: Vec<String> = page.into_iter().map(|c| c.handle).collect();
    handles.sort();
    handles.dedup();
    assert_eq!(handles.len(), 50);
}

async fn the_epoch_moves_with_the_change_that_moves_it(world: World) {
    let record = || vec![world.record(Action::GitFetch)];
    let first = world.committer.record(world.organization, record(), None).await.unwrap();
    let organization = world.organization;
    world
        .committer
        .change(move |session| -> store::ChangeFuture<'_, ()> {
            Box::pin(async move {
                store::organizations::move_epoch(session, organization).await?;
                Ok(((), Vec::new()))
            })
        })
        .await
        .unwrap();
    let second = world.committer.record(world.organization, record(), None).await.unwrap();
    assert!(second > first);
}

async fn a_clean_stop_gives_the_lane_back_and_a_taken_lane_is_fenced(world: World) {
    world.committer.stop().await;
    let second = start(&world.store, &world.clock, "second");
    let record = || vec![world.record(Action::GitFetch)];
    second.record(world.organization, record(), None).await.unwrap();
    let mut session = world.store.session().await.unwrap();
    assert_eq!(
        store::audit::heads(&mut session).await.unwrap().len(),
        1,
        "the lane was taken again"
    );
    // A second process at once has a lane of its own.
    let third = start(&world.store, &world.clock, "third");
    third.record(world.organization, record(), None).await.unwrap();
    assert_eq!(store::audit::heads(&mut session).await.unwrap().len(), 2);
    // A day of silence later its lane may be taken; the old owner's next commit fails and it moves on.
    world.clock.advance(store::limits::LANE_IDLE_MAX * 2);
    let fourth = start(&world.store, &world.clock, "fourth");
    fourth.record(world.organization, record(), None).await.unwrap();
    let outcome = second.record(world.organization, record(), None).await;
    assert!(outcome.is_err(), "a fenced process must not acknowledge");
    second.record(world.organization, record(), None).await.unwrap();
    assert!(world.verify(&[]).await.findings.is_empty());
}
