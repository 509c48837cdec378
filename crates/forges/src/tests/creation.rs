//! Making repositories, as each provider's documentation and others' clients have it: where, with which
//! status, and what is said where there is one of the name already. What was made is real to git.

use serde_json::Value;
use serde_json::json;

use super::World;
use super::basic;
use crate::Kind;
use crate::Token;
use crate::User;

/// A forge with an organization, and a token that may make repositories in it.
async fn world(kind: Kind, role: &str, token: Token) -> (World, String) {
    let world = World::new(kind).await;
    world.forge.add_user(User::new("octocat"));
    world.forge.add_user(User::organization("acme").member("octocat", role));
    let token = world.forge.issue(token);
    (world, token)
}

async fn post(world: &World, token: &str, target: &str, body: Value) -> super::client::Got {
    world.send("POST", token, target, &body.to_string()).await
}

/// Pushes something to what was made, and sees it there.
async fn fill(world: &World, user: &str, token: &str, path: &str) {
    let url = world.clone_url(user, token, path);
    world.git.run(&["init", "--quiet", "--initial-branch=main", "new"]).await.text();
    let new = world.git.at("new");
    assert_eq!(new.run(&["ls-remote", &url]).await.text(), "", "it is empty");
    new.commit(&[("new.txt", b"new")], "New").await;
    new.run(&["push", "--quiet", &url, "main"]).await.text();
    let head = new.run(&["rev-parse", "HEAD"]).await.text().to_owned();
    assert!(new.run(&["ls-remote", &url, "main"]).await.text().starts_with(&head));
}

#[tokio::test]
async fn github() {
    let token = Token::new("", "classic", "octocat").scopes(&["repo"]);
    let (world, token) = world(Kind::GitHub, "member", token).await;
    let wanted = json!({"name": "a new one", "private": true, "description": "New"});
    let made = post(&world, &token, "/orgs/acme/repos", wanted.clone()).await.is(201);
    assert_eq!((made.at("full_name"), made.at("private")), ("acme/a-new-one".into(), true.into()));
    assert_eq!(made.header("location"), format!("{}/repos/acme/a-new-one", world.forge.api_url()));
    let again = post(&world, &token, "/orgs/acme/repos", wanted).await.is(422);
    assert_eq!(again.at("message"), "Repository creation failed.");
    assert_eq!(again.at("errors.0.message"), "name already exists on this account");
    let own = post(&world, &token, "/user/repos", json!({"name": "own"})).await.is(201);
    assert_eq!((own.at("full_name"), own.at("private")), ("octocat/own".into(), false.into()));
    post(&world, &token, "/user/repos", json!({})).await.is(422);
    post(&world, &token, "/orgs/octocat/repos", json!({"name": "x"})).await.is(404);
    post(&world, "", "/user/repos", json!({"name": "x"})).await.is(401);
    fill(&world, "x-access-token", &token, "acme/a-new-one").await;

    let narrow = Token::new("", "fine-grained", "octocat").belongs_to("acme");
    let reader = world.forge.issue(narrow.clone().permission("administration", "read"));
    let refused = post(&world, &reader, "/orgs/acme/repos", json!({"name": "x"})).await.is(403);
    assert_eq!(refused.at("message"), "Resource not accessible by personal access token");
    let writer = world.forge.issue(narrow.permission("administration", "write"));
    post(&world, &writer, "/orgs/acme/repos", json!({"name": "x"})).await.is(201);
    post(&world, &writer, "/user/repos", json!({"name": "x"})).await.is(403);
}

#[tokio::test]
async fn gitlab() {
    let token = Token::new("", "personal", "octocat").scopes(&["api"]);
    let (world, token) = world(Kind::GitLab, "developer", token).await;
    world.forge.add_user(User::organization("acme/tools"));
    let place = world.get(&token, "/namespaces/acme%2Ftools").await.is(200);
    assert_eq!((place.at("full_path"), place.at("kind")), ("acme/tools".into(), "group".into()));
    world.get(&token, "/namespaces/nowhere").await.is(404);
    let wanted = json!({"name": "new", "namespace_id": place.at("id")});
    let made = post(&world, &token, "/projects", wanted.clone()).await.is(201);
    assert_eq!(made.at("path_with_namespace"), "acme/tools/new");
    assert_eq!((made.at("visibility"), made.at("empty_repo")), ("private".into(), true.into()));
    let again = post(&world, &token, "/projects", wanted).await.is(400);
    assert_eq!(again.at("message.name"), json!(["has already been taken"]));
    let own = post(&world, &token, "/projects", json!({"name": "own", "visibility": "public"}));
    assert_eq!(own.await.is(201).at("path_with_namespace"), "octocat/own");
    let nowhere = json!({"name": "new", "namespace_id": 7});
    let refused = post(&world, &token, "/projects", nowhere).await.is(400);
    assert_eq!(refused.at("message.namespace"), json!(["is not valid"]));
    post(&world, &token, "/projects", json!({"name": "a.git"})).await.is(400);
    post(&world, &token, "/projects", json!({})).await.is(400);
    fill(&world, "oauth2", &token, "acme/tools/new").await;
}

#[tokio::test]
async fn bitbucket() {
    let scopes = ["repository:admin", "repository:write"];
    let token = Token::new("", "workspace", "bot").belongs_to("acme").scopes(&scopes);
    let (world, token) = world(Kind::Bitbucket, "owner", token).await;
    let wanted = json!({"scm": "git", "is_private": true});
    let made = post(&world, &token, "/repositories/acme/new", wanted.clone()).await.is(200);
    assert_eq!((made.at("full_name"), made.at("is_private")), ("acme/new".into(), true.into()));
    let again = post(&world, &token, "/repositories/acme/new", wanted.clone()).await.is(400);
    let message = "Repository with this Slug and Owner already exists.";
    assert_eq!(again.at("error.message"), message);
    post(&world, &token, "/repositories/acme/New", wanted.clone()).await.is(400);
    post(&world, &token, "/repositories/nowhere/new", wanted.clone()).await.is(404);
    post(&world, "", "/repositories/acme/x", wanted).await.is(401);
    fill(&world, "x-token-auth", &token, "acme/new").await;
}

#[tokio::test]
async fn bitbucket_dc() {
    let token = Token::new("", "user", "octocat").scopes(&["PROJECT_ADMIN"]);
    let (world, token) = world(Kind::BitbucketDc, "PROJECT_ADMIN", token).await;
    let wanted = json!({"name": "A New One", "scmId": "git"});
    let made = post(&world, &token, "/projects/acme/repos", wanted.clone()).await.is(201);
    assert_eq!((made.at("slug"), made.at("public")), ("a-new-one".into(), false.into()));
    let again = post(&world, &token, "/projects/acme/repos", wanted.clone()).await.is(409);
    assert_eq!(again.at("errors.0.message"), "This repository URL is already taken.");
    post(&world, &token, "/projects/NONE/repos", wanted.clone()).await.is(404);
    post(&world, &token, "/projects/acme/repos", json!({})).await.is(400);
    let short = world.forge.issue(Token::new("", "user", "octocat").scopes(&["REPO_ADMIN"]));
    let refused = post(&world, &short, "/projects/acme/repos", wanted).await.is(401);
    assert!(refused.text().contains("AuthorisationException"), "{}", refused.text());
    fill(&world, "octocat", &token, "acme/a-new-one").await;
}

#[tokio::test]
async fn gitea_and_forgejo() {
    for kind in [Kind::Gitea, Kind::Forgejo] {
        let scopes = ["write:organization", "write:repository", "write:user"];
        let token = Token::new("", "token", "octocat").scopes(&scopes);
        let (world, token) = world(kind, "owner", token).await;
        world.forge.add_user(User::organization("others"));
        let wanted = json!({"name": "new", "private": true});
        let made = post(&world, &token, "/orgs/acme/repos", wanted.clone()).await.is(201);
        assert_eq!((made.at("full_name"), made.at("empty")), ("acme/new".into(), true.into()));
        let again = post(&world, &token, "/orgs/acme/repos", wanted.clone()).await.is(409);
        assert_eq!(again.at("message"), "The repository with the same name already exists.");
        let refused = post(&world, &token, "/orgs/others/repos", wanted.clone()).await.is(403);
        let message = "Given user is not allowed to create repository in organization.";
        assert_eq!(refused.at("message"), message);
        post(&world, &token, "/orgs/octocat/repos", wanted.clone()).await.is(404);
        post(&world, &token, "/user/repos", json!({"name": "a/b"})).await.is(422);
        let own = post(&world, &token, "/user/repos", wanted).await.is(201);
        assert_eq!(own.at("full_name"), "octocat/new");
        fill(&world, "octocat", &token, "acme/new").await;
    }
}

#[tokio::test]
async fn gitee() {
    let token = Token::new("", "token", "octocat").scopes(&["projects", "user_info"]);
    let (world, token) = world(Kind::Gitee, "member", token).await;
    world.forge.add_user(User::organization("others"));
    let wanted = json!({"name": "new", "private": true});
    let made = post(&world, &token, "/orgs/acme/repos", wanted.clone()).await.is(201);
    assert_eq!((made.at("full_name"), made.at("private")), ("acme/new".into(), true.into()));
    let again = post(&world, &token, "/orgs/acme/repos", wanted.clone()).await.is(422);
    assert!(again.text().contains("已存在同地址仓库"), "{}", again.text());
    post(&world, &token, "/orgs/others/repos", wanted.clone()).await.is(403);
    post(&world, &token, "/orgs/nowhere/repos", wanted.clone()).await.is(404);
    let own = post(&world, &token, "/user/repos", wanted).await.is(201);
    assert_eq!(own.at("full_name"), "octocat/new");
    fill(&world, "octocat", &token, "acme/new").await;
}

#[tokio::test]
async fn sourcehut() {
    let grants = ["git.sr.ht/REPOSITORIES:RW"];
    let token = Token::new("", "oauth2", "octocat").scopes(&grants);
    let (world, token) = world(Kind::SourceHut, "RO", token).await;
    let wanted = json!({
        "query": "mutation M($name: String!) { createRepository(name: $name, visibility: PUBLIC) \
                  { name visibility owner { canonicalName } } }",
        "variables": {"name": "new"},
    });
    let made = post(&world, &token, "/query", wanted.clone()).await.is(200);
    let expected =
        json!({"name": "new", "visibility": "PUBLIC", "owner": {"canonicalName": "~octocat"}});
    assert_eq!(made.at("data.createRepository"), expected);
    let again = post(&world, &token, "/query", wanted.clone()).await.is(200);
    assert_eq!(again.at("errors.0.message"), "A repository with this name already exists.");
    let reader = Token::new("", "oauth2", "octocat").scopes(&["git.sr.ht/REPOSITORIES:RO"]);
    let reader = world.forge.issue(reader);
    let refused = post(&world, &reader, "/query", wanted).await.is(200);
    assert_eq!(refused.at("errors.0.message"), "Access denied");
    let unknown = json!({"query": "mutation { destroyEverything { id } }"});
    post(&world, &token, "/query", unknown).await.is(422);
    // Nobody pushes over HTTPS there.
    let listed = world.git.run(&["ls-remote", &world.forge.clone_url("~octocat/new")]).await;
    assert!(listed.ok(), "{}", listed.stderr);
}

#[tokio::test]
async fn a_person_of_bitbucket_says_who_they_are() {
    let scopes = ["admin:repository:bitbucket"];
    let token = Token::new("", "api", "octocat").scopes(&scopes);
    let (world, token) = world(Kind::Bitbucket, "member", token).await;
    let login = basic("octocat@example.invalid", &token);
    let wanted = json!({"scm": "git"});
    let refused = post(&world, &login, "/repositories/acme/new", wanted.clone()).await.is(400);
    let message = "You can't create repositories under this account.";
    assert_eq!(refused.at("error.fields.owner.0"), message);
    world.forge.add_user(User::organization("acme").member("octocat", "collaborator"));
    post(&world, &login, "/repositories/acme/new", wanted).await.is(200);
}
