//! Several servers on one PostgreSQL: what ends on one ends on all, at the next request.

use std::collections::BTreeSet;

use it::On;
use it::Server;
use it::World;
use serde_json::Value;
use serde_json::json;

use crate::api::Api;
use crate::api::Reply;
use crate::processes;

/// Equal names added on each replica at once.
const SAME_NAMES: usize = 12;

/// A world with a second server beside its own.
struct Pair {
    world: World,
    other: Server,
}

impl Pair {
    async fn new() -> Pair {
        let world = World::new(On::Postgres).await;
        world.repository("acme/app");
        world.add_credential("Host token", &[]).await;
        let key = world.data().join("root.key");
        let mut options = world.options.clone();
        options.arguments.extend(["--root-key".to_owned(), key.to_str().unwrap().to_owned()]);
        let other = Server::start(&world.root.path().join("other"), &options).await;
        Pair { world, other }
    }

    /// A client of the world's own server, and one of the other.
    fn clients(&self, token: &str) -> (Api, Api) {
        (Api::new(&self.world.server.url, token), Api::new(&self.other.url, token))
    }

    fn repository(&self) -> String {
        self.world.host.repository_url("acme/app")
    }

    fn authority(&self) -> String {
        self.world.host.address().to_string()
    }
}

async fn token(api: &mut Api, role: &str, member: Option<&str>) -> (String, String) {
    let mut wanted = json!({ "name": format!("a {role}"), "role": role });
    if let Some(member) = member {
        wanted["member_id"] = Value::from(member);
    }
    let made = api.post("/api-tokens", &wanted).await.json();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("id"), text("token"))
}

async fn lease(api: &mut Api, repository: &str) -> (String, String) {
    let wanted = json!({ "repository": repository, "access": "write" });
    let made = api.post("/leases", &wanted).await.json();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("id"), text("token"))
}

async fn add_same_name(api: &mut Api) -> Reply {
    let wanted =
        json!({ "name": "Same name", "provider": "github", "check": false, "secret": "ghp_same" });
    api.post("/credentials", &wanted).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_revoked_on_one_replica_lends_nothing_on_the_other() {
    let pair = Pair::new().await;
    let (mut here, _) = pair.clients(&pair.world.owner);
    let (id, secret) = token(&mut here, "devops", None).await;
    let (_, mut there) = pair.clients(&secret);
    // Warm, so that the other replica knows the token by heart.
    let (_, made_there) = lease(&mut there, &pair.repository()).await;
    let (authority, app) = (pair.authority(), "acme/app");
    assert_eq!(there.refs(&authority, app, &secret).await.status, 200);
    assert_eq!(there.refs(&authority, app, &made_there).await.status, 200);
    assert!(here.delete(&format!("/api-tokens/{id}")).await.is_done());
    let wanted = json!({ "repository": pair.repository(), "access": "read" });
    let refused = there.post("/leases", &wanted).await;
    assert_eq!(refused.status, 401, "a revoked token lends: {}", refused.text());
    let refused = there.refs(&authority, app, &secret).await;
    assert_eq!(refused.status, 401, "a revoked token fetches: {}", refused.text());
    let refused = there.refs(&authority, app, &made_there).await;
    assert_eq!(refused.status, 401, "the lease outlives its maker: {}", refused.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_revoked_on_one_replica_cannot_fetch_on_the_other() {
    let pair = Pair::new().await;
    let (mut here, _) = pair.clients(&pair.world.owner);
    let (id, secret) = token(&mut here, "devops", None).await;
    let (_, mut there) = pair.clients(&secret);
    assert_eq!(there.refs(&pair.authority(), "acme/app", &secret).await.status, 200);
    assert!(here.delete(&format!("/api-tokens/{id}")).await.is_done());
    let refused = there.refs(&pair.authority(), "acme/app", &secret).await;
    assert_eq!(refused.status, 401, "a revoked token fetches: {}", refused.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_revoked_on_one_replica_reads_nothing_on_the_other() {
    let pair = Pair::new().await;
    let (mut here, _) = pair.clients(&pair.world.owner);
    for path in ["/whoami", "/credentials", "/leases", "/api-tokens", "/hosts", "/members"] {
        let (id, secret) = token(&mut here, "admin", None).await;
        let (_, mut there) = pair.clients(&secret);
        assert_eq!(there.get(path).await.status, 200, "{path}");
        assert!(here.delete(&format!("/api-tokens/{id}")).await.is_done());
        let refused = there.get(path).await;
        assert_eq!(refused.status, 401, "a revoked token reads {path}: {}", refused.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_made_on_one_replica_opens_both_and_dies_on_both() {
    let pair = Pair::new().await;
    let (mut here, mut there) = pair.clients(&pair.world.owner);
    let (authority, app) = (pair.authority(), "acme/app");
    for ends_there in [false, true] {
        let (id, secret) = lease(&mut here, &pair.repository()).await;
        assert_eq!(here.refs(&authority, app, &secret).await.status, 200);
        assert_eq!(there.refs(&authority, app, &secret).await.status, 200);
        let ender = if ends_there { &mut there } else { &mut here };
        assert!(ender.delete(&format!("/leases/{id}")).await.is_done());
        for (name, api) in [("here", &mut here), ("there", &mut there)] {
            let refused = api.refs(&authority, app, &secret).await;
            assert_eq!(refused.status, 401, "it lives on {name}: {}", refused.text());
            let pushed = api.service_refs(&authority, app, &secret, "git-receive-pack").await;
            assert_eq!(pushed.status, 401, "it pushes on {name}: {}", pushed.text());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_lowered_on_one_replica_loses_their_leases_on_the_other() {
    let pair = Pair::new().await;
    let (mut here, _) = pair.clients(&pair.world.owner);
    let (authority, app) = (pair.authority(), "acme/app");
    let member = json!({ "email": "m@acme.invalid", "name": "M", "role": "devops" });
    let member = here.post("/members", &member).await.json();
    let member = member["id"].as_str().unwrap();
    let (_, secret) = token(&mut here, "devops", Some(member)).await;
    let (_, mut there) = pair.clients(&secret);
    let (_, lent) = lease(&mut there, &pair.repository()).await;
    assert_eq!(there.refs(&authority, app, &lent).await.status, 200);
    let lower = json!({ "role": "viewer" });
    let lowered = here.call("PATCH", &format!("/members/{member}"), Some(&lower)).await.unwrap();
    assert_eq!(lowered.json()["role"], "viewer");
    let refused = there.refs(&authority, app, &lent).await;
    assert!(matches!(refused.status, 401 | 403), "it still fetches: {}", refused.status);
    let pushed = there.service_refs(&authority, app, &lent, "git-receive-pack").await;
    assert!(matches!(pushed.status, 401 | 403), "it still pushes: {}", pushed.status);
    let wanted = json!({ "repository": pair.repository(), "access": "read" });
    let refused = there.post("/leases", &wanted).await;
    assert!(matches!(refused.status, 401 | 403), "a viewer lends: {}", refused.text());
    let refused = there.get("/whoami").await;
    assert_eq!(refused.status, 401, "a token beyond its member's role works: {}", refused.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_names_added_on_both_get_distinct_handles_and_both_chains_verify() {
    let pair = Pair::new().await;
    let (mut here, mut there) = pair.clients(&pair.world.owner);
    // The first registers the host; what follows only races for the handle.
    assert_eq!(add_same_name(&mut here).await.status, 201);
    let mut adds = tokio::task::JoinSet::new();
    for number in 0..SAME_NAMES * 2 {
        let (here, there) = pair.clients(&pair.world.owner);
        let mut api = if number % 2 == 0 { here } else { there };
        adds.spawn(async move {
            let reply = add_same_name(&mut api).await;
            (reply.status, reply.value())
        });
    }
    let mut handles = BTreeSet::new();
    while let Some(added) = adds.join_next().await {
        let (status, body) = added.unwrap();
        assert_eq!(status, 201, "an add was refused: {body}");
        let handle = body["handle"].as_str().unwrap().to_owned();
        assert!(handles.insert(handle.clone()), "{handle} was given twice");
    }
    assert_eq!(handles.len(), SAME_NAMES * 2);
    for api in [&mut here, &mut there] {
        let verdict = api.must_verify().await;
        assert!(verdict["lanes"].as_i64().unwrap() >= 2, "one chain only: {verdict}");
    }
    // A replica that dies leaves a chain that verifies, and the other goes on.
    processes::kill(&pair.world).await;
    assert_eq!(add_same_name(&mut there).await.status, 201);
    there.must_verify().await;
}
