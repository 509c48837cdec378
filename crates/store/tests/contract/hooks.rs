//! Webhooks and what they tell, on both engines.

use std::time::Duration;

use domain::Clock;
use domain::event::EventKind;
use domain::id::EventId;
use domain::id::OrganizationKeyId;
use domain::id::RepositoryHookId;
use domain::provider::Provider;
use store::events;
use store::events::Event;
use store::keys::StoredOrganizationKey;
use store::keys::Wrapped;
use store::repository_hooks;
use store::repository_hooks::RepositoryHook;
use store::sealed;
use store::sealed::SealedTable;

use crate::world::World;
use crate::world::on_both_engines;

on_both_engines!(
    a_repository_has_one_webhook,
    a_webhooks_secret_is_sealed_anew_once,
    a_delivery_is_kept_once,
    old_events_and_too_many_are_forgotten,
);

const APP: &str = "https://git.example/acme/app";

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

async fn key(world: &World) -> OrganizationKeyId {
    let id = OrganizationKeyId::generate(world.clock.as_ref(), world.entropy.as_ref());
    let key = StoredOrganizationKey {
        id,
        organization_id: world.organization,
        wrapped: Wrapped { root_key_id: "r".to_owned(), bytes: vec![1] },
        is_current: true,
    };
    let now = world.clock.now();
    change!(world, session => store::keys::insert_organization(session, &key, now).await?);
    id
}

fn hook(world: &World, key: OrganizationKeyId, repository: &str, opaque: &str) -> RepositoryHook {
    RepositoryHook {
        id: RepositoryHookId::generate(world.clock.as_ref(), world.entropy.as_ref()),
        organization_id: world.organization,
        host_id: world.host.id,
        provider: Provider::BitbucketDc,
        repository: repository.to_owned(),
        opaque: opaque.to_owned(),
        remote_id: None,
        organization_key_id: key,
        envelope: vec![1, 2, 3],
        created_at: world.clock.now(),
    }
}

async fn put(world: &World, hook: &RepositoryHook) -> bool {
    let stored = hook.clone();
    change!(world, session => repository_hooks::insert(session, &stored).await?)
}

fn event(world: &World, hook: &RepositoryHook, delivery: &str) -> Event {
    world.clock.advance(Duration::from_millis(1));
    Event {
        id: EventId::generate(world.clock.as_ref(), world.entropy.as_ref()),
        organization_id: world.organization,
        hook_id: hook.id,
        delivery: delivery.to_owned(),
        kind: EventKind::Push,
        body: delivery.as_bytes().to_vec(),
        digest: of(delivery.as_bytes()),
        received_at: world.clock.now(),
    }
}

/// Good enough to tell the bodies of these tests apart.
fn of(body: &[u8]) -> [u8; 32] {
    let mut digest = [0u8; 32];
    for (place, byte) in digest.iter_mut().zip(body) {
        *place = *byte;
    }
    digest
}

async fn keep(world: &World, event: &Event) -> bool {
    let stored = event.clone();
    change!(world, session => events::insert(session, &stored).await?)
}

async fn deliveries(world: &World) -> Vec<String> {
    let mut session = world.store.session().await.unwrap();
    let page = events::page(&mut session, world.organization, "~", 100).await.unwrap();
    page.into_iter().map(|event| event.delivery).collect()
}

async fn a_repository_has_one_webhook(world: World) {
    let key = key(&world).await;
    let mut first = hook(&world, key, APP, "word");
    assert!(put(&world, &first).await);
    assert!(!put(&world, &hook(&world, key, APP, "another")).await);
    let id = first.id;
    assert!(change!(world, session => repository_hooks::set_remote(session, id, "{7}").await?));
    first.remote_id = Some("{7}".to_owned());
    let mut session = world.store.session().await.unwrap();
    let organization = world.organization;
    let of = repository_hooks::of_repository(&mut session, organization, APP).await.unwrap();
    assert_eq!(of.as_ref(), Some(&first));
    let by = repository_hooks::by_opaque(&mut session, "word").await.unwrap();
    assert_eq!(by.as_ref(), Some(&first));
    assert_eq!(repository_hooks::by_opaque(&mut session, "another").await.unwrap(), None);
    let spare = repository_hooks::without_services(&mut session, organization, 9).await.unwrap();
    assert_eq!(spare, [first.clone()], "no service is built from it");
    assert!(keep(&world, &event(&world, &first, "d")).await);
    change!(world, session => repository_hooks::delete(session, id).await?);
    assert!(!change!(world, session => repository_hooks::set_remote(session, id, "8").await?));
    assert_eq!(deliveries(&world).await, Vec::<String>::new(), "it went with its webhook");
    let host = world.host.id;
    put(&world, &first).await;
    change!(world, session => repository_hooks::delete_of_host(session, host).await?);
    assert_eq!(repository_hooks::by_opaque(&mut session, "word").await.unwrap(), None);
}

async fn a_webhooks_secret_is_sealed_anew_once(world: World) {
    let (old, new) = (key(&world).await, key(&world).await);
    let first = hook(&world, old, APP, "word");
    put(&world, &first).await;
    let expected = RepositoryHook { organization_key_id: new, envelope: vec![9], ..first };
    let mut session = world.store.session().await.unwrap();
    let table = SealedTable::RepositoryHooks;
    let read = sealed::under_key(&mut session, table, old, 9).await.unwrap();
    change!(world, session => {
        sealed::replace(session, &read[0], new, &[9]).await?;
        // Another process was faster: nothing is under the old key any more.
        sealed::replace(session, &read[0], new, &[8]).await?;
    });
    assert_eq!(sealed::under_key(&mut session, table, old, 9).await.unwrap(), []);
    assert_eq!(sealed::under_key(&mut session, table, new, 9).await.unwrap().len(), 1);
    let hook = repository_hooks::by_opaque(&mut session, "word").await.unwrap();
    assert_eq!(hook, Some(expected));
}

async fn a_delivery_is_kept_once(world: World) {
    let key = key(&world).await;
    let (one, two) = (hook(&world, key, APP, "a"), hook(&world, key, "https://git.example/b", "b"));
    put(&world, &one).await;
    put(&world, &two).await;
    let first = event(&world, &one, "d-1");
    assert!(keep(&world, &first).await);
    let other = Event { digest: of(b"another"), ..event(&world, &one, "d-1") };
    assert!(!keep(&world, &other).await, "the same name, another body");
    let renamed = Event { digest: first.digest, ..event(&world, &one, "d-2") };
    assert!(!keep(&world, &renamed).await, "the same body, another name");
    assert!(keep(&world, &event(&world, &two, "d-1")).await, "names belong to one webhook");
    let mut session = world.store.session().await.unwrap();
    let kept = events::body(&mut session, first.id).await.unwrap();
    assert_eq!(kept, Some(first.body.clone()));
    let page = events::page(&mut session, world.organization, "~", 1).await.unwrap();
    assert_eq!(page[0].repository, two.repository, "the newest first");
    let cursor = page[0].id.to_string();
    let rest = events::page(&mut session, world.organization, &cursor, 9).await.unwrap();
    assert_eq!(rest.len(), 1);
    assert_eq!((rest[0].id, rest[0].provider), (first.id, Provider::BitbucketDc));
    assert_eq!((rest[0].kind, rest[0].received_at), (first.kind, first.received_at));
}

async fn old_events_and_too_many_are_forgotten(world: World) {
    let key = key(&world).await;
    let hook = hook(&world, key, APP, "a");
    put(&world, &hook).await;
    for number in 0..6 {
        keep(&world, &event(&world, &hook, &format!("old {number}"))).await;
    }
    world.clock.advance(Duration::from_secs(60));
    let moment = world.clock.now();
    for number in 0..4 {
        keep(&world, &event(&world, &hook, &format!("new {number}"))).await;
    }
    let before = |limit| change_before(&world, moment, limit);
    assert_eq!(before(4).await, 4, "some at a time");
    assert_eq!(before(4).await, 2);
    assert_eq!(before(4).await, 0);
    assert_eq!(deliveries(&world).await, ["new 3", "new 2", "new 1", "new 0"]);
    assert_eq!(change!(world, session => events::delete_beyond(session, 4, 9).await?), 0);
    assert_eq!(change!(world, session => events::delete_beyond(session, 1, 2).await?), 2);
    assert_eq!(change!(world, session => events::delete_beyond(session, 1, 2).await?), 1);
    assert_eq!(deliveries(&world).await, ["new 3"]);
}

async fn change_before(world: &World, moment: domain::Timestamp, limit: i64) -> u64 {
    change!(world, session => events::delete_before(session, moment, limit).await?)
}
