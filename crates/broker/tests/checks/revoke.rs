//! Ending an old value: our copy is destroyed once its end is proven, and not before.

use broker::AuditSearch;
use std::time::Duration;

use broker::Revoked;
use broker::UpdateCredential;
use broker::Wanted;
use domain::Secret;
use domain::provider::Provider;
use domain::watch::CONFIRM_AFTER;
use forges::Forge;
use forges::Kind;
use forges::Token;
use forges::User;

use crate::world::On;
use crate::world::World;

async fn revoke(world: &World, handle: &str) -> (Revoked, Vec<i64>) {
    let revoked = world.broker.revoke_version(&world.caller, handle, 1).await.unwrap();
    let view = world.broker.show_credential(&world.caller, handle).await.unwrap();
    (revoked, view.versions)
}

async fn ended_by_hand(world: World) {
    let forge = Forge::start(Kind::Forgejo, &world.folder("forge")).await.unwrap();
    forge.add_user(User::new("octocat"));
    let old = format!("{}{}", "a1".repeat(19), "b2");
    let wanted = world.wanted(Provider::Forgejo, forge.url(), "ci");
    let handle =
        world.add(broker::AddCredential { secret: Secret::from(old.clone()), ..wanted }).await;
    let change = UpdateCredential {
        secret: Some(Secret::from("another value".to_owned())),
        is_unchecked: true,
        ..UpdateCredential::default()
    };
    world.broker.update_credential(&world.caller, &handle, change).await.unwrap();

    // Nobody knows the old value there, the second time too soon.
    for _ in 0..2 {
        let (first, kept) = revoke(&world, &handle).await;
        assert!(!first.is_dead && first.said.contains("our copy is kept"), "{first:?}");
        assert_eq!(kept, [1, 2]);
        world.clock.advance(CONFIRM_AFTER / 2 - Duration::from_secs(1));
    }
    forge.add_token(Token::new(old.as_str(), "token", "octocat").scopes(&["read:user"]));
    let (alive, _) = revoke(&world, &handle).await;
    assert!(!alive.is_dead && alive.said.contains("still accepts it"), "{alive:?}");
    forge.revoke(&old);
    world.clock.advance(CONFIRM_AFTER);
    // What was accepted in between is refused for the first time.
    let (first, kept) = revoke(&world, &handle).await;
    assert!(!first.is_dead, "{first:?}");
    assert_eq!(kept, [1, 2]);
    world.clock.advance(CONFIRM_AFTER);
    let (second, kept) = revoke(&world, &handle).await;
    assert!(second.is_dead && second.said.contains("destroyed"), "{second:?}");
    assert_eq!(kept, [2]);
    // The record does not tell of an order that no API took.
    let all = Wanted::default();
    let page = world.broker.list_audit(&world.caller, &AuditSearch::default(), &all).await.unwrap();
    let records = page.items.into_iter().map(|it| it.record);
    let details: Vec<String> = records.filter_map(|it| it.detail).collect();
    assert!(details.iter().any(|it| it.contains("is refused by the provider")), "{details:?}");
    assert!(!details.iter().any(|it| it.contains("is ended at")), "{details:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_ended_by_hand_is_destroyed_at_the_second_refusal_sqlite() {
    ended_by_hand(World::new(On::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_ended_by_hand_is_destroyed_at_the_second_refusal_postgres() {
    ended_by_hand(World::new(On::Postgres).await).await;
}
