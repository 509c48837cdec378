//! Whoever can write to the database cannot rewrite the audit log unnoticed.

use domain::audit::Action;
use store::verify::Damage;

use crate::world::World;
use crate::world::on_both_engines;

on_both_engines!(
    every_edit_is_named,
    every_deletion_is_named,
    a_reorder_is_named,
    a_cut_tail_is_found_against_a_kept_head,
    the_index_is_verified_too,
);

/// Twelve records in commits of their own.
async fn filled(world: &World) {
    for _ in 0..11 {
        let records = vec![world.record(Action::GitFetch)];
        world.committer.record(world.organization, records, None).await.unwrap();
    }
    // One commit with several records.
    let records = (0..5).map(|_| world.record(Action::GitPush)).collect();
    world.committer.record(world.organization, records, None).await.unwrap();
    world.index().await;
}

async fn sql(world: &World, statement: String) {
    use sqlx::Connection as _;
    let mut raw = sqlx::AnyConnection::connect(&world.url).await.unwrap();
    let statement = sqlx::AssertSqlSafe(statement);
    assert!(sqlx::raw_sql(statement).execute(&mut raw).await.unwrap().rows_affected() > 0);
}

async fn findings(world: &World) -> Vec<(i64, i64, Damage)> {
    let verdict = world.verify(&[]).await;
    verdict.findings.iter().map(|f| (f.sequence, f.last_sequence, f.damage)).collect()
}

async fn every_edit_is_named(world: World) {
    filled(&world).await;
    assert_eq!(findings(&world).await, []);
    for (first, sequence, action) in [(4, 4, "git.fetch"), (13, 13, "git.push")] {
        let swap = |from: &str, to: &str| {
            format!(
                "update audit_batches set body = replace(body, '{from}', '{to}') where first_sequence = {first}"
            )
        };
        sql(&world, swap(action, "git.wrong")).await;
        let found = findings(&world).await;
        let last = if first == 13 { 17 } else { 4 };
        let expected: Vec<_> = (sequence..=last).map(|s| (s, s, Damage::Edited)).collect();
        assert_eq!(found, expected);
        sql(&world, swap("git.wrong", action)).await;
        assert_eq!(findings(&world).await, []);
    }
    sql(&world, "update audit_batches set body = 'rubbish' where first_sequence = 6".to_owned())
        .await;
    assert!(findings(&world).await.contains(&(6, 6, Damage::Edited)));
}

async fn every_deletion_is_named(world: World) {
    filled(&world).await;
    sql(&world, "delete from audit_batches where first_sequence in (5, 6)".to_owned()).await;
    let verdict = world.verify(&[]).await;
    let found = &verdict.findings[0];
    assert_eq!((found.sequence, found.last_sequence, found.damage), (5, 6, Damage::Deleted));
    assert!(found.record.is_some(), "the index still knows which record it was");
    assert_eq!(verdict.findings.len(), 1);
}

async fn a_reorder_is_named(world: World) {
    filled(&world).await;
    for statement in [
        "update audit_batches set first_sequence = 100 where first_sequence = 7",
        "update audit_batches set first_sequence = 7 where first_sequence = 8",
        "update audit_batches set first_sequence = 8 where first_sequence = 100",
    ] {
        sql(&world, statement.to_owned()).await;
    }
    let found = findings(&world).await;
    assert!(
        found.iter().any(|(s, _, damage)| *s == 7 && *damage == Damage::Reordered),
        "{found:?}"
    );
}

async fn a_cut_tail_is_found_against_a_kept_head(world: World) {
    filled(&world).await;
    let mut session = world.store.session().await.unwrap();
    let kept = store::audit::heads(&mut session).await.unwrap();
    let before = kept[0].clone();
    assert!(world.verify(&kept).await.findings.is_empty());
    sql(&world, "delete from audit_batches where first_sequence = 13".to_owned()).await;
    assert_eq!(findings(&world).await, [(13, 17, Damage::Deleted)]);
    // A careful cutter also sets the head back: only a head kept outside tells.
    sql(
        &world,
        "update audit_lanes set sequence = 12, indexed = 12, mac = (select substr(body, 4, 64) \
         from audit_batches where first_sequence = 12)"
            .to_owned(),
    )
    .await;
    sql(&world, "delete from audit_index where sequence > 12".to_owned()).await;
    assert_eq!(findings(&world).await, []);
    let found = world.verify(&[before]).await.findings;
    assert_eq!((found[0].sequence, found[0].damage), (13, Damage::Cut));
}

async fn the_index_is_verified_too(world: World) {
    filled(&world).await;
    sql(&world, "delete from audit_index where sequence = 9".to_owned()).await;
    assert_eq!(findings(&world).await, [(9, 9, Damage::Index)]);
}
