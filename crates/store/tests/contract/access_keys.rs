//! Access keys: what is revoked stays destroyed, and a signature is good once.

use domain::Clock;
use domain::Timestamp;
use domain::audit::Action;
use domain::id::AccessKeyId;
use domain::id::OrganizationKeyId;
use domain::role::Role;
use store::access_keys;
use store::access_keys::AccessKey;
use store::keys;
use store::keys::StoredOrganizationKey;
use store::keys::Wrapped;
use store::sealed;
use store::sealed::SealedTable;

use crate::world::World;
use crate::world::on_both_engines;

on_both_engines!(
    a_revoked_key_is_not_brought_back_by_sealing_it_again,
    a_signature_is_good_once_while_it_is_good,
);

macro_rules! change {
    ($world:expr, $session:ident => $body:expr) => {{
        let record = $world.record(Action::AccessKeyCreate);
        $world
            .committer
            .change(move |$session| Box::pin(async move { Ok(($body, vec![record])) }))
            .await
    }};
}

async fn sealing_key(world: &World) -> OrganizationKeyId {
    let id = OrganizationKeyId::generate(world.clock.as_ref(), world.entropy.as_ref());
    let (organization_id, now) = (world.organization, world.clock.now());
    let key = StoredOrganizationKey {
        id,
        organization_id,
        wrapped: Wrapped { root_key_id: "root".to_owned(), bytes: vec![1] },
        is_current: true,
    };
    change!(world, session => keys::insert_organization(session, &key, now).await?).unwrap();
    id
}

async fn a_revoked_key_is_not_brought_back_by_sealing_it_again(world: World) {
    let (old, new) = (sealing_key(&world).await, sealing_key(&world).await);
    let key = |name: &str| AccessKey {
        id: AccessKeyId::generate(world.clock.as_ref(), world.entropy.as_ref()),
        organization_id: world.organization,
        name: name.to_owned(),
        access_key: format!("CLVAK{name}"),
        role: Role::DevOps,
        member_id: None,
        member_role: None,
        created_by: "test".to_owned(),
        organization_key_id: old,
        envelope: b"sealed".to_vec(),
        created_at: world.clock.now(),
        revoked_at: None,
    };
    let (live, ended) = (key("LIVE"), key("ENDED"));
    for stored in [live.clone(), ended.clone()] {
        change!(world, session => access_keys::insert(session, &stored).await?).unwrap();
    }
    let mut session = world.store.session().await.unwrap();
    let read = sealed::under_key(&mut session, SealedTable::AccessKeys, old, 9).await.unwrap();
    let (id, now) = (ended.id, world.clock.now());
    change!(world, session => access_keys::revoke(session, id, now).await?).unwrap();
    // As `admin rekey` does with what it read before the revocation.
    for one in read {
        change!(world, session => sealed::replace(session, &one, new, b"sealed again").await?)
            .unwrap();
    }
    let left = sealed::under_key(&mut session, SealedTable::AccessKeys, old, 9).await.unwrap();
    assert_eq!((left.len(), left[0].record_id.as_str()), (1, ended.id.to_string().as_str()));
    assert!(left[0].envelope.is_empty());
    assert!(sealed::is_any_under(&mut session, old).await.unwrap());
    let destroyed = left[0].clone();
    change!(world, session => sealed::replace(session, &destroyed, new, b"").await?).unwrap();
    assert!(!sealed::is_any_under(&mut session, old).await.unwrap());
    let found = access_keys::by_access_key(&mut session, "CLVAKLIVE").await.unwrap().unwrap();
    assert_eq!((found.envelope.as_slice(), found.is_live()), (&b"sealed again"[..], true));
    let found = access_keys::by_access_key(&mut session, "CLVAKENDED").await.unwrap().unwrap();
    assert_eq!((found.envelope.as_slice(), found.is_live()), (&b""[..], false));
}

async fn a_signature_is_good_once_while_it_is_good(world: World) {
    let at = Timestamp::from_millis;
    let see = async |now: i64, until: i64| {
        change!(world, session =>
            store::once::take(session, "00ff", at(now), at(until)).await?)
    };
    assert!(see(10, 20).await.unwrap());
    assert!(!see(15, 25).await.unwrap());
    assert!(see(21, 30).await.unwrap());
}
