//! Who may list, make, delete and use authorizations, and what is recorded of it.

use it::On;
use serde_json::Value;
use serde_json::json;

use super::raw::Raw;
use super::raw::refused;
use super::signer::Sent;
use crate::toolbox::Answer;
use crate::toolbox::audit;

/// Each role, and whether it may change and use authorizations. All may list them.
const ROLES: [(&str, bool); 5] =
    [("owner", true), ("admin", true), ("devops", true), ("billing", false), ("viewer", false)];

fn expect(what: &str, may: bool, answer: &Answer, status: u16) {
    match may {
        true => assert_eq!(answer.status, status, "{what}: {answer:?}"),
        false => refused(what, answer, 403, "APIGW.0302"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_may_what_the_table_says() {
    let raw = Raw::new(On::Sqlite).await;
    raw.stored("kept").await;
    for (role, may) in ROLES {
        let (_, key) = raw.key_of(role).await;
        let send = async |sent: Sent| raw.send(&sent.signed(&key)).await;
        let through = |method: &str, path: &str, body: Option<&Value>| {
            Sent::new(method, &raw.at(path), body).with("X-Repo-Auth", "kept")
        };
        let listed = send(Sent::new("GET", &raw.at("auths"), None)).await;
        assert_eq!(listed.status, 200, "{role} lists: {listed:?}");
        assert!(listed.body.contains("\"kept\""), "{role}: {listed:?}");
        let name = format!("of-{role}");
        let before = raw.names().await;
        expect(&format!("{role} makes"), may, &send(raw.personal(&name)).await, 200);
        assert_eq!(raw.names().await.contains(&name), may, "{role} made one");
        let target = if may { name.as_str() } else { "kept" };
        expect(&format!("{role} deletes"), may, &send(raw.removal(target)).await, 204);
        assert_eq!(raw.names().await, before, "{role}");
        for path in ["repos/namespaces", "repos/acme/app/branches", "files/acme/app/trees?ref=main"]
        {
            let answer = send(through("GET", path, None)).await;
            expect(&format!("{role} uses: {path}"), may, &answer, 200);
        }
        let tag = json!({ "name": format!("v-{role}"), "description": "A tag" });
        let answer = send(through("POST", "repos/acme/app/tags?ref=main", Some(&tag))).await;
        expect(&format!("{role} writes"), may, &answer, 200);
    }
    let (_, tags) = raw.ask("GET", "repos/acme/app/tags", "kept").await;
    let mut tags: Vec<&str> =
        tags["tags"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    tags.sort_unstable();
    assert_eq!(tags, ["v-admin", "v-devops", "v-owner", "v1.0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_have_the_id_of_the_answer() {
    let raw = Raw::new(On::Sqlite).await;
    let (_, viewer) = raw.key_of("viewer").await;
    let id = |answer: &Answer| answer.header("x-request-id").unwrap().to_owned();
    let made = raw.send(&raw.personal("kept").signed(&raw.key)).await;
    let body = json!({ "name": "v2", "description": "A tag" });
    let tag = Sent::new("POST", &raw.at("repos/acme/app/tags?ref=main"), Some(&body));
    let written = raw.send(&tag.with("X-Repo-Auth", "kept").signed(&raw.key)).await;
    let look = Sent::new("GET", &raw.at("repos/acme/app/branches"), None);
    let used = raw.send(&look.with("X-Repo-Auth", "kept").signed(&raw.key)).await;
    let refused = raw.send(&raw.removal("kept").signed(&viewer)).await;
    let removed = raw.send(&raw.removal("kept").signed(&raw.key)).await;
    let statuses = [&made, &written, &used, &refused, &removed].map(|it| it.status);
    assert_eq!(statuses, [200, 200, 200, 403, 204]);
    let records = audit(&raw).await;
    let found = |answer: &Answer, action: &str, outcome: &str| {
        let id = id(answer);
        let of_request = records.iter().filter(|it| it["request_id"] == id.as_str());
        let is_it = |it: &&Value| it["action"] == action && it["outcome"] == outcome;
        let count = of_request.clone().filter(is_it).count();
        let all: Vec<&Value> = of_request.collect();
        assert_eq!(count, 1, "{action} {outcome}: {all:?}");
    };
    found(&made, "credential.add", "done");
    found(&written, "repository.use", "begun");
    found(&written, "repository.use", "ended");
    found(&used, "repository.use", "done");
    found(&refused, "credential.delete", "refused");
    found(&removed, "credential.delete", "done");
    let one = records.iter().find(|it| it["request_id"] == id(&made).as_str()).unwrap();
    assert_eq!((&one["actor_kind"], &one["actor_name"]), (&json!("access_key"), &json!("devops")));
    assert_eq!(one["client"], "golangsdk/2.0.0");
    // Every answer has an id of its own.
    let mut ids = [&made, &written, &used, &refused, &removed].map(id).to_vec();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 5);
}
