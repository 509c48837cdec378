//! Sign-ins under way, claims, and accounts that belong to a member.

use std::time::Duration;

use domain::Clock;
use domain::audit::Action;
use domain::credential::Credential;
use domain::credential::CredentialKind;
use domain::id::MemberId;
use domain::id::OrganizationKeyId;
use domain::provider::Provider;
use domain::role::Role;
use domain::url::Segments;
use store::account_identities;
use store::claims;
use store::claims::Claim;
use store::credentials::Sight;
use store::members::Member;
use store::oauth_flows;
use store::oauth_flows::OAuthFlow;

use crate::world::World;
use crate::world::on_both_engines;

on_both_engines!(
    a_sign_in_comes_back_once_and_in_time,
    a_claim_has_one_holder_and_its_intent_outlives_it,
    an_account_is_seen_by_its_member_and_serves_only_them,
    an_account_tells_whose_it_is,
);

async fn member(world: &World, email: &str) -> MemberId {
    let member = Member {
        id: MemberId::generate(world.clock.as_ref(), world.entropy.as_ref()),
        organization_id: world.organization,
        email: email.to_owned(),
        name: String::new(),
        role: Role::DevOps,
        profile: "{}".to_owned(),
        created_at: world.clock.now(),
    };
    let (id, record) = (member.id, world.record(Action::MemberAdd));
    world
        .committer
        .change(move |session| {
            Box::pin(async move {
                store::members::insert(session, &member).await?;
                Ok(((), vec![record]))
            })
        })
        .await
        .unwrap();
    id
}

async fn a_sign_in_comes_back_once_and_in_time(world: World) {
    let member = member(&world, "m@acme.invalid").await;
    let flow = OAuthFlow {
        organization_id: world.organization,
        member_id: Some(member),
        host_id: world.host.id,
        provider: Provider::GitLab,
        organization_key_id: OrganizationKeyId::generate(
            world.clock.as_ref(),
            world.entropy.as_ref(),
        ),
        verifier: vec![1, 2, 3],
        created_at: world.clock.now(),
        expires_at: world.clock.now().plus(Duration::from_secs(600)),
    };
    let mut session = world.store.session().await.unwrap();
    for hash in [[1u8; 32], [2u8; 32]] {
        oauth_flows::insert(&mut session, &flow, &hash).await.unwrap();
    }
    let now = world.clock.now();
    let ours = OAuthFlow { member_id: None, ..flow.clone() };
    oauth_flows::insert(&mut session, &ours, &[3; 32]).await.unwrap();
    for (whose, count) in [(Some(member), 2), (None, 1)] {
        let organization = world.organization;
        let found = oauth_flows::count_under_way(&mut session, organization, whose, now).await;
        assert_eq!(found.unwrap(), count, "{whose:?}");
    }
    let looked = oauth_flows::by_state(&mut session, &[3; 32]).await.unwrap();
    assert_eq!(looked, Some(ours), "looking takes nothing");
    assert_eq!(oauth_flows::take(&mut session, &[9; 32], now).await.unwrap(), None);
    let taken = oauth_flows::take(&mut session, &[1; 32], now).await.unwrap();
    assert_eq!(taken.as_ref(), Some(&flow));
    assert_eq!(oauth_flows::take(&mut session, &[1; 32], now).await.unwrap(), None, "again");
    assert_eq!(oauth_flows::take(&mut session, &[2; 32], flow.expires_at).await.unwrap(), None);
}

async fn a_claim_has_one_holder_and_its_intent_outlives_it(world: World) {
    let mut session = world.store.session().await.unwrap();
    let first = claims::take(&mut session, "x", "one", 60_000).await.unwrap().unwrap();
    assert_eq!((first.fencing, first.intent.as_deref()), (1, None));
    assert_eq!(claims::take(&mut session, "x", "two", 60_000).await.unwrap(), None);
    assert!(claims::intend(&mut session, &first, "version 1").await.unwrap());
    claims::give_up(&mut session, &first).await.unwrap();
    let second = claims::take(&mut session, "x", "two", 60_000).await.unwrap().unwrap();
    assert_eq!((second.fencing, second.intent.as_deref()), (2, Some("version 1")));
    // The first is told that it is late.
    assert!(!claims::intend(&mut session, &first, "late").await.unwrap());
    assert!(!claims::finish(&mut session, &Claim { intent: None, ..first }).await.unwrap());
    assert!(claims::finish(&mut session, &second).await.unwrap());
    // A claim that is never given up ends by itself.
    assert!(claims::take(&mut session, "y", "one", 0).await.unwrap().is_some());
    assert!(claims::take(&mut session, "y", "two", 60_000).await.unwrap().is_some());
}

async fn an_account_is_seen_by_its_member_and_serves_only_them(world: World) {
    let (mine, theirs) =
        (member(&world, "a@acme.invalid").await, member(&world, "b@acme.invalid").await);
    let account = Credential { member_id: Some(mine), ..world.credential("octocat") };
    let account = world.add(account).await.unwrap();
    let twice = Credential { member_id: Some(mine), ..world.credential("again") };
    assert!(world.add(twice).await.is_err(), "one account at a host");
    world.add(world.credential("whole")).await.unwrap();
    let mut session = world.store.session().await.unwrap();
    let keys = world.host.path_key(&Segments::parse("acme/app").unwrap()).prefixes();
    for (member, count) in [(None, 1), (Some(mine), 2), (Some(theirs), 1)] {
        let found = store::credentials::matching(&mut session, world.host.id, &keys, member, 9);
        assert_eq!(found.await.unwrap().len(), count, "{member:?}");
    }
    for (sight, count) in [
        (Sight::Everything, 1),
        (Sight::Own(Some(mine)), 1),
        (Sight::Own(Some(theirs)), 0),
        (Sight::Own(None), 0),
    ] {
        let named =
            store::credentials::by_name(&mut session, world.organization, "octocat", sight).await;
        assert_eq!(named.unwrap().len(), count, "{sight:?}");
        let page =
            store::credentials::page(&mut session, world.organization, &[], "", 9, sight).await;
        assert_eq!(page.unwrap().len(), count + 1, "{sight:?}");
    }
    let found = store::credentials::of_member(&mut session, mine, world.host.id).await.unwrap();
    assert_eq!(found.map(|it| it.id), Some(account.id));
    store::credentials::delete_of_member(&mut session, mine).await.unwrap();
    assert_eq!(store::credentials::all_of_member(&mut session, mine, 9).await.unwrap(), []);
}

async fn an_account_tells_whose_it_is(world: World) {
    let (mine, theirs) =
        (member(&world, "a@acme.invalid").await, member(&world, "b@acme.invalid").await);
    let account = |member, name: &str| Credential {
        member_id: Some(member),
        kind: CredentialKind::OAuth,
        ..world.credential(name)
    };
    let own = world.add(account(mine, "octocat")).await.unwrap();
    let other = world.add(account(theirs, "hubot")).await.unwrap();
    let mut session = world.store.session().await.unwrap();
    for (id, identity) in [(own.id, Some("7")), (other.id, Some("8")), (other.id, Some("9"))] {
        account_identities::set(&mut session, id, identity).await.unwrap();
    }
    let host = world.host.url.to_string();
    for (host, identity, count) in [
        (host.as_str(), "7", 1),
        (&host, "8", 0),
        (&host, "9", 1),
        ("https://else.example", "7", 0),
    ] {
        let found = account_identities::members(&mut session, host, identity, 9).await.unwrap();
        assert_eq!(found.len(), count, "{identity} at {host}");
    }
    let found = account_identities::members(&mut session, &host, "7", 9).await.unwrap();
    assert_eq!(found[0].id, mine);
    account_identities::set(&mut session, other.id, None).await.unwrap();
    store::credentials::delete_of_member(&mut session, mine).await.unwrap();
    for identity in ["7", "9"] {
        let found = account_identities::members(&mut session, &host, identity, 9).await.unwrap();
        assert_eq!(found, [], "{identity}");
    }
}
