//! Hooks are kept without showing their secret, and deliver signed.

use std::time::Duration;

use githost::Auth;
use githost::GitHost;
use serde_json::Value;
use serde_json::json;

use super::with_classic;
use crate::Happening;
use crate::codes;
use crate::tests::World;

const HOOKS: &str = "/repos/octocat/private/hooks";

/// Something that takes deliveries and says yes.
async fn receiver(directory: &std::path::Path) -> GitHost {
    let mut options = githost::Options::new(Auth::Open);
    options.front =
        Some(std::sync::Arc::new(|request| Some(http::Response::new(request.into_body()))));
    GitHost::start(directory, options).await.unwrap()
}

/// Waits until a hook has delivered so often.
async fn delivered(world: &World, count: usize) -> crate::Hook {
    for _ in 0..200 {
        let hook = world.forge.hooks("octocat/private").pop().unwrap();
        if hook.deliveries.len() >= count {
            return hook;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("nothing was delivered");
}

fn body(url: &str) -> Value {
    let config = json!({"url": url, "content_type": "json", "secret": "hush", "insecure_ssl": "0"});
    json!({"name": "web", "active": true, "events": ["push"], "config": config})
}

#[tokio::test]
async fn made_shown_changed_and_taken_away() {
    let (world, token) = with_classic(&["repo"]).await;
    let send = async |method: &str, target: &str, body: &Value| {
        world.send(method, &token, target, &body.to_string()).await
    };
    let url = "http://127.0.0.1:9/hook";
    let made = send("POST", HOOKS, &body(url)).await.is(201);
    let one = format!("{HOOKS}/{}", made.at("id"));
    assert_eq!(made.at("config.secret"), "********");
    assert!(made.header("location").ends_with(&one));
    let again = send("POST", HOOKS, &body(url)).await.is(422);
    assert_eq!(again.at("errors.0.message"), "Hook already exists on this repository");
    send("POST", HOOKS, &json!({"config": {}})).await.is(422);
    for target in [HOOKS, &one] {
        let got = world.get(&token, target).await.is(200);
        assert!(!got.text().contains("hush"), "{}", got.text());
    }
    let changed = send("PATCH", &one, &json!({"active": false, "add_events": ["create"]})).await;
    assert_eq!(changed.is(200).at("events"), json!(["push", "create"]));
    let kept = world.forge.hooks("octocat/private").pop().unwrap();
    assert_eq!((kept.secret.as_deref(), kept.is_active), (Some("hush"), false));
    // Its configuration is replaced as a whole, or in single parts at an address of its own.
    let other = "http://127.0.0.1:9/other";
    let config = send("PATCH", &format!("{one}/config"), &json!({"url": other})).await.is(200);
    assert_eq!((config.at("url"), config.at("secret")), (other.into(), "********".into()));
    assert_eq!(world.forge.hooks("octocat/private")[0].secret.as_deref(), Some("hush"));
    send("PATCH", &one, &json!({"config": {"url": url}})).await.is(200);
    assert_eq!(world.forge.hooks("octocat/private")[0].secret, None);
    send("DELETE", &one, &json!({})).await.is(204);
    world.get(&token, &one).await.is(404);
    // Only who administers a repository has its hooks.
    world.get(&token, "/repos/acme/app/hooks").await.is(404);
}

#[tokio::test]
async fn too_many_for_one_event() {
    let (world, token) = with_classic(&["admin:repo_hook"]).await;
    for number in 0..21 {
        let body = body(&format!("http://127.0.0.1:9/{number}")).to_string();
        let got = world.send("POST", &token, HOOKS, &body).await;
        assert_eq!(got.status, if number < 20 { 201 } else { 422 }, "{}", got.text());
    }
}

#[tokio::test]
async fn deliveries_are_signed_and_can_be_made_again() {
    let (world, token) = with_classic(&["repo"]).await;
    let directory = tempfile::tempdir().unwrap();
    let receiver = receiver(directory.path()).await;
    let made = world.send("POST", &token, HOOKS, &body(&receiver.url()).to_string()).await.is(201);
    let hook = delivered(&world, 1).await;
    assert_eq!((hook.deliveries[0].event.as_str(), hook.deliveries[0].status), ("ping", 200));

    let deliveries = world.forge.deliver_push("octocat/private", "main").await.unwrap();
    assert_eq!(deliveries.len(), 1);
    let sent = &deliveries[0];
    let header = |name: &str| {
        sent.headers.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str()).unwrap()
    };
    let sum = codes::hex(&codes::hmac_sha256(b"hush", sent.body.as_bytes()));
    assert_eq!(header("x-hub-signature-256"), format!("sha256={sum}"));
    assert_eq!((header("x-github-event"), sent.status), ("push", 200));
    let seen = receiver.journal().pop().unwrap();
    assert_eq!(seen.header("x-github-delivery"), Some(sent.guid.as_str()));
    let payload: Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!(payload["ref"], "refs/heads/main");
    assert_eq!(payload["repository"]["clone_url"], world.forge.clone_url("octocat/private"));
    assert_eq!(payload["head_commit"]["id"], payload["after"]);
    let head = world.get(&token, "/repos/octocat/private/commits").await.at("0");
    assert_eq!(payload["after"], head["sha"]);
    assert_eq!(payload["before"], head["parents"][0]["sha"]);

    let one = format!("{HOOKS}/{}/deliveries", made.at("id"));
    let list = world.get(&token, &format!("{one}?per_page=1")).await.is(200);
    assert_eq!(list.at("0.event"), "push");
    let next = list.header("link").split_once('>').unwrap().0[1..].to_owned();
    let auth = format!("Authorization: Bearer {token}\r\n");
    assert_eq!(world.raw("GET", &next, &auth, "").await.is(200).at("0.event"), "ping");
    let id = list.at("0.id");
    let whole = world.get(&token, &format!("{one}/{id}")).await.is(200);
    assert_eq!(whole.at("request.payload.ref"), "refs/heads/main");
    world.send("POST", &token, &format!("{one}/{id}/attempts"), "").await.is(202);
    let again = delivered(&world, 3).await.deliveries.pop().unwrap();
    assert!(again.is_again && again.guid == sent.guid);
}

#[tokio::test]
async fn a_hook_hears_of_a_file_and_of_no_other_event() {
    let (world, token) = with_classic(&["repo"]).await;
    let directory = tempfile::tempdir().unwrap();
    let receiver = receiver(directory.path()).await;
    let mut wanted = body(&receiver.url());
    wanted["active"] = false.into();
    let made = world.send("POST", &token, HOOKS, &wanted.to_string()).await.is(201);
    let one = format!("{HOOKS}/{}", made.at("id"));
    let file = json!({"message": "New", "content": ""}).to_string();
    world.send("PUT", &token, "/repos/octocat/private/contents/a", &file).await.is(201);
    world.send("PATCH", &token, &one, "{\"active\": true}").await.is(200);
    world.send("PUT", &token, "/repos/octocat/private/contents/b", &file).await.is(201);
    let hook = delivered(&world, 1).await;
    let payload: Value = serde_json::from_str(&hook.deliveries[0].body).unwrap();
    assert_eq!(payload["commits"].as_array().unwrap().len(), 1);
    assert_eq!(receiver.journal().len(), 1);
    world.send("PATCH", &token, &one, "{\"events\": [\"create\"]}").await.is(200);
    assert!(world.forge.deliver_push("octocat/private", "main").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_pull_request_moves_along() {
    let (world, token) = with_classic(&["repo"]).await;
    let directory = tempfile::tempdir().unwrap();
    let receiver = receiver(directory.path()).await;
    let mut wanted = body(&receiver.url());
    wanted["events"] = json!(["pull_request"]);
    world.send("POST", &token, HOOKS, &wanted.to_string()).await.is(201);
    let change = async |happening| {
        let branches = ("feature/one", "main");
        let sent = world.forge.deliver_change("octocat/private", branches, happening).await;
        let sent = sent.unwrap().pop().unwrap();
        assert_eq!((sent.event.as_str(), sent.status), ("pull_request", 200));
        serde_json::from_str::<Value>(&sent.body).unwrap()
    };
    let opened = change(Happening::Opened).await;
    assert_eq!((&opened["action"], &opened["number"]), (&"opened".into(), &1.into()));
    let updated = change(Happening::Updated).await;
    assert_eq!((&updated["action"], &updated["number"]), (&"synchronize".into(), &1.into()));
    assert_eq!(updated["before"], opened["pull_request"]["head"]["sha"]);
    assert_eq!(updated["after"], updated["pull_request"]["head"]["sha"]);
    assert_ne!(updated["before"], updated["after"]);
    let merged = change(Happening::Merged).await;
    assert_eq!(
        (&merged["action"], &merged["pull_request"]["merged"]),
        (&"closed".into(), &true.into())
    );
    assert_eq!(change(Happening::Opened).await["number"], 2);
    assert_eq!(change(Happening::Closed).await["pull_request"]["merged"], false);
    assert!(world.forge.deliver_push("octocat/private", "main").await.unwrap().is_empty());
}
