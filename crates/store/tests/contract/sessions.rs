//! Sessions and the links that make them: each link is good once, each session until it is over.

use std::time::Duration;

use domain::Clock;
use domain::Timestamp;
use domain::audit::Action;
use domain::id::ApiTokenId;
use domain::id::MemberId;
use domain::id::SessionId;
use domain::provider::Provider;
use domain::role::Role;
use domain::session::ConsoleSession;
use domain::session::Holder;
use domain::session::Way;
use store::api_tokens::ApiToken;
use store::members::Member;
use store::sessions;
use store::sign_in_links;
use store::sign_in_links::StoredLink;

use crate::world::World;
use crate::world::on_both_engines;

on_both_engines!(
    a_session_is_found_seen_and_ended,
    sessions_go_with_their_member,
    a_member_is_taken_from_the_choice_of_all_but_one,
    a_link_is_good_once_and_in_time,
    a_restore_ends_everything,
);

const HOUR: Duration = Duration::from_secs(3600);

macro_rules! change {
    ($world:expr, $session:ident => $body:expr) => {{
        let record = $world.record(Action::SessionBegin);
        $world
            .committer
            .change(move |$session| Box::pin(async move { Ok(($body, vec![record])) }))
            .await
            .unwrap()
    }};
}

async fn member(world: &World) -> MemberId {
    let member = Member {
        id: MemberId::generate(world.clock.as_ref(), world.entropy.as_ref()),
        organization_id: world.organization,
        email: "m@acme.invalid".to_owned(),
        name: String::new(),
        role: Role::DevOps,
        profile: "{}".to_owned(),
        created_at: world.clock.now(),
    };
    let id = member.id;
    change!(world, session => store::members::insert(session, &member).await?);
    id
}

async fn token(world: &World) -> ApiTokenId {
    let token = ApiToken {
        id: ApiTokenId::generate(world.clock.as_ref(), world.entropy.as_ref()),
        organization_id: world.organization,
        name: "t".to_owned(),
        description: String::new(),
        created_by: "test".to_owned(),
        role: Role::Owner,
        member_id: None,
        member_role: None,
        created_at: world.clock.now(),
        expires_at: None,
        revoked_at: None,
    };
    let id = token.id;
    change!(world, session => store::api_tokens::insert(session, &token, &[9; 32]).await?);
    id
}

async fn signed_in(world: &World, holder: Holder, hash: u8) -> ConsoleSession {
    signed_in_among(world, holder, hash, Vec::new()).await
}

async fn signed_in_among(
    world: &World,
    holder: Holder,
    hash: u8,
    memberships: Vec<MemberId>,
) -> ConsoleSession {
    let now = world.clock.now();
    let made = ConsoleSession {
        id: SessionId::generate(world.clock.as_ref(), world.entropy.as_ref()),
        organization_id: world.organization,
        holder,
        way: Way::Provider(Provider::GitLab),
        memberships,
        user_agent: "Browser/1".to_owned(),
        made_at: now,
        seen_at: now,
        expires_at: now.plus(HOUR),
        ended_at: None,
    };
    let stored = made.clone();
    change!(world, session => sessions::insert(session, &stored, &[hash; 32]).await?);
    made
}

async fn found(world: &World, hash: u8) -> Option<ConsoleSession> {
    let mut session = world.store.session().await.unwrap();
    sessions::by_hash(&mut session, &[hash; 32]).await.unwrap()
}

async fn a_session_is_found_seen_and_ended(world: World) {
    let (own, other) =
        (Holder::Member(member(&world).await), Holder::ApiToken(token(&world).await));
    let made = signed_in(&world, own, 1).await;
    signed_in(&world, own, 2).await;
    signed_in(&world, other, 3).await;
    assert_eq!(found(&world, 1).await, Some(made.clone()));
    assert_eq!(found(&world, 4).await, None);
    let mut session = world.store.session().await.unwrap();
    let top = "ffffffff-ffff-ffff-ffff-ffffffffffff";
    for (of, count) in [(None, 3), (Some(own), 2), (Some(other), 1)] {
        let page = sessions::page(&mut session, world.organization, of, top, 9).await.unwrap();
        assert_eq!(page.len(), count, "{of:?}");
    }
    let id = made.id;
    let by_id = sessions::by_id(&mut session, world.organization, id).await.unwrap();
    assert_eq!(by_id, Some(made.clone()));
    drop(session);

    let (now, later) = (made.made_at.plus(HOUR / 2), made.made_at.plus(HOUR * 2));
    change!(world, session => sessions::see(session, id, now, later).await?);
    let seen = found(&world, 1).await.unwrap();
    assert_eq!((seen.seen_at, seen.expires_at), (now, later));
    assert_eq!(change!(world, session => sessions::end_others(session, own, id, now).await?), 1);
    assert!(found(&world, 1).await.unwrap().is_live(now), "this one is kept");
    assert!(!found(&world, 2).await.unwrap().is_live(now));
    assert!(found(&world, 3).await.unwrap().is_live(now), "somebody else's");
    assert!(change!(world, session => sessions::end(session, id, now).await?));
    assert!(!change!(world, session => sessions::end(session, id, now).await?), "again");
    change!(world, session => sessions::see(session, id, later, later.plus(HOUR)).await?);
    assert_eq!(found(&world, 1).await.unwrap().expires_at, later, "what ended is not prolonged");

    let before = made.made_at.plus(HOUR);
    assert_eq!(change!(world, session => sessions::delete_over_before(session, before).await?), 2);
    assert!(found(&world, 3).await.is_some(), "it ends at that very moment");
}

async fn sessions_go_with_their_member(world: World) {
    let id = member(&world).await;
    signed_in(&world, Holder::Member(id), 1).await;
    let link = link(&world, Holder::Member(id));
    change!(world, session => sign_in_links::insert(session, &link, &[1; 32]).await?);
    change!(world, session => store::members::delete(session, id).await?);
    assert_eq!(found(&world, 1).await, None);
    let mut session = world.store.session().await.unwrap();
    assert_eq!(sign_in_links::by_hash(&mut session, &[1; 32]).await.unwrap(), None);
}

async fn a_member_is_taken_from_the_choice_of_all_but_one(world: World) {
    let own = member(&world).await;
    let other = MemberId::generate(world.clock.as_ref(), world.entropy.as_ref());
    let both = vec![own, other];
    let kept = signed_in_among(&world, Holder::Member(own), 1, both.clone()).await;
    signed_in_among(&world, Holder::Member(own), 2, both.clone()).await;
    signed_in_among(&world, Holder::Member(own), 3, vec![other]).await;
    let id = kept.id;
    change!(world, session => sessions::withdraw(session, own, id).await?);
    for (hash, left) in [(1, both), (2, vec![other]), (3, vec![other])] {
        assert_eq!(found(&world, hash).await.unwrap().memberships, left, "{hash}");
    }
}

fn link(world: &World, holder: Holder) -> StoredLink {
    let now = world.clock.now();
    StoredLink {
        owner: Some((world.organization, holder)),
        made_at: now,
        expires_at: now.plus(HOUR),
        used_at: None,
    }
}

async fn taken(world: &World, hash: u8, at: Timestamp) -> bool {
    change!(world, session => sign_in_links::take(session, &[hash; 32], at).await?)
}

async fn a_link_is_good_once_and_in_time(world: World) {
    let own = link(&world, Holder::ApiToken(token(&world).await));
    let setup = StoredLink { owner: None, ..own.clone() };
    let (stored, empty) = (own.clone(), setup.clone());
    change!(world, session => sign_in_links::insert(session, &stored, &[1; 32]).await?);
    change!(world, session => sign_in_links::insert(session, &empty, &[2; 32]).await?);
    let mut session = world.store.session().await.unwrap();
    assert_eq!(sign_in_links::by_hash(&mut session, &[1; 32]).await.unwrap(), Some(own.clone()));
    assert_eq!(sign_in_links::by_hash(&mut session, &[2; 32]).await.unwrap(), Some(setup));
    drop(session);
    assert!(!taken(&world, 3, own.made_at).await, "nobody made it");
    assert!(!taken(&world, 1, own.expires_at).await, "too late");
    assert!(taken(&world, 1, own.made_at).await);
    assert!(!taken(&world, 1, own.made_at).await, "again");
    // The next one that is made clears those away whose time is over.
    let next = StoredLink { made_at: own.expires_at, ..own };
    change!(world, session => sign_in_links::insert(session, &next, &[4; 32]).await?);
    let mut session = world.store.session().await.unwrap();
    assert_eq!(sign_in_links::by_hash(&mut session, &[1; 32]).await.unwrap(), None);
}

async fn a_restore_ends_everything(world: World) {
    let holder = Holder::ApiToken(token(&world).await);
    let made = signed_in(&world, holder, 1).await;
    let link = link(&world, holder);
    change!(world, session => sign_in_links::insert(session, &link, &[1; 32]).await?);
    let now = made.made_at;
    change!(world, session => {
        sessions::end_all(session, now).await?;
        sign_in_links::take_all(session, now).await?
    });
    assert!(!found(&world, 1).await.unwrap().is_live(now));
    assert!(!taken(&world, 1, now).await);
}
