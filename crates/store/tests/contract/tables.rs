//! The tables: what goes in comes out, on both engines alike.

use std::collections::HashMap;

use domain::access::Access;
use domain::audit::Action;
use domain::check::Findings;
use domain::check::Report;
use domain::check::Verdict;
use domain::id::ApiTokenId;
use domain::id::HostId;
use domain::id::LeaseId;
use domain::id::OrganizationKeyId;
use domain::lease::Lease;
use domain::refs::RefPattern;
use domain::url::Segments;
use store::beside;
use store::beside::Beside;
use store::checks::Check;
use store::credentials::Sight;
use store::keys::StoredOrganizationKey;
use store::keys::Wrapped;
use store::secrets::Given;
use store::secrets::SealedVersion;

use crate::world::World;
use crate::world::on_both_engines;

on_both_engines!(
    a_credential_comes_back_as_it_went_in,
    prefixes_are_matched_most_specific_first,
    search_finds_beginnings_of_words,
    leases_are_written_with_the_commit,
    what_is_beside_credentials_comes_at_once,
    credentials_of_hosts_are_counted,
    a_later_schema_is_refused,
);

async fn a_credential_comes_back_as_it_went_in(world: World) {
    let mut credential = world.credential("Ünïcode “name” 'quoted'");
    credential.covers = vec![Segments::parse("Group/sub").unwrap()];
    credential.username = Some("bot".to_owned());
    let added = world.add(credential).await.unwrap();
    let mut session = world.store.session().await.unwrap();
    let read = store::credentials::by_id(&mut session, world.organization, added.id).await.unwrap();
    assert_eq!(read.as_ref(), Some(&added));
    let handle = added.handle.clone();
    let read =
        store::credentials::by_handle(&mut session, world.organization, &handle).await.unwrap();
    assert_eq!(read, Some(added.clone()));
    let foreign =
        domain::id::OrganizationId::generate(world.clock.as_ref(), world.entropy.as_ref());
    assert_eq!(store::credentials::by_id(&mut session, foreign, added.id).await.unwrap(), None);
}

async fn prefixes_are_matched_most_specific_first(world: World) {
    let covering = |name: &str, covers: &[&str]| {
        let mut credential = world.credential(name);
        credential.covers = covers.iter().map(|text| Segments::parse(text).unwrap()).collect();
        credential
    };
    world.add(covering("whole", &[])).await.unwrap();
    world.add(covering("group", &["Acme"])).await.unwrap();
    world.add(covering("deeper", &["acme/team", "other"])).await.unwrap();
    world.add(covering("evil", &["acme-evil"])).await.unwrap();
    let mut scoped = world.credential("scoped");
    scoped.repository = Some(Segments::parse("acme/team/app").unwrap());
    world.add(scoped).await.unwrap();
    let mut session = world.store.session().await.unwrap();
    let mut found = async |path: &str| {
        let keys = world.host.path_key(&Segments::parse(path).unwrap()).prefixes();
        let found = store::credentials::matching(&mut session, world.host.id, &keys, None, 64)
            .await
            .unwrap();
        found.into_iter().map(|m| m.credential.name).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(found("ACME/team/App").await, "scoped deeper group whole");
    assert_eq!(found("acme/team/app/sub").await, "deeper group whole");
    assert_eq!(found("acme/teams").await, "group whole");
    assert_eq!(found("elsewhere").await, "whole");
}

async fn search_finds_beginnings_of_words(world: World) {
    for name in ["GitHub prod", "GitHub staging", "Käfer token", "x"] {
        world.add(world.credential(name)).await.unwrap();
    }
    let mut session = world.store.session().await.unwrap();
    let mut found = async |search: &str| {
        let words = domain::credential::search_words(&[search]);
        let page = store::credentials::page(
            &mut session,
            world.organization,
            &words,
            "",
            10,
            Sight::Everything,
        )
        .await
        .unwrap();
        let mut names: Vec<String> = page.into_iter().map(|c| c.name).collect();
        names.sort();
        names.join(", ")
    };
    assert_eq!(
        found("gitlab").await,
        "GitHub prod, GitHub staging, Käfer token, x",
        "the host counts"
    );
    assert_eq!(found("githu").await, "GitHub prod, GitHub staging");
    assert_eq!(found("PROD githu").await, "GitHub prod");
    assert_eq!(found("käf").await, "Käfer token");
    assert_eq!(found("hub").await, "");
}

async fn credentials_of_hosts_are_counted(world: World) {
    for name in ["a", "b"] {
        world.add(world.credential(name)).await.unwrap();
    }
    let id = world.host.id;
    let later = HostId::generate(world.clock.as_ref(), world.entropy.as_ref());
    let mut session = world.store.session().await.unwrap();
    let mut counted = async |organization, first, last| {
        store::hosts::credential_counts(&mut session, organization, first, last).await.unwrap()
    };
    let both = HashMap::from([(id, 2)]);
    assert_eq!(counted(world.organization, id, id).await, both);
    assert_eq!(counted(world.organization, id, later).await, both);
    assert!(counted(world.organization, later, later).await.is_empty());
    let foreign =
        domain::id::OrganizationId::generate(world.clock.as_ref(), world.entropy.as_ref());
    assert!(counted(foreign, id, later).await.is_empty());
}

async fn leases_are_written_with_the_commit(world: World) {
    let credential = world.add(world.credential("c")).await.unwrap();
    let lease = Lease {
        id: LeaseId::generate(world.clock.as_ref(), world.entropy.as_ref()),
        organization_id: world.organization,
        host_id: world.host.id,
        repository: Segments::parse("acme/app").unwrap(),
        access: Access::Write,
        refs: vec![RefPattern::parse("main").unwrap(), RefPattern::parse("refs/tags/v*").unwrap()],
        maker: ApiTokenId::generate(world.clock.as_ref(), world.entropy.as_ref()),
        credential_id: credential.id,
        is_pinned: true,
        created_at: domain::Timestamp::from_millis(1),
        expires_at: domain::Timestamp::from_millis(2),
        revoked_at: None,
    };
    let hash = [7u8; 32];
    let new = store::leases::NewLease { lease: lease.clone(), hash };
    let records = vec![world.record(Action::LeaseCreate)];
    world.committer.record(world.organization, records, Some(new)).await.unwrap();
    let mut session = world.store.session().await.unwrap();
    assert_eq!(store::leases::by_hash(&mut session, &hash).await.unwrap(), Some(lease));
    assert_eq!(store::leases::by_hash(&mut session, &[8u8; 32]).await.unwrap(), None);
}

async fn what_is_beside_credentials_comes_at_once(world: World) {
    let (full, bare) = (world.credential("full"), world.credential("bare"));
    let (full, bare) = (world.add(full).await.unwrap(), world.add(bare).await.unwrap());
    let now = domain::Timestamp::from_millis(7);
    let key = StoredOrganizationKey {
        id: OrganizationKeyId::generate(world.clock.as_ref(), world.entropy.as_ref()),
        organization_id: world.organization,
        wrapped: Wrapped { root_key_id: "r".to_owned(), bytes: vec![1] },
        is_current: true,
    };
    let sealed = |version| SealedVersion {
        credential_id: full.id,
        version,
        organization_id: world.organization,
        organization_key_id: key.id,
        bound_to: "https://gitlab.example".to_owned(),
        envelope: vec![1],
    };
    let (first, third) = (sealed(1), sealed(3));
    let findings = Findings::of(Verdict::Accepted, None);
    let report = Report { checked_at: now, version: 3, findings, advice: Vec::new() };
    let check = Check {
        credential_id: full.id,
        organization_id: world.organization,
        report: Some(report),
        next_check_at: now,
        refused_since: None,
        refusals: 0,
    };
    world
        .committer
        .change(move |session| {
            Box::pin(async move {
                store::keys::insert_organization(session, &key, now).await?;
                store::secrets::insert(session, &third, &[3; 32], None, now).await?;
                store::secrets::insert(session, &first, &[1; 32], Some("octocat"), now).await?;
                store::checks::write(session, &check).await?;
                Ok(((), Vec::new()))
            })
        })
        .await
        .unwrap();
    let mut session = world.store.session().await.unwrap();
    let found = beside::credentials(&mut session, &[bare.id, full.id]).await.unwrap();
    let nothing = Beside {
        host: world.host.clone(),
        versions: Vec::new(),
        services_count: 0,
        checked_at: None,
    };
    assert_eq!(found[&bare.id], nothing);
    let all = Beside { versions: vec![1, 3], checked_at: Some(now), ..nothing };
    assert_eq!((found.len(), &found[&full.id]), (2, &all));
    let one = beside::credentials(&mut session, &[full.id]).await.unwrap();
    assert_eq!((one.len(), &one[&full.id]), (1, &all));
    assert!(beside::credentials(&mut session, &[]).await.unwrap().is_empty());
    let given = |version, by: Option<&str>| Given { version, at: now, by: by.map(str::to_owned) };
    let told = store::secrets::given(&mut session, full.id).await.unwrap();
    assert_eq!(told, [given(1, Some("octocat")), given(3, None)]);
}

async fn a_later_schema_is_refused(world: World) {
    use sqlx::Connection as _;
    let mut raw = sqlx::AnyConnection::connect(&world.url).await.unwrap();
    let step = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
                select 999, 'future', success, checksum, 0 from _sqlx_migrations where version = 1";
    sqlx::raw_sql(step).execute(&mut raw).await.unwrap();
    let refused = store::Store::open(&world.url).await.err().unwrap();
    assert!(refused.message().contains("another version"), "{refused}");
}
