//! Changes through the API are real commits, and hooks hear of them.

use serde_json::Value;
use serde_json::json;

use super::with_classic;
use crate::codes;

#[tokio::test]
async fn a_file_is_made_changed_and_taken_away() {
    let (world, token) = with_classic(&["repo"]).await;
    let target = "/repos/acme/app/contents/new/file.txt";
    let send = async |method: &str, body: Value| {
        world.send(method, &token, target, &body.to_string()).await
    };
    let content = |text: &str| codes::to_base64(text.as_bytes());
    let made = send("PUT", json!({"message": "New", "content": content("one")})).await.is(201);
    let sha = made.at("content.sha");
    assert_eq!(made.at("commit.author.name"), "octocat");
    let again = send("PUT", json!({"message": "New", "content": content("two")})).await.is(422);
    assert!(again.at("message").as_str().unwrap().contains("\"sha\" wasn't supplied"));
    let wrong = json!({"message": "New", "content": content("two"), "sha": "0".repeat(40)});
    send("PUT", wrong).await.is(409);
    let right = json!({"message": "New", "content": content("two"), "sha": sha});
    let changed = send("PUT", right).await.is(200);
    send("PUT", json!({"message": "New", "content": "!"})).await.is(422);
    let elsewhere = json!({"message": "New", "content": content("x"), "branch": "nowhere"});
    send("PUT", elsewhere).await.is(404);

    let url = world.clone_url("x-access-token", &token, "acme/app");
    world.git.run(&["clone", "--quiet", &url, "copy"]).await.text();
    let copy = world.git.at("copy");
    assert_eq!(std::fs::read(copy.directory().join("new/file.txt")).unwrap(), b"two");
    let head = copy.run(&["rev-parse", "HEAD"]).await;
    assert_eq!(changed.at("commit.sha"), head.text());

    send("DELETE", json!({"message": "Away", "sha": sha})).await.is(409);
    let sha = changed.at("content.sha");
    let gone = send("DELETE", json!({"message": "Away", "sha": sha})).await.is(200);
    assert_eq!(gone.at("content"), Value::Null);
    world.get(&token, target).await.is(404);
}

#[tokio::test]
async fn branches_and_tags_are_references() {
    let (world, token) = with_classic(&["repo"]).await;
    let send = async |method: &str, end: &str, body: Value| {
        world.send(method, &token, &format!("/repos/acme/app/git{end}"), &body.to_string()).await
    };
    let commits = world.get(&token, "/repos/acme/app/commits").await;
    let (head, first) = (commits.at("0.sha"), commits.at("2.sha"));
    let made = send("POST", "/refs", json!({"ref": "refs/heads/new", "sha": first})).await.is(201);
    assert_eq!(made.at("object.sha"), first);
    let again = send("POST", "/refs", json!({"ref": "refs/heads/new", "sha": first})).await;
    assert_eq!(again.is(422).at("message"), "Reference already exists");
    send("POST", "/refs", json!({"ref": "heads/new", "sha": first})).await.is(422);
    send("POST", "/refs", json!({"ref": "refs/heads/x", "sha": "0".repeat(40)})).await.is(422);
    send("PATCH", "/refs/heads/new", json!({"sha": head})).await.is(200);
    let back = send("PATCH", "/refs/heads/new", json!({"sha": first})).await.is(422);
    assert_eq!(back.at("message"), "Update is not a fast forward");
    send("PATCH", "/refs/heads/new", json!({"sha": first, "force": true})).await.is(200);
    send("DELETE", "/refs/heads/new", json!({})).await.is(204);
    send("DELETE", "/refs/heads/new", json!({})).await.is(422);

    let tag = json!({"tag": "v2", "message": "Two", "object": head, "type": "commit"});
    let made = send("POST", "/tags", tag).await.is(201);
    let body = json!({"ref": "refs/tags/v2", "sha": made.at("sha")});
    assert_eq!(send("POST", "/refs", body).await.is(201).at("object.type"), "tag");
    let tags = world.get(&token, "/repos/acme/app/tags").await;
    assert_eq!((tags.at("0.name"), tags.at("0.commit.sha")), ("v2".into(), head));
}

#[tokio::test]
async fn an_archived_repository_is_read_only() {
    let (world, token) = with_classic(&["repo"]).await;
    world.forge.edit_repository("acme/app", |it| it.is_archived = true);
    let body = json!({"message": "New", "content": ""}).to_string();
    let got = world.send("PUT", &token, "/repos/acme/app/contents/a", &body).await.is(403);
    assert_eq!(got.at("message"), "Repository was archived so is read-only.");
    world.get(&token, "/repos/acme/app/contents/README.md").await.is(200);
}
