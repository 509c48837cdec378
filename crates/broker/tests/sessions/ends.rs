//! How sessions end: by time, by hand, with whom they stand for, and by a restore.

use broker::WantedAccessKey;
use domain::ErrorKind;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::id::RequestId;
use domain::limits;
use domain::principal::Actor;
use domain::role::Role;
use testkit::ManualClock;
use testkit::SeededEntropy;

use crate::world::World;
use crate::world::on_both_engines;
use crate::world::visitor;

on_both_engines!(World:
    a_session_ends_by_itself,
    a_session_ends_with_whom_it_stands_for,
    people_see_and_end_what_is_theirs,
    a_restore_ends_sessions_and_links,
    a_session_says_how_it_was_made,
    what_ends_with_a_member_is_counted_and_ends,
);

const OUT: Result<domain::principal::Principal, ErrorKind> = Err(ErrorKind::Unauthenticated);

async fn a_session_ends_by_itself(world: World) {
    let clock = &world.empty.clock;
    let idle = world.sign_in(&world.owner).await;
    clock.advance(limits::SESSION_IDLE_MAX);
    assert_eq!(world.seen(&idle).await, OUT);
    let used = world.sign_in(&world.owner).await;
    let begun = world.broker.now();
    let mut looks = 0;
    while world.seen(&used).await.is_ok() {
        clock.advance(limits::SESSION_IDLE_MAX / 2);
        looks += 1;
        assert!(looks < 100, "it is used for ever");
    }
    assert_eq!(looks, 28, "every six hours for a week");
    assert_eq!(world.broker.now(), begun.plus(limits::SESSION_TIME_MAX));
    assert_eq!(used.expires_at, begun.plus(limits::SESSION_TIME_MAX));

    let listed = world.broker.list_sessions(&world.owner, &Default::default()).await.unwrap();
    assert_eq!(listed.items.len(), 2);
    assert!(listed.items.iter().all(|it| !it.is_live));
    clock.advance(limits::SESSION_TIME_MAX * 2);
    world.broker.forget_sessions().await.unwrap();
    let listed = world.broker.list_sessions(&world.owner, &Default::default()).await.unwrap();
    assert_eq!(listed.items.len(), 0);
}

async fn a_session_ends_with_whom_it_stands_for(world: World) {
    let broker = &world.broker;
    let other = world.empty.replica().await;
    let token = world.token(Role::DevOps, None).await;
    let Actor::ApiToken(id) = token.principal.actor else { panic!("a token") };
    let signed_in = world.sign_in(&token).await;
    assert_eq!(world.seen(&signed_in).await, Ok(token.principal.clone()));
    other.revoke_api_token(&world.owner, &id.to_string()).await.unwrap();
    assert_eq!(world.seen(&signed_in).await, OUT);

    let member = world.member("m@acme.invalid", Role::Admin).await;
    let theirs = world.token(Role::Admin, Some(&member)).await;
    let (own, by_token) = (world.sign_in(&member).await, world.sign_in(&theirs).await);
    let Actor::Member(id) = member.principal.actor else { panic!("a member") };
    other.update_member(&world.owner, &id.to_string(), Role::Viewer).await.unwrap();
    assert_eq!(world.seen(&own).await.unwrap().role, Role::Viewer);
    assert_eq!(world.seen(&by_token).await, OUT, "the token was above the member");
    broker.remove_member(&world.owner, &id.to_string()).await.unwrap();
    assert_eq!(world.seen(&own).await, OUT);
    let listed = broker.list_sessions(&world.owner, &Default::default()).await.unwrap();
    assert!(listed.items.iter().all(|it| !it.is_live));
}

async fn people_see_and_end_what_is_theirs(world: World) {
    let broker = &world.broker;
    let (one, two) = (
        world.member("one@acme.invalid", Role::DevOps).await,
        world.member("two@acme.invalid", Role::Admin).await,
    );
    let (first, second) = (world.sign_in(&one).await, world.sign_in(&one).await);
    let (admins, owners) = (world.sign_in(&two).await, world.sign_in(&world.owner).await);
    for (who, count) in [(&one, 2), (&two, 4), (&world.owner, 4)] {
        let listed = broker.list_sessions(who, &Default::default()).await.unwrap();
        assert_eq!(listed.items.len(), count, "{:?}", who.principal.role);
    }
    let refused = async |who, id: String| broker.end_session(who, &id).await.unwrap_err().kind();
    assert_eq!(refused(&one, admins.session_id.to_string()).await, ErrorKind::NotFound);
    assert_eq!(refused(&one, "nothing".to_owned()).await, ErrorKind::NotFound);
    assert_eq!(refused(&two, owners.session_id.to_string()).await, ErrorKind::Forbidden);
    let elsewhere = broker.bootstrap("other").await.unwrap();
    let stranger = broker.authenticate(&elsewhere.api_token).await.unwrap();
    let stranger = crate::world::caller(stranger);
    assert_eq!(refused(&stranger, first.session_id.to_string()).await, ErrorKind::NotFound);
    assert_eq!(broker.list_sessions(&stranger, &Default::default()).await.unwrap().items.len(), 0);

    assert_eq!(broker.end_other_sessions(&one, second.session_id).await.unwrap(), 1);
    assert_eq!(world.seen(&first).await, OUT);
    assert_eq!(world.seen(&second).await, Ok(one.principal.clone()));
    for _ in 0..2 {
        broker.end_session(&two, &second.session_id.to_string()).await.unwrap();
    }
    assert_eq!(world.seen(&second).await, OUT);
    let request = RequestId::generate(&ManualClock::default(), &SeededEntropy::new(8));
    for _ in 0..2 {
        broker.sign_out(&admins.session_secret, request).await.unwrap();
    }
    assert_eq!(world.seen(&admins).await, OUT);
    broker.sign_out(&world.owner_token, request).await.unwrap();
    assert_eq!(world.seen(&owners).await, Ok(world.owner.principal.clone()));
    assert_eq!(world.recorded(Action::SessionEnd, Outcome::Done).await, 3, "each once");
}

async fn a_restore_ends_sessions_and_links(world: World) {
    let member = world.member("m@acme.invalid", Role::Admin).await;
    let signed_in = world.sign_in(&member).await;
    let link = world.broker.create_sign_in_link(&member).await.unwrap();
    world.broker.begin_new_epoch().await.unwrap();
    assert_eq!(world.seen(&signed_in).await, OUT);
    let tried = world.broker.sign_in_by_link(&link.secret, visitor()).await.err().unwrap();
    assert_eq!(tried.kind(), ErrorKind::NotFound);
    // The member is there as before, and may come again.
    assert_eq!(world.seen(&world.sign_in(&member).await).await, Ok(member.principal));
}

async fn a_session_says_how_it_was_made(world: World) {
    let signed_in = world.sign_in(&world.owner).await;
    let listed = world.broker.list_sessions(&world.owner, &Default::default()).await.unwrap();
    let found = &listed.items[0];
    assert_eq!(found.session.id, signed_in.session_id);
    assert_eq!(found.session.way.word(), "link");
    assert_eq!(found.session.user_agent, "Browser/1 \\u{202e}odd");
    assert_eq!(found.principal, world.owner.principal);
}

async fn what_ends_with_a_member_is_counted_and_ends(world: World) {
    let broker = &world.broker;
    let member = world.member("m@acme.invalid", Role::DevOps).await;
    let other = world.member("o@acme.invalid", Role::DevOps).await;
    let id = member.principal.member_id.unwrap().to_string();
    let counts = async |who| {
        let counts = broker.member_belongings(who, &id).await.map(|it| it.counts);
        counts.map(|it| (it.api_tokens, it.access_keys, it.sessions)).map_err(|it| it.kind())
    };
    assert_eq!(counts(&world.owner).await, Ok((0, 0, 0)));
    assert_eq!(counts(&other).await, Err(ErrorKind::Forbidden));
    let key = |role| WantedAccessKey { name: "k".to_owned(), role: Some(role) };
    for _ in 0..2 {
        world.token(Role::Viewer, Some(&member)).await;
    }
    for who in [&member, &other] {
        world.token(Role::DevOps, Some(who)).await;
        broker.create_access_key(who, key(Role::DevOps)).await.unwrap();
        world.sign_in(who).await;
    }
    assert_eq!(counts(&world.owner).await, Ok((3, 1, 1)));

    // What is beyond a lower role ends, and does not come back with a higher one.
    for role in [Role::Viewer, Role::DevOps] {
        broker.update_member(&world.owner, &id, role).await.unwrap();
        assert_eq!(counts(&world.owner).await, Ok((2, 0, 1)), "{role:?}");
    }
    broker.create_access_key(&member, key(Role::DevOps)).await.unwrap();
    broker.remove_member(&world.owner, &id).await.unwrap();
    assert_eq!(counts(&world.owner).await, Err(ErrorKind::NotFound));
    let keys = broker.list_access_keys(&world.owner, &Default::default()).await.unwrap().items;
    let live = keys.iter().filter(|key| key.is_live()).count();
    let sealed = keys.iter().filter(|key| !key.envelope.is_empty()).count();
    assert_eq!((keys.len(), live, sealed), (3, 1, 1), "only the other member's is left");
}
