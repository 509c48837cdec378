//! Warnings by real servers: one that is killed between sending and marking, and two that share the
//! work. A warning comes from a check of a credential that has expired.

use std::collections::BTreeMap;

use it::On;
use it::Server;
use it::World;
use serde_json::Value;
use serde_json::json;
use testkit::Cluster;
use testkit::Receiver;
use testkit::receiver::Manner;

use crate::api::Api;
use crate::processes;
use crate::processes::until;

/// Channels, and credentials that have expired.
const CHANNELS: usize = 4;
const EXPIRED: usize = 3;

async fn add_channel(world: &World, name: &str, receiver: &Receiver) {
    let url = receiver.url(&format!("/{name}"));
    let add = ["channel", "add", "--name", name, "--kind", "webhook", "--url-file", "-", "--json"];
    let made = world.run_as(&world.owner, &add, &url).await.json();
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
}

/// Lets a check find out that credentials have expired.
async fn expire(world: &World, names: &[String]) {
    let mut api = Api::new(&world.server.url, &world.owner);
    for name in names {
        let wanted = json!({
            "name": name, "provider": "generic", "host": world.host.url(), "covers": [name],
            "secret": world.secret.text(), "expires_at": "2020-01-01", "check": false,
        });
        let id = api.post("/credentials", &wanted).await.json()["id"].clone();
        let path = format!("/credentials/{}/check", id.as_str().unwrap());
        api.post(&path, &Value::Null).await.json();
    }
}

fn sql(world: &World, statement: &str) -> String {
    Cluster::shared().run_sql(&processes::database(world), statement)
}

/// Warnings wait a minute for each other; a test does not.
fn settle(world: &World) {
    sql(world, "update notification_deliveries set next_attempt_at = 0 where state = 'waiting'");
}

/// How all tellings stand, once none waits.
async fn told(world: &World) -> Vec<Value> {
    until("the warnings to be told", || async {
        let listed = world.run(&["notification", "list", "--json"]).await.json();
        let all = listed.as_array().unwrap().iter().flat_map(|warning| {
            assert_eq!(warning["kind"], "expired");
            warning["deliveries"].as_array().unwrap().clone()
        });
        let all: Vec<Value> = all.collect();
        all.iter().all(|it| it["state"] != "waiting").then_some(all)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_after_sending_tells_again_and_loses_nothing() {
    let mut world = World::new(On::Postgres).await;
    let receiver = Receiver::start().await;
    receiver.behave(Manner::Hang);
    add_channel(&world, "hook", &receiver).await;
    expire(&world, &["one".to_owned()]).await;
    settle(&world);
    let arrived = || async { receiver.requests().pop() };
    let first = until("the first telling", arrived).await;
    processes::kill(&world).await;
    receiver.behave(Manner::Say("204 No Content".to_owned()));
    // Its claim runs out by the database's clock.
    assert_eq!(sql(&world, "select count(*) from channels where claimed_until > 0"), "1");
    sql(&world, "update channels set claimed_until = 1");
    world.restart().await;
    let told = told(&world).await;
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0]["state"], &told[0]["attempts"]), (&json!("sent"), &json!(1)));
    let requests = receiver.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[1].headers["webhook-id"], first.headers["webhook-id"]);
    assert_eq!(requests[1].body, first.body);
    Api::new(&world.server.url, &world.owner).must_verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_tell_once() {
    let world = World::new(On::Postgres).await;
    let key = world.data().join("root.key");
    let mut options = world.options.clone();
    options.arguments.extend(["--root-key".to_owned(), key.to_str().unwrap().to_owned()]);
    let _other = Server::start(&world.root.path().join("other"), &options).await;
    let receiver = Receiver::start().await;
    for number in 0..CHANNELS {
        add_channel(&world, &format!("hook-{number}"), &receiver).await;
    }
    let names: Vec<String> = (0..EXPIRED).map(|number| format!("expired-{number}")).collect();
    expire(&world, &names).await;
    settle(&world);
    let told = told(&world).await;
    assert_eq!(told.len(), CHANNELS * EXPIRED);
    assert!(told.iter().all(|it| it["state"] == "sent" && it["attempts"] == 1), "{told:?}");
    let mut seen: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for request in receiver.requests() {
        let body: Value = serde_json::from_str(&request.body).unwrap();
        let handles = body["data"]["warnings"].as_array().unwrap().iter();
        let handles = handles.map(|it| it["handle"].as_str().unwrap().to_owned());
        seen.entry(request.line).or_default().extend(handles);
    }
    assert_eq!(seen.len(), CHANNELS);
    for (line, mut handles) in seen {
        handles.sort();
        assert_eq!(handles, names, "{line}: one digest, told once");
    }
}
