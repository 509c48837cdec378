//! What is in a repository, and changing it.

use serde_json::Value;
use serde_json::json;

use super::value;
use super::with_token;
use crate::Happening;
use crate::Kind;
use crate::Repository;
use crate::Token;
use crate::codes;

const BASE: &str = "/repos/octocat/private";

#[tokio::test]
async fn branches_tags_and_commits() {
    let (world, token) = with_token(Kind::Gitea, &["read:repository"]).await;
    let get = async |path: &str| world.get(&token, &format!("{BASE}{path}")).await;
    let branches = get("/branches?limit=1").await.is(200);
    assert_eq!(
        (branches.at("0.name"), branches.header("x-total-count")),
        ("feature/one".into(), "2")
    );
    let main = get("/branches/main").await.is(200).at("commit.id");
    assert_eq!(get("/branches/feature/one").await.is(200).at("name"), "feature/one");
    get("/branches/nothing").await.is(404);
    let tags = get("/tags").await.is(200);
    assert_eq!((tags.at("0.name"), tags.at("0.id")), ("v1.0".into(), tags.at("0.commit.sha")));
    let commits = get("/commits?sha=main&limit=2").await.is(200);
    assert_eq!((commits.at("0.sha"), commits.header("x-total-count")), (main.clone(), "3"));
    assert_eq!(commits.at("0.parents.0.sha"), commits.at("1.sha"));
    let one = get(&format!("/git/commits/{}", main.as_str().unwrap())).await.is(200);
    assert_eq!(one.at("commit.message"), "A program\n");
    assert_eq!(get("/git/refs/heads/main").await.is(200).at("object.sha"), main);
    assert_eq!(get("/git/refs/heads").await.is(200).at("1.ref"), "refs/heads/main");
    world.forge.add_repository(Repository::private("octocat/empty").empty()).unwrap();
    let got = world.get(&token, "/repos/octocat/empty/commits").await.is(409);
    assert_eq!(got.at("message"), "Git Repository is empty.");
}

#[tokio::test]
async fn files_folders_and_archives() {
    let (world, token) = with_token(Kind::Forgejo, &["read:repository"]).await;
    let get = async |path: &str| world.get(&token, &format!("{BASE}{path}")).await;
    let root = get("/contents").await.is(200);
    assert_eq!((root.at("0.name"), root.at("2.type")), ("Dockerfile".into(), "dir".into()));
    assert_eq!(root.at("0.content"), Value::Null);
    let file = get("/contents/src/app/start.sh?ref=main").await.is(200);
    assert_eq!((file.at("type"), file.at("encoding")), ("file".into(), "base64".into()));
    let content = codes::from_base64(file.at("content").as_str().unwrap()).unwrap();
    assert_eq!(get("/raw/src/app/start.sh").await.is(200).body, content);
    assert_eq!(get("/raw/docs/idea.md?ref=feature%2Fone").await.is(200).text(), "An idea.\n");
    get("/raw/docs/idea.md").await.is(404);
    get("/contents/README.md?ref=nothing").await.is(404);
    let tree = get("/git/trees/main?recursive=true").await.is(200);
    assert_eq!(tree.at("tree.4.path"), "src/app/start.sh");
    let archive = get("/archive/feature/one.tar.gz").await.is(200);
    assert!(archive.body.starts_with(&[0x1f, 0x8b]));
    get("/archive/main.rar").await.is(400);
    get("/archive/nothing.zip").await.is(404);
}

#[tokio::test]
async fn files_are_made_changed_and_deleted() {
    let (world, token) = with_token(Kind::Gitea, &["write:repository"]).await;
    let send = async |method: &str, path: &str, body: &Value| {
        world.send(method, &token, &format!("{BASE}{path}"), &body.to_string()).await
    };
    let body = json!({"content": codes::to_base64(b"one"), "message": "New", "branch": "main"});
    let made = send("POST", "/contents/a/b.txt", &body).await.is(201);
    assert_eq!(
        (made.at("commit.message"), made.at("content.path")),
        ("New\n".into(), "a/b.txt".into())
    );
    let got = send("POST", "/contents/a/b.txt", &body).await.is(422);
    assert!(got.at("message").as_str().unwrap().starts_with("repository file already exists"));
    send("PUT", "/contents/a/b.txt", &body).await.is(422);
    let sha = made.at("content.sha");
    let body = json!({"content": codes::to_base64(b"two"), "sha": sha, "new_branch": "other"});
    let changed = send("PUT", "/contents/a/b.txt", &body).await.is(200);
    assert_eq!(changed.at("commit.parents.0.sha"), made.at("commit.sha"));
    let raw = world.get(&token, &format!("{BASE}/raw/a/b.txt?ref=other")).await.is(200);
    assert_eq!(raw.text(), "two");
    let wrong = json!({"sha": "0".repeat(40)});
    send("DELETE", "/contents/a/b.txt", &wrong).await.is(422);
    let gone = send("DELETE", "/contents/a/b.txt", &json!({"sha": sha})).await.is(200);
    assert_eq!(gone.at("content"), Value::Null);
    send("DELETE", "/contents/a/b.txt", &json!({"sha": sha})).await.is(404);
    let reader = value("r");
    world.forge.add_token(Token::new(&reader, "token", "octocat").scopes(&["read:repository"]));
    world.send("POST", &reader, &format!("{BASE}/contents/c"), "{}").await.is(403);
    world.forge.edit_repository("octocat/private", |it| it.is_archived = true);
    send("POST", "/contents/c", &body).await.is(423);
}

#[tokio::test]
async fn branches_and_tags_are_made_and_deleted() {
    let (world, token) = with_token(Kind::Forgejo, &["write:repository"]).await;
    let send = async |method: &str, path: &str, body: &Value| {
        world.send(method, &token, &format!("{BASE}{path}"), &body.to_string()).await
    };
    let body = json!({"new_branch_name": "new", "old_ref_name": "main"});
    send("POST", "/branches", &body).await.is(201);
    send("POST", "/branches", &body).await.is(409);
    send("DELETE", "/branches/main", &json!({})).await.is(403);
    send("DELETE", "/branches/new", &json!({})).await.is(204);
    let body = json!({"tag_name": "v2", "message": "Two", "target": "main"});
    let made = send("POST", "/tags", &body).await.is(201);
    assert_ne!(made.at("id"), made.at("commit.sha"));
    send("POST", "/tags", &body).await.is(409);
    send("DELETE", "/tags/v2", &json!({})).await.is(204);
    send("DELETE", "/tags/v2", &json!({})).await.is(404);
}

#[tokio::test]
async fn pull_requests() {
    let (world, token) = with_token(Kind::Gitea, &["write:repository"]).await;
    let pulls = format!("{BASE}/pulls");
    let body = json!({"head": "feature/one", "base": "main", "title": "An idea"}).to_string();
    let made = world.send("POST", &token, &pulls, &body).await.is(201);
    assert_eq!((made.at("number"), made.at("head.ref")), (1.into(), "feature/one".into()));
    world.send("POST", &token, &pulls, &body).await.is(409);
    world.send("POST", &token, &pulls, "{}").await.is(422);
    assert_eq!(world.get(&token, &pulls).await.is(200).at("0.state"), "open");
    let receiver = world.receiver().await;
    let hook = json!({
        "type": "gitea", "active": true, "events": ["pull_request"],
        "config": {"url": receiver.url(), "content_type": "json"},
    });
    world.send("POST", &token, &format!("{BASE}/hooks"), &hook.to_string()).await.is(201);
    for (happening, action) in [(Happening::Updated, "synchronized"), (Happening::Merged, "closed")]
    {
        let branches = ("feature/one", "main");
        let sent =
            world.forge.deliver_change("octocat/private", branches, happening).await.unwrap();
        let payload: Value = serde_json::from_str(&sent[0].body).unwrap();
        assert_eq!((&payload["action"], &payload["number"]), (&action.into(), &1.into()));
        assert_eq!(payload["pull_request"]["merged"], action == "closed");
    }
    let seen = receiver.journal();
    assert_eq!(seen[0].header("x-gitea-event"), Some("pull_request"));
    assert_eq!(seen[0].header("x-gitea-event-type"), Some("pull_request_sync"));
}
