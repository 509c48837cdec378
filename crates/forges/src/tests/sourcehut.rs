//! SourceHut, as its schemas and sources have it.

use serde_json::Value;
use serde_json::json;

use super::World;
use super::client::Got;
use crate::Kind;
use crate::Options;
use crate::Repository;
use crate::Token;
use crate::User;
use crate::sourcehut;

async fn world(options: Options) -> World {
    let world = World::with(options).await;
    let forge = &world.forge;
    forge.add_user(User::new("octocat"));
    forge.add_user(User::new("stranger"));
    forge.add_repository(Repository::private("~octocat/secret")).unwrap();
    forge.add_repository(Repository::new("~octocat/open")).unwrap();
    forge.add_repository(Repository::private("~stranger/theirs")).unwrap();
    world
}

fn token(grants: &str) -> String {
    sourcehut::token(grants, "octocat", World::moment("2026-02-01T00:00:00Z"))
}

async fn ask(world: &World, token: &str, query: &str, variables: Value) -> Got {
    let body = json!({"query": query, "variables": variables}).to_string();
    world.send("POST", token, "/query", &body).await
}

#[tokio::test]
async fn who_one_is_and_until_when() {
    let world = world(Options::new(Kind::SourceHut)).await;
    let token = token("");
    let query = "{ me { canonicalName } version { major minor patch } }";
    let got = ask(&world, &token, query, json!({})).await.is(200);
    assert_eq!(got.at("data.me.canonicalName"), "~octocat");
    assert_eq!(got.at("data.version"), json!({"major": 0, "minor": 0, "patch": 0}));
    ask(&world, "", query, json!({})).await.is(401);
    ask(&world, "Digest x", query, json!({})).await.is(400);
    let got = ask(&world, &format!("{token}A"), query, json!({})).await.is(401);
    let message = "Authentication error: Invalid or expired OAuth 2.0 bearer token";
    assert_eq!(got.at("errors.0.message"), message);
    world.clock.set(World::moment("2026-02-01T00:00:00Z"));
    ask(&world, &token, query, json!({})).await.is(401);
}

#[tokio::test]
async fn an_issued_token_can_be_ended() {
    let older = Options { version: Some("0.76".to_owned()), ..Options::new(Kind::SourceHut) };
    for (options, status) in [(Options::new(Kind::SourceHut), 401), (older, 403)] {
        let world = world(options).await;
        let wanted = Token::new("", "personal", "octocat").scopes(&["git.sr.ht/REPOSITORIES:RO"]);
        let token = world.forge.issue(wanted);
        let query = "{ me { repositories { results { name visibility } cursor } } }";
        let got = ask(&world, &token, query, json!({})).await.is(200);
        assert_eq!(got.at("errors.0.message"), "Access denied");
        assert_eq!((got.at("errors.0.path"), got.at("data")), (json!(["me"]), json!(null)));
        ask(&world, &token, "{ repositories { results { name } } }", json!({}))
            .await
            .at("data.repositories");
        world.forge.revoke(&token);
        ask(&world, &token, query, json!({})).await.is(status);
    }
}

#[tokio::test]
async fn repositories_a_page_at_a_time() {
    let world = world(Options::new(Kind::SourceHut)).await;
    let token = token("git.sr.ht/PROFILE git.sr.ht/REPOSITORIES:RO");
    let query = "query mine($cursor: Cursor) { me { repositories(cursor: $cursor, filter: {count: 1}) \
                 { cursor results { id name visibility owner { canonicalName } } } } }";
    let first = ask(&world, &token, query, json!({})).await.is(200);
    let page = "data.me.repositories";
    assert_eq!(first.at(&format!("{page}.results.0.name")), "secret");
    let cursor = first.at(&format!("{page}.cursor"));
    let second = ask(&world, &token, query, json!({"cursor": cursor})).await.is(200);
    assert_eq!(second.at(&format!("{page}.results.0.visibility")), "PUBLIC");
    assert_eq!(second.at(&format!("{page}.cursor")), json!(null));
    let query = "{ user(username: \"stranger\") { repository(name: \"theirs\") { id } } }";
    let got = ask(&world, &token, query, json!({})).await.is(200);
    assert_eq!(got.at("data.user.repository"), json!(null));
    let got = ask(&world, &token, "{ me { shoeSize } }", json!({})).await.is(422);
    assert!(got.at("errors.0.message").as_str().unwrap().starts_with("Cannot query field"));
    ask(&world, &token, "{ me {", json!({})).await.is(422);
}

#[tokio::test]
async fn what_is_in_a_repository() {
    let world = world(Options::new(Kind::SourceHut)).await;
    let query = "fragment who on Commit { id author { name } } \
                 { me { repository(name: \"secret\") { HEAD { name } \
                 references { results { name follow { ... on Commit { shortId } } } } \
                 log { results { ...who message } } \
                 file: path(path: \"Dockerfile\") { mode object { ... on TextBlob { text } } } \
                 folder: path(path: \"src\") { object { ... on Tree { entries { results { name } } } } } \
                 none: path(path: \"nothing\") { name } } } }";
    let got = ask(&world, &token(""), query, json!({})).await.is(200);
    let it = |path: &str| got.at(&format!("data.me.repository.{path}"));
    assert_eq!((it("HEAD.name"), it("none")), ("refs/heads/main".into(), json!(null)));
    assert_eq!(it("references.results.0.name"), "refs/heads/feature/one");
    assert_eq!(it("log.results.0.message"), "A program\n");
    assert_eq!(it("log.results.0.author.name"), "Mona Lisa");
    assert!(it("file.object.text").as_str().unwrap().starts_with("FROM scratch"));
    assert_eq!(it("folder.object.entries.results.0.name"), "app");
    let weak = token("PROFILE REPOSITORIES");
    let got = ask(&world, &weak, query, json!({})).await.is(200);
    assert_eq!(got.at("errors.0.message"), "Access denied");
}

#[tokio::test]
async fn git_reads_what_is_public_and_writes_nothing() {
    let world = world(Options::new(Kind::SourceHut)).await;
    let list = async |path: &str| world.git.run(&["ls-remote", &world.forge.clone_url(path)]).await;
    assert!(list("~octocat/open").await.ok());
    assert!(list("~octocat/secret").await.stderr.contains("not found"));
    let work = world.git.sample("work", &[("a", b"a")]).await;
    let refused = work.run(&["push", &world.forge.clone_url("~octocat/open"), "main:new"]).await;
    assert!(refused.stderr.contains("403"), "{}", refused.stderr);
}
