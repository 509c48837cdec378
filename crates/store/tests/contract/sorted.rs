//! Pages of credentials that are filtered and sorted: every status as the printed table has it, every
//! order without gaps or repeats.

use domain::Clock;
use domain::credential::Credential;
use domain::status::Authentication;
use domain::status::Axes;
use domain::status::Capability;
use domain::status::Lifecycle;
use domain::status::Status;
use store::credentials::Order;
use store::credentials::Search;
use store::credentials::Sight;

use crate::world::World;
use crate::world::on_both_engines;

on_both_engines!(
    a_status_is_found_as_the_table_has_it,
    a_status_is_counted_as_the_table_has_it,
    pages_follow_each_other,
    words_find_those_who_have_all_of_them,
);

const STATUSES: [Status; 7] = [
    Status::Valid,
    Status::Expiring,
    Status::Expired,
    Status::Rejected,
    Status::Insufficient,
    Status::Unchecked,
    Status::Disabled,
];

fn search<'a>(world: &World, order: Order, after: Option<&'a Credential>) -> Search<'a> {
    Search {
        organization_id: world.organization,
        words: &[],
        provider: None,
        status: None,
        sight: Sight::Everything,
        order,
        after,
        limit: 1000,
        now: world.clock.now(),
    }
}

/// One credential for each combination of the axes and of four ends.
async fn every_combination(world: &World) -> Vec<Credential> {
    let now = world.clock.now();
    let hour = std::time::Duration::from_secs(3600);
    let past = domain::Timestamp::from_millis(now.millis() - 1);
    let ends = [None, Some(past), Some(now.plus(hour)), Some(now.plus(hour * 24 * 90))];
    let mut all = Vec::new();
    for authentication in ["unchecked", "valid", "suspect", "expired", "rejected"] {
        for capability in ["complete", "insufficient", "unproven"] {
            for lifecycle in ["active", "disabled", "pending"] {
                for end in ends {
                    let name = format!("n{}", (all.len() * 37) % 100);
                    let mut credential = world.credential(&name);
                    credential.axes = Axes {
                        authentication: Authentication::parse(authentication).unwrap(),
                        capability: Capability::parse(capability).unwrap(),
                        lifecycle: Lifecycle::parse(lifecycle).unwrap(),
                    };
                    credential.expires_at = end;
                    all.push(world.add(credential).await.unwrap());
                }
            }
        }
    }
    all
}

async fn a_status_is_found_as_the_table_has_it(world: World) {
    let all = every_combination(&world).await;
    let now = world.clock.now();
    let mut session = world.store.session().await.unwrap();
    let mut count = 0;
    for status in STATUSES {
        let wanted = Search { status: Some(status), ..search(&world, Order::Name, None) };
        let found = store::credentials::search(&mut session, &wanted).await.unwrap();
        assert!(found.iter().all(|it| it.status(now) == status), "{status:?}");
        assert_eq!(found.len(), all.iter().filter(|it| it.status(now) == status).count());
        count += found.len();
    }
    assert_eq!(count, all.len());
}

async fn a_status_is_counted_as_the_table_has_it(world: World) {
    let all = every_combination(&world).await;
    let now = world.clock.now();
    let mut session = world.store.session().await.unwrap();
    let mut wanted: Vec<(Status, usize)> = STATUSES
        .map(|status| (status, all.iter().filter(|it| it.status(now) == status).count()))
        .into();
    wanted.sort_by_key(|(status, _)| status.word());
    for organization in [Some(world.organization), None] {
        for sight in [Sight::Everything, Sight::Own(None)] {
            let counts =
                store::statistics::status_counts(&mut session, organization, sight, now).await;
            let counts = counts.unwrap();
            assert!(counts.iter().all(|it| it.organization == "acme"));
            let mut counts: Vec<(Status, usize)> =
                counts.iter().map(|it| (it.status, it.count.try_into().unwrap())).collect();
            counts.sort_by_key(|(status, _)| status.word());
            assert_eq!(counts, wanted);
        }
    }
    let other = domain::id::OrganizationId::generate(world.clock.as_ref(), world.entropy.as_ref());
    let all = Sight::Everything;
    let counts = store::statistics::status_counts(&mut session, Some(other), all, now).await;
    assert_eq!(counts.unwrap(), []);
}

async fn pages_follow_each_other(world: World) {
    let all = every_combination(&world).await;
    let mut session = world.store.session().await.unwrap();
    for order in [Order::Name, Order::End, Order::Newest] {
        let mut found: Vec<Credential> = Vec::new();
        loop {
            let wanted = Search { limit: 7, ..search(&world, order, found.last()) };
            let page = store::credentials::search(&mut session, &wanted).await.unwrap();
            if page.is_empty() {
                break;
            }
            found.extend(page);
        }
        let mut wanted = all.clone();
        wanted.sort_by_key(|it| match order {
            Order::Name => (0, it.name.clone(), it.id.to_string()),
            Order::End => {
                (it.expires_at.map_or(i64::MAX, |at| at.millis()), String::new(), it.id.to_string())
            }
            Order::Newest => (0, String::new(), it.id.to_string()),
        });
        if order == Order::Newest {
            wanted.reverse();
        }
        let ids = |of: &[Credential]| of.iter().map(|it| it.id).collect::<Vec<_>>();
        assert_eq!(ids(&found), ids(&wanted), "{order:?}");
    }
}

async fn words_find_those_who_have_all_of_them(world: World) {
    for name in ["Build farm", "Building site", "Farm", "Far away build"] {
        world.add(world.credential(name)).await.unwrap();
    }
    let mut session = world.store.session().await.unwrap();
    for (words, expected) in [
        (vec!["build"], vec!["Build farm", "Building site", "Far away build"]),
        (vec!["build", "farm"], vec!["Build farm"]),
        (vec!["far", "build"], vec!["Build farm", "Far away build"]),
        (vec!["nothing"], vec![]),
    ] {
        let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        for order in [Order::Name, Order::End, Order::Newest] {
            let wanted = Search { words: &words, ..search(&world, order, None) };
            let found = store::credentials::search(&mut session, &wanted).await.unwrap();
            let mut names: Vec<_> = found.into_iter().map(|it| it.name).collect();
            names.sort();
            assert_eq!(names, expected, "{words:?} {order:?}");
        }
        let all = Sight::Everything;
        let organization = world.organization;
        let page = store::credentials::page(&mut session, organization, &words, "", 10, all).await;
        let mut names: Vec<_> = page.unwrap().into_iter().map(|it| it.name).collect();
        names.sort();
        assert_eq!(names, expected, "{words:?} by id");
    }
}
