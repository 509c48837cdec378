//! Links: good once, in time, for whoever made them.

use std::sync::Arc;

use broker::LinkView;
use domain::ErrorKind;
use domain::Secret;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::limits;
use domain::principal::Actor;
use domain::role::Role;
use domain::token;
use domain::token::TokenKind;
use testkit::SeededEntropy;

use crate::world::World;
use crate::world::caller;
use crate::world::on_both_engines;
use crate::world::visitor;

on_both_engines!(World:
    one_of_many_signs_in,
    looking_does_not_use_a_link_up,
    a_link_is_no_better_than_whoever_made_it,
    every_secret_is_good_at_its_own_door_only,
);

const TRIES: usize = 20;

async fn one_of_many_signs_in(world: World) {
    let link = world.broker.create_sign_in_link(&world.owner).await.unwrap();
    let secret = Arc::new(link.secret);
    let brokers = [Arc::clone(&world.broker), world.empty.replica().await];
    let mut tries = tokio::task::JoinSet::new();
    for number in 0..TRIES {
        let (broker, secret) = (Arc::clone(&brokers[number % 2]), Arc::clone(&secret));
        tries.spawn(async move { broker.sign_in_by_link(&secret, visitor()).await });
    }
    let mut signed_in = Vec::new();
    for tried in tries.join_all().await {
        match tried {
            Ok(one) => signed_in.push(one),
            Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound, "{error}"),
        }
    }
    assert_eq!(signed_in.len(), 1);
    assert_eq!(signed_in[0].principal, world.owner.principal);
    for broker in &brokers {
        let seen = broker.authenticate_session(&signed_in[0].session_secret).await.unwrap();
        assert_eq!(seen.principal, world.owner.principal);
        assert_eq!(seen.session_id, signed_in[0].session_id);
    }
    assert_eq!(world.recorded(Action::SignInLinkCreate, Outcome::Done).await, 1);
    assert_eq!(world.recorded(Action::SessionBegin, Outcome::Done).await, 1);
    assert_eq!(world.recorded(Action::SessionBegin, Outcome::Refused).await, TRIES - 1);
}

async fn looking_does_not_use_a_link_up(world: World) {
    let member = world.member("m@acme.invalid", Role::Viewer).await;
    let link = world.broker.create_sign_in_link(&member).await.unwrap();
    let url = world.broker.sign_in_url(&link);
    assert!(url.starts_with("https://claviger.example/console/sign-in/link/clv_link_"), "{url}");
    for _ in 0..3 {
        match world.broker.look_at_link(&link.secret).await.unwrap() {
            LinkView::SignIn { principal, organization, expires_at } => {
                assert_eq!((principal, organization.as_str()), (member.principal.clone(), "acme"));
                assert_eq!(expires_at, link.expires_at);
            }
            LinkView::SetUp { .. } => panic!("it belongs to a member"),
        }
    }
    let signed_in = world.broker.sign_in_by_link(&link.secret, visitor()).await.unwrap();
    assert_eq!(signed_in.principal, member.principal);
    let again = world.broker.look_at_link(&link.secret).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::NotFound);

    let late = world.broker.create_sign_in_link(&member).await.unwrap();
    world.empty.clock.advance(limits::SIGN_IN_LINK_TIME_MAX);
    let looked = world.broker.look_at_link(&late.secret).await.unwrap_err();
    let tried = world.broker.sign_in_by_link(&late.secret, visitor()).await.err().unwrap();
    assert_eq!((looked.kind(), tried.kind()), (ErrorKind::NotFound, ErrorKind::NotFound));
    assert_eq!(looked.to_string(), again.to_string(), "every reason has the same words");
}

async fn a_link_is_no_better_than_whoever_made_it(world: World) {
    let token = world.token(Role::Admin, None).await;
    let Actor::ApiToken(id) = token.principal.actor else { panic!("a token") };
    let link = world.broker.create_sign_in_link(&token).await.unwrap();
    world.broker.revoke_api_token(&world.owner, &id.to_string()).await.unwrap();
    let looked = world.broker.look_at_link(&link.secret).await.unwrap_err();
    let tried = world.broker.sign_in_by_link(&link.secret, visitor()).await.err().unwrap();
    assert_eq!((looked.kind(), tried.kind()), (ErrorKind::NotFound, ErrorKind::NotFound));
    // A refused try has not used it up, nor does that help.
    assert_eq!(world.recorded(Action::SessionBegin, Outcome::Done).await, 0);
    for actor in [Actor::System, Actor::AccessKey("0".repeat(32).parse().unwrap())] {
        let other = caller(domain::principal::Principal { actor, ..world.owner.principal.clone() });
        let refused = world.broker.create_sign_in_link(&other).await.err().unwrap();
        assert_eq!(refused.kind(), ErrorKind::Forbidden);
    }
}

async fn every_secret_is_good_at_its_own_door_only(world: World) {
    let broker = &world.broker;
    let link = broker.create_sign_in_link(&world.owner).await.unwrap();
    let signed_in = world.sign_in(&world.owner).await;
    let stranger = |kind| token::generate(kind, &SeededEntropy::new(5));
    for secret in [&link.secret, &signed_in.session_secret, &stranger(TokenKind::Session)] {
        let api = broker.authenticate(secret).await.unwrap_err();
        let lend = broker.authenticate_to_lend(secret).await.unwrap_err();
        assert_eq!(api.kind(), ErrorKind::Unauthenticated);
        assert_eq!(lend.kind(), ErrorKind::Unauthenticated);
    }
    let odd = Secret::from("clv_ses_".to_owned());
    for secret in [&link.secret, &world.owner_token, &stranger(TokenKind::Session), &odd] {
        let refused = broker.authenticate_session(secret).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unauthenticated);
    }
    for secret in [&signed_in.session_secret, &world.owner_token, &stranger(TokenKind::SignInLink)]
    {
        let refused = broker.sign_in_by_link(secret, visitor()).await.err().unwrap();
        assert_eq!(refused.kind(), ErrorKind::NotFound);
    }
    assert_eq!(world.recorded(Action::SessionBegin, Outcome::Refused).await, 0, "strangers");
    broker.sign_in_by_link(&link.secret, visitor()).await.unwrap();
}
