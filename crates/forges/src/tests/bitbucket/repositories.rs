//! Which repositories are seen, a page at a time.

use super::access_token;
use super::api_token;
use super::world;
use crate::Token;
use crate::tests::client::Got;

fn paths(got: &Got) -> Vec<String> {
    let rows = got.at("values");
    rows.as_array().unwrap().iter().map(|it| it["full_name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_person_sees_by_role_and_a_token_what_it_belongs_to() {
    let world = world().await;
    let (_, person) = api_token(&world, &super::ALL);
    let list = async |token: &str, query: &str| {
        paths(&world.get(token, &format!("/repositories/acme{query}")).await.is(200))
    };
    assert_eq!(list(&person, "").await, ["acme/app", "acme/lib", "acme/open"]);
    assert_eq!(list(&person, "?role=member").await, ["acme/app", "acme/lib"]);
    assert_eq!(list(&person, "?role=admin").await, ["acme/app"]);
    let token = access_token(&world, &["repository"]);
    assert_eq!(list(&token, "?role=member&pagelen=1").await, ["acme/app"]);
    let whole = Token::new("", "workspace", "a bot").belongs_to("acme").scopes(&["repository"]);
    let whole = world.forge.issue(whole);
    assert_eq!(list(&whole, "?role=member").await.len(), 3);
    let project = Token::new("", "project", "a bot").belongs_to("acme").scopes(&["repository"]);
    let project = world.forge.issue(project.repositories(&["acme/lib"]));
    assert_eq!(list(&project, "?role=member").await, ["acme/lib"]);
    assert_eq!(list(&whole, "?q=name~%22LI%22&sort=-name").await, ["acme/lib"]);
    assert_eq!(list(&whole, "?sort=-name").await, ["acme/open", "acme/lib", "acme/app"]);
    world.get(&whole, "/repositories/acme?q=nonsense").await.is(400);
}

#[tokio::test]
async fn pages_carry_the_address_of_the_next() {
    let world = world().await;
    let (_, person) = api_token(&world, &super::ALL);
    let first = world.get(&person, "/repositories/acme?pagelen=2").await.is(200);
    assert_eq!(
        (first.at("size"), first.at("page"), first.at("pagelen")),
        (3.into(), 1.into(), 2.into())
    );
    let next = first.at("next").as_str().unwrap().to_owned();
    assert_eq!(next, format!("{}/repositories/acme?pagelen=2&page=2", world.forge.api_url()));
    let header = format!("Authorization: {person}\r\n");
    let second = world.raw("GET", &next, &header, "").await.is(200);
    assert_eq!(paths(&second), ["acme/open"]);
    assert!(second.json().get("next").is_none());
    world.get(&person, "/repositories/acme?pagelen=101").await.is(400);
    world.get(&person, "/repositories/acme?page=9").await.is(404);
}

#[tokio::test]
async fn one_repository() {
    let world = world().await;
    let (_, person) = api_token(&world, &super::ALL);
    let got = world.get(&person, "/repositories/acme/app").await.is(200);
    assert_eq!((got.at("slug"), got.at("mainbranch.name")), ("app".into(), "main".into()));
    // The address to clone names the person.
    let clone = world.forge.clone_url("acme/app").replace("://", "://octocat@");
    assert_eq!(got.at("links.clone.0.href"), clone);
    let uuid = crate::codes::encode(got.at("uuid").as_str().unwrap());
    world.get(&person, &format!("/repositories/acme/{uuid}")).await.is(200);
    let token = access_token(&world, &["repository"]);
    let got = world.get(&token, "/repositories/acme/app").await.is(200);
    assert_eq!(got.at("links.clone.0.href"), world.forge.clone_url("acme/app"));
    let got = world.get(&token, "/repositories/acme/lib").await.is(404);
    assert!(got.at("error.message").as_str().unwrap().starts_with("You may not have access"));
    world.get("", "/repositories/acme/open").await.is(200);
    world.get("", "/repositories/acme/app").await.is(404);
    let weak = access_token(&world, &["webhook"]);
    let got = world.get(&weak, "/repositories/acme/app").await.is(403);
    assert_eq!(got.header("x-accepted-oauth-scopes"), "repository");
}
