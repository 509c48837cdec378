//! Branches, tags, files and archives, out of the real repository and into it.

use serde_json::json;

use super::personal;
use super::world;
use crate::codes;
use crate::seed;

const APP: &str = "/projects/acme%2Ftools%2Fapp";
const REPOSITORY: &str = "/projects/acme%2Ftools%2Fapp/repository";

#[tokio::test]
async fn reading() {
    let world = world().await;
    let token = personal(&world, "maintainer", &["read_api"]);
    let get = async |end: &str| world.get(&token, &format!("{REPOSITORY}{end}")).await;
    let branches = get("/branches").await.is(200);
    assert_eq!(
        (branches.at("0.name"), branches.at("1.default")),
        (seed::BRANCH.into(), true.into())
    );
    assert_eq!(get("/branches?search=^feat").await.at("0.name"), seed::BRANCH);
    assert_eq!(get("/branches?search=^one").await.json(), json!([]));
    assert_eq!(get("/branches/feature%2Fone").await.is(200).at("commit.title"), "An idea");
    assert_eq!(get("/branches/none").await.is(404).at("message"), "404 Branch Not Found");
    assert_eq!(get("/tags").await.at("0.name"), seed::TAG);
    let commits = get("/commits?ref_name=main&per_page=2").await.is(200);
    assert_eq!((commits.at("0.title"), commits.find("x-total")), ("A program".into(), None));
    let tree = get("/tree?recursive=true").await.is(200);
    assert!(tree.text().contains("src/app/start.sh"));
    get("/tree?path=none").await.is(404);

    let file = get("/files/src%2Fapp%2Fstart%2Esh?ref=main").await.is(200);
    assert_eq!(file.at("content"), codes::to_base64(b"#!/bin/sh\necho started\n"));
    let raw = get("/files/README.md/raw").await.is(200);
    assert_eq!((raw.text().as_str(), raw.header("x-gitlab-ref")), ("# app\n", "HEAD"));
    let readme = format!("{REPOSITORY}/files/README.md?ref=main");
    let head = world.send("HEAD", &token, &readme, "").await.is(200);
    assert_eq!((head.header("x-gitlab-size"), head.body.len()), ("6", 0));
    assert_eq!(get("/files/none?ref=main").await.is(404).at("message"), "404 File Not Found");

    let whole = get("/archive.tar?sha=main").await.is(200);
    let part = get("/archive.tar?sha=main&path=src").await.is(200);
    assert!(whole.text().contains("/Dockerfile"));
    assert!(part.text().contains("/src/app/start.sh") && !part.text().contains("/Dockerfile"));
    assert!(get("/archive.zip").await.is(200).body.starts_with(b"PK"));
}

#[tokio::test]
async fn writing() {
    let world = world().await;
    let token = personal(&world, "developer", &["api"]);
    let send = async |method: &str, end: &str, body: serde_json::Value| {
        world.send(method, &token, &format!("{REPOSITORY}{end}"), &body.to_string()).await
    };
    let file = "/files/docs%2Fnew.md";
    let body = json!({"branch": "main", "commit_message": "New", "content": "one"});
    let made = send("POST", file, body.clone()).await.is(201);
    assert_eq!(made.json(), json!({"file_path": "docs/new.md", "branch": "main"}));
    let again = send("POST", file, body.clone()).await.is(400);
    assert_eq!(again.at("message"), "A file with this name already exists");
    let mut changed = body.clone();
    changed["content"] = codes::to_base64(b"two").into();
    changed["encoding"] = "base64".into();
    send("PUT", file, changed.clone()).await.is(200);
    changed["last_commit_id"] = "0".repeat(40).into();
    send("PUT", file, changed).await.is(400);
    let raw = world.get(&token, &format!("{REPOSITORY}{file}/raw?ref=main")).await;
    assert_eq!(raw.text(), "two");
    let missing = send("PUT", file, json!({"branch": "main", "content": ""})).await.is(400);
    assert_eq!(missing.at("error"), "commit_message is missing");
    send("DELETE", file, json!({"branch": "main", "commit_message": "Away"})).await.is(204);

    send("POST", "/branches", json!({"branch": "new", "ref": "main"})).await.is(201);
    send("POST", "/branches", json!({"branch": "new", "ref": "main"})).await.is(400);
    send("POST", "/branches", json!({"branch": "other", "ref": "none"})).await.is(400);
    send("DELETE", "/branches/new", json!({})).await.is(204);
    let tag = json!({"tag_name": "v2", "ref": "main", "message": "Two"});
    let made = send("POST", "/tags", tag).await.is(201);
    assert_eq!(made.at("message"), "Two");
    assert_ne!(made.at("target"), made.at("commit.id"));
    send("DELETE", "/tags/v2", json!({})).await.is(204);

    let reader = personal(&world, "developer", &["read_api"]);
    world.send("POST", &reader, &format!("{REPOSITORY}{file}"), "{}").await.is(403);
    let request = json!({"source_branch": "feature/one", "target_branch": "main", "title": "It"});
    let target = format!("{APP}/merge_requests");
    let made = world.send("POST", &token, &target, &request.to_string()).await.is(201);
    assert_eq!((made.at("iid"), made.at("state")), (1.into(), "opened".into()));
    world.forge.edit_repository("acme/tools/app", |it| it.is_archived = true);
    send("POST", file, body).await.is(403);
}
