//! What is in a repository, and changing it.

use serde_json::Value;
use serde_json::json;

use super::ALL;
use super::token;
use super::world;
use crate::Happening;
use crate::codes;

const BASE: &str = "/repos/octocat/private";

#[tokio::test]
async fn branches_commits_and_files() {
    let world = world().await;
    let token = token(&world, "octocat", &ALL);
    let get = async |path: &str| world.get(&token, &format!("{BASE}{path}")).await;
    let branches = get("/branches?per_page=1").await.is(200);
    assert_eq!(
        (branches.at("0.name"), branches.header("total_count")),
        ("feature/one".into(), "2")
    );
    let main = get("/branches/main").await.is(200).at("commit.sha");
    get("/branches/nothing").await.is(404);
    assert_eq!(get("/tags").await.is(200).at("0.name"), "v1.0");
    assert_eq!(get("/commits?sha=main").await.is(200).at("0.sha"), main);
    get(&format!("/commits/{}", main.as_str().unwrap())).await.is(200);
    assert_eq!(
        get("/git/trees/main?recursive=1").await.is(200).at("tree.4.path"),
        "src/app/start.sh"
    );
    let file = get("/contents/README.md?ref=main").await.is(200);
    assert_eq!(
        (file.at("type"), file.at("content")),
        ("file".into(), codes::to_base64(b"# private\n").into())
    );
    assert_eq!(get("/contents/src").await.is(200).at("0.type"), "dir");
    // Nothing is an empty folder.
    assert_eq!(get("/contents/nothing").await.is(200).json(), json!([]));
    assert_eq!(get("/raw/docs/idea.md?ref=feature/one").await.is(200).text(), "An idea.\n");
    assert!(get("/tarball?ref=main").await.is(200).body.starts_with(&[0x1f, 0x8b]));
}

#[tokio::test]
async fn files_branches_and_tags_are_written() {
    let world = world().await;
    let token = token(&world, "octocat", &ALL);
    let send = async |method: &str, path: &str, body: &Value| {
        world.send(method, &token, &format!("{BASE}{path}"), &body.to_string()).await
    };
    let body = json!({"content": codes::to_base64(b"one"), "message": "New", "branch": "main"});
    let made = send("POST", "/contents/a.txt", &body).await.is(201);
    assert_eq!(
        (made.at("commit.message"), made.at("content.path")),
        ("New".into(), "a.txt".into())
    );
    send("POST", "/contents/a.txt", &body).await.is(400);
    send("PUT", "/contents/a.txt", &body).await.is(400);
    let sha = made.at("content.sha");
    let body = json!({"content": codes::to_base64(b"two"), "message": "Newer", "sha": sha});
    let changed = send("PUT", "/contents/a.txt", &body).await.is(200);
    let query = format!("?message=Away&sha={}", changed.at("content.sha").as_str().unwrap());
    send("DELETE", &format!("/contents/a.txt{query}"), &Value::Null).await.is(200);
    send("DELETE", &format!("/contents/a.txt{query}"), &Value::Null).await.is(404);
    let body = json!({"refs": "main", "branch_name": "new"});
    send("POST", "/branches", &body).await.is(201);
    send("POST", "/branches", &body).await.is(400);
    send("DELETE", "/branches/new", &Value::Null).await.is(204);
    let body = json!({"refs": "main", "tag_name": "v2", "tag_message": "Two"});
    assert_eq!(send("POST", "/tags", &body).await.is(201).at("name"), "v2");
    send("DELETE", "/tags/v2", &Value::Null).await.is(204);
}

#[tokio::test]
async fn pull_requests() {
    let world = world().await;
    let token = token(&world, "octocat", &ALL);
    let pulls = format!("{BASE}/pulls");
    let body = json!({"title": "An idea", "head": "feature/one", "base": "main"}).to_string();
    let made = world.send("POST", &token, &pulls, &body).await.is(201);
    assert_eq!((made.at("number"), made.at("state")), (1.into(), "open".into()));
    let receiver = world.receiver().await;
    let hook = json!({"url": receiver.url(), "merge_requests_events": true}).to_string();
    world.send("POST", &token, &format!("{BASE}/hooks"), &hook).await.is(201);
    let branches = ("feature/one", "main");
    let sent = world.forge.deliver_change("octocat/private", branches, Happening::Merged).await;
    let payload: Value = serde_json::from_str(&sent.unwrap()[0].body).unwrap();
    assert_eq!((&payload["action"], &payload["state"]), (&"merge".into(), &"merged".into()));
    assert_eq!(world.get(&token, &format!("{pulls}?state=merged")).await.at("0.number"), 1);
}
