//! Setting an empty server up: by its link, once, and never beside an organization.

use std::sync::Arc;

use broker::LinkView;
use broker::WantedSetup;
use domain::ErrorKind;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::limits;
use domain::principal::Actor;
use domain::role::Role;

use crate::world::Empty;
use crate::world::World;
use crate::world::caller;
use crate::world::on_both_engines;
use crate::world::visitor;

on_both_engines!(Empty:
    an_empty_server_is_set_up_once,
    two_replicas_are_set_up_once,
    a_link_of_an_empty_server_ends_with_the_first_organization,
);

fn wanted(slug: &str) -> WantedSetup {
    WantedSetup {
        name: "Acme Works".to_owned(),
        slug: slug.to_owned(),
        email: "Owner@Acme.invalid".to_owned(),
    }
}

async fn an_empty_server_is_set_up_once(empty: Empty) {
    let broker = Arc::clone(&empty.broker);
    let link = broker.create_setup_link().await.unwrap().unwrap();
    let url = broker.setup_url(&link);
    assert!(url.starts_with("https://claviger.example/console/setup/clv_link_"), "{url}");
    let looked = broker.look_at_link(&link.secret).await.unwrap();
    assert!(matches!(looked, LinkView::SetUp { .. }));
    let as_sign_in = broker.sign_in_by_link(&link.secret, visitor()).await.err().unwrap();
    assert_eq!(as_sign_in.kind(), ErrorKind::NotFound);
    for wrong in [
        wanted("Not A Slug"),
        WantedSetup { name: " ".to_owned(), ..wanted("acme") },
        WantedSetup { email: "nobody".to_owned(), ..wanted("acme") },
    ] {
        let refused = broker.set_up(&link.secret, wrong, visitor()).await.err().unwrap();
        assert_eq!(refused.kind(), ErrorKind::Invalid);
    }
    let made = broker.set_up(&link.secret, wanted("acme"), visitor()).await.unwrap();
    assert_eq!(
        (made.principal.role, made.principal.name.as_str()),
        (Role::Owner, "owner@acme.invalid")
    );
    assert!(matches!(made.principal.actor, Actor::Member(_)));
    let owner = caller(made.principal.clone());
    let shown = broker.show_organization(&owner).await.unwrap();
    assert_eq!((shown.slug.as_str(), shown.name.as_str()), ("acme", "Acme Works"));
    // The organization's key is there: something can be sealed.
    broker.add_member(&owner, "two@acme.invalid", "", Role::Viewer).await.unwrap();
    assert!(broker.verify_all(&[]).await.unwrap().findings.is_empty());

    let again = broker.set_up(&link.secret, wanted("again"), visitor()).await.err().unwrap();
    assert_eq!(again.kind(), ErrorKind::NotFound);
    assert_eq!(broker.look_at_link(&link.secret).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert!(broker.create_setup_link().await.unwrap().is_none());
    let world = World { broker, owner, owner_token: link.secret, empty };
    assert_eq!(world.seen(&made).await, Ok(made.principal.clone()));
    for action in [Action::OrganizationCreate, Action::SessionBegin] {
        assert_eq!(world.recorded(action, Outcome::Done).await, 1, "{action:?}");
    }
}

async fn two_replicas_are_set_up_once(empty: Empty) {
    let brokers = [Arc::clone(&empty.broker), empty.replica().await];
    let mut links = Vec::new();
    for broker in brokers.into_iter().cycle().take(8) {
        links.push((broker.create_setup_link().await.unwrap().unwrap(), broker));
    }
    let mut tries = tokio::task::JoinSet::new();
    for (number, (link, broker)) in links.into_iter().enumerate() {
        tries.spawn(async move {
            let slug = format!("acme-{number}");
            broker.set_up(&link.secret, wanted(&slug), visitor()).await.map(|it| it.principal)
        });
    }
    let mut owners = Vec::new();
    for tried in tries.join_all().await {
        match tried {
            Ok(principal) => owners.push(principal),
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Busy), "{error}");
            }
        }
    }
    assert_eq!(owners.len(), 1);
    assert_eq!(empty.broker.begin_new_epoch().await.unwrap().len(), 1, "organizations");
}

async fn a_link_of_an_empty_server_ends_with_the_first_organization(empty: Empty) {
    let broker = &empty.broker;
    let late = broker.create_setup_link().await.unwrap().unwrap();
    empty.clock.advance(limits::SIGN_IN_LINK_TIME_MAX);
    let tried = broker.set_up(&late.secret, wanted("acme"), visitor()).await.err().unwrap();
    assert_eq!(tried.kind(), ErrorKind::NotFound);
    let link = broker.create_setup_link().await.unwrap().unwrap();
    broker.bootstrap("first").await.unwrap();
    let tried = broker.set_up(&link.secret, wanted("acme"), visitor()).await.err().unwrap();
    assert_eq!(tried.kind(), ErrorKind::NotFound);
}
