//! Who one is, and which repositories are seen.

use super::basic;
use super::repository_token;
use super::token;
use super::world;
use crate::tests::World;
use crate::tests::client::Got;

fn slugs(got: &Got) -> Vec<String> {
    let rows = got.at("values");
    rows.as_array().unwrap().iter().map(|it| it["slug"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_header_names_the_user_and_401_says_two_things() {
    let world = world().await;
    let token = token(&world, &["PROJECT_READ", "REPO_ADMIN"]);
    assert!(token.starts_with("BBDC-") && token.len() == 49);
    for form in [token.clone(), basic("octocat", &token), basic("octocat", "a password")] {
        let got = world.get(&form, "/projects").await.is(200);
        assert_eq!(got.header("x-ausername"), "octocat");
    }
    let got = world.get("", "/application-properties").await.is(200);
    assert_eq!((got.at("displayName"), got.find("x-ausername")), ("Bitbucket".into(), None));
    let got = world.get(&token, "/projects/DARK/repos/none").await.is(401);
    assert_eq!(got.at("errors.0.exceptionName"), "com.atlassian.bitbucket.AuthorisationException");
    assert_eq!(got.header("x-ausername"), "octocat");
    world.forge.revoke(&token);
    let got = world.get(&token, "/projects/PROJ/repos/app").await.is(401);
    let name = "com.atlassian.bitbucket.auth.IncorrectPasswordAuthenticationException";
    assert_eq!((got.at("errors.0.exceptionName"), got.find("x-ausername")), (name.into(), None));
    world.get(&token, "/application-properties").await.is(401);
    let got = world.get(&basic("octocat", "a password"), "/projects/PROJ/repos/no").await.is(404);
    assert_eq!(got.at("errors.0.message"), "Repository PROJ/no does not exist.");
    let whoami = format!("{}/plugins/servlet/applinks/whoami", world.forge.url());
    let header = format!("Authorization: {}\r\n", basic("octocat", "a password"));
    assert_eq!(world.raw("GET", &whoami, &header, "").await.is(200).text(), "octocat");
}

#[tokio::test]
async fn permissions_filter_and_are_no_more_than_the_users() {
    let world = world().await;
    let token_of = token(&world, &["REPO_ADMIN"]);
    let list = async |token: &str, query: &str| {
        slugs(&world.get(token, &format!("/repos{query}")).await.is(200))
    };
    assert_eq!(list(&token_of, "").await, ["app", "lib", "mine"]);
    assert_eq!(list(&token_of, "?permission=REPO_ADMIN").await, ["app", "mine"]);
    assert_eq!(list(&token_of, "?permission=REPO_ADMIN&name=AP").await, ["app"]);
    let reading = token(&world, &["REPO_READ"]);
    assert!(list(&reading, "?permission=REPO_WRITE").await.is_empty());
    assert_eq!(list(&repository_token(&world, &["REPO_WRITE"]), "").await, ["app"]);
    world.get(&token_of, "/repos?permission=NONSENSE").await.is(400);
    let got = world.get(&token_of, "/projects/~octocat/repos").await.is(200);
    assert_eq!(
        (slugs(&got), got.at("values.0.project.type")),
        (vec!["mine".to_owned()], "PERSONAL".into())
    );
    let got = world.get(&token_of, "/projects/PROJ/repos/app").await.is(200);
    assert_eq!(got.at("links.clone.1.href"), world.forge.clone_url("proj/app"));
    assert_eq!(world.get(&token_of, "/projects").await.at("values.0.key"), "PROJ");
    world.forge.edit_repository("PROJ/app", |it| it.is_archived = true);
    assert_eq!(list(&token_of, "?archived=ARCHIVED").await, ["app"]);
    assert_eq!(list(&token_of, "").await, ["lib", "mine"]);
}

#[tokio::test]
async fn the_next_page_starts_where_it_is_said() {
    let world = world().await;
    let token = token(&world, &["REPO_READ"]);
    world.forge.page_max(2);
    // The first row is one that the caller does not see.
    let first = world.get(&token, "/repos?limit=100").await.is(200);
    assert_eq!((slugs(&first), first.at("isLastPage")), (vec!["app".to_owned()], false.into()));
    assert_eq!(
        (first.at("limit"), first.at("size"), first.at("nextPageStart")),
        (2.into(), 1.into(), 2.into())
    );
    let second = world.get(&token, "/repos?limit=100&start=2").await.is(200);
    assert_eq!((slugs(&second).len(), second.at("isLastPage")), (2, true.into()));
    assert!(second.json().get("nextPageStart").is_none());
}

#[tokio::test]
async fn too_many_calls() {
    let world = world().await;
    let token = token(&world, &["REPO_READ"]);
    world.forge.limit(0, World::moment("2026-01-01T00:10:00Z"));
    let got = world.get(&token, "/repos").await.is(429);
    assert_eq!((got.header("retry-after"), got.header("x-ratelimit-remaining")), ("1", "0"));
}
