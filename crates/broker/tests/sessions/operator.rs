//! Links that whoever runs the server makes for members.

use broker::AuditSearch;
use broker::Wanted;
use domain::ErrorKind;
use domain::Timestamp;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::limits;
use domain::principal::Actor;
use domain::role::Role;

use crate::world::World;
use crate::world::on_both_engines;
use crate::world::visitor;

on_both_engines!(World:
    the_first_owner_signs_in_and_the_log_says_who_made_the_link,
    any_member_can_be_named,
    the_organization_is_never_guessed,
    such_a_link_ends_with_its_time_and_its_member,
);

/// The error of a link that is not made.
async fn refused(world: &World, slug: Option<&str>, address: Option<&str>) -> domain::Error {
    world.broker.create_operator_link(slug, address).await.err().unwrap()
}

async fn the_first_owner_signs_in_and_the_log_says_who_made_the_link(world: World) {
    world.member("admin@acme.invalid", Role::Admin).await;
    let none = refused(&world, None, None).await;
    assert_eq!(none.kind(), ErrorKind::NotFound);
    assert!(none.to_string().contains("No member of acme is an Owner"), "{none}");
    assert!(none.hint_text().unwrap().contains("claviger login --console"));
    let first = world.member("zoe@acme.invalid", Role::Owner).await;
    world.empty.clock.advance(limits::SIGN_IN_LINK_TIME_MAX);
    world.member("abe@acme.invalid", Role::Owner).await;

    let made = world.broker.create_operator_link(None, None).await.unwrap();
    assert_eq!(
        (made.organization.slug.as_str(), made.member.email.as_str()),
        ("acme", "zoe@acme.invalid")
    );
    let signed_in = world.broker.sign_in_by_link(&made.link.secret, visitor()).await.unwrap();
    assert_eq!(signed_in.principal, first.principal);
    let again = world.broker.sign_in_by_link(&made.link.secret, visitor()).await.err().unwrap();
    assert_eq!(again.kind(), ErrorKind::NotFound);

    let wanted = Wanted { limit: Some(200), ..Wanted::default() };
    let search = AuditSearch { action: Some(Action::SignInLinkCreate), ..AuditSearch::default() };
    let page = world.broker.list_audit(&world.owner, &search, &wanted).await.unwrap();
    let made: Vec<_> = page.items.iter().map(|placed| &placed.record).collect();
    let outcomes: Vec<_> = made.iter().map(|it| it.outcome).collect();
    assert_eq!(outcomes.iter().filter(|it| **it == Outcome::Done).count(), 1);
    assert_eq!(outcomes.iter().filter(|it| **it == Outcome::Refused).count(), 1);
    for record in made {
        assert_eq!(
            (record.actor_kind.as_str(), record.actor_name.as_str()),
            ("system", "claviger")
        );
        if record.outcome == Outcome::Done {
            assert_eq!(record.facts["name"], "zoe@acme.invalid");
            let detail = record.detail.as_deref().unwrap();
            assert!(detail.contains("by whoever runs the server"), "{detail}");
        }
    }
}

async fn any_member_can_be_named(world: World) {
    let viewer = world.member("viewer@acme.invalid", Role::Viewer).await;
    let named = Some("Viewer@Acme.invalid");
    let made = world.broker.create_operator_link(Some("acme"), named).await.unwrap();
    let signed_in = world.broker.sign_in_by_link(&made.link.secret, visitor()).await.unwrap();
    assert_eq!(signed_in.principal, viewer.principal);
    let unknown = refused(&world, None, Some("nobody@acme.invalid\u{202e}")).await;
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
    assert!(unknown.to_string().contains("nobody@acme.invalid"), "{unknown}");
    assert!(!unknown.to_string().contains('\u{202e}'), "{unknown}");
}

async fn the_organization_is_never_guessed(world: World) {
    world.member("owner@acme.invalid", Role::Owner).await;
    world.broker.bootstrap("other").await.unwrap();
    let several = refused(&world, None, None).await;
    assert_eq!(several.kind(), ErrorKind::Invalid);
    assert!(several.to_string().contains("acme, other"), "{several}");
    let unknown = refused(&world, Some("nobody"), None).await;
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
    assert!(unknown.hint_text().unwrap().contains("acme, other"), "{unknown}");
    // A member of one is nobody in the other.
    let elsewhere = refused(&world, Some("other"), Some("owner@acme.invalid")).await;
    assert!(elsewhere.to_string().contains("No member of other"), "{elsewhere}");
    let made = world.broker.create_operator_link(Some("acme"), None).await.unwrap();
    assert_eq!(made.member.email, "owner@acme.invalid");
}

async fn such_a_link_ends_with_its_time_and_its_member(world: World) {
    let owner = world.member("owner@acme.invalid", Role::Owner).await;
    let Actor::Member(id) = owner.principal.actor else { panic!("a member") };
    let late = world.broker.create_operator_link(None, None).await.unwrap();
    let now: Timestamp = world.broker.now();
    assert_eq!(late.link.expires_at, now.plus(limits::SIGN_IN_LINK_TIME_MAX));
    world.empty.clock.advance(limits::SIGN_IN_LINK_TIME_MAX);
    let made = world.broker.create_operator_link(None, None).await.unwrap();
    world.broker.remove_member(&world.owner, &id.to_string()).await.unwrap();
    for link in [late.link, made.link] {
        let refused = world.broker.sign_in_by_link(&link.secret, visitor()).await.err().unwrap();
        assert_eq!(refused.kind(), ErrorKind::NotFound);
    }
    assert_eq!(world.recorded(Action::SessionBegin, Outcome::Done).await, 0);
}
