//! Who one is, what one sees, pages, and refusals with their reasons.

use serde_json::Value;
use serde_json::json;

use super::fill;
use super::personal;
use super::world;
use crate::Kind;
use crate::Options;
use crate::Token;
use crate::tests::World;
use crate::tests::client::Got;

const APP: &str = "/projects/acme%2Ftools%2Fapp";

fn paths(got: &Got) -> Vec<String> {
    let rows = got.json();
    let path = |it: &Value| it["path_with_namespace"].as_str().unwrap().to_owned();
    rows.as_array().unwrap().iter().map(path).collect()
}

#[tokio::test]
async fn the_three_messages_of_a_token_that_is_no_good() {
    let world = world().await;
    let token = personal(&world, "maintainer", &["api"]);
    world.forge.expire(&token);
    let got = world.get(&token, "/user").await.is(401);
    assert_eq!(got.at("error"), "invalid_token");
    assert!(got.at("error_description").as_str().unwrap().starts_with("Token is expired."));
    world.forge.revoke(&token);
    let got = world.get(&token, "/user").await.is(401);
    assert!(got.at("error_description").as_str().unwrap().starts_with("Token was revoked."));
    let unknown = world.get("nothing", "/user").await.is(401);
    assert_eq!(unknown.at("error_description"), "Bad Access Token.");
    let url = format!("{}/user", world.forge.api_url());
    let got = world.raw("GET", &url, "PRIVATE-TOKEN: nothing\r\n", "").await.is(401);
    assert_eq!(got.json(), json!({"message": "401 Unauthorized"}));
    let nobody = world.get("", "/user").await.is(401);
    assert_eq!(nobody.json(), json!({"message": "401 Unauthorized"}));
    assert_eq!(world.forge.journal()[3].scheme, "private-token");
}

#[tokio::test]
async fn a_scope_that_is_not_enough() {
    let world = world().await;
    let token = personal(&world, "maintainer", &["read_repository"]);
    let got = world.get(&token, "/user").await.is(403);
    assert_eq!(got.at("error"), "insufficient_scope");
    assert_eq!(got.at("scope"), "api read_api read_user");
    let user = personal(&world, "maintainer", &["read_user"]);
    assert_eq!(world.get(&user, "/user").await.is(200).at("username"), "maintainer");
    assert_eq!(world.get(&user, "/version").await.is(200).at("version"), "19.2.1-ee");
    world.get(&user, "/projects").await.is(403);
    world.get("", "/version").await.is(401);
}

#[tokio::test]
async fn roles_come_down_from_groups() {
    let world = world().await;
    let maintainer = personal(&world, "maintainer", &["api"]);
    let got = world.get(&maintainer, APP).await.is(200);
    assert_eq!(got.at("permissions.project_access"), Value::Null);
    assert_eq!(got.at("permissions.group_access.access_level"), 40);
    assert_eq!(got.at("http_url_to_repo"), world.forge.clone_url("acme/tools/app"));
    let id = got.at("id");
    world.get(&maintainer, &format!("/projects/{id}")).await.is(200);

    let stranger = personal(&world, "stranger", &["api"]);
    let got = world.get(&stranger, APP).await.is(404);
    assert_eq!(got.json(), json!({"message": "404 Project Not Found"}));
    world.get(&stranger, "/projects/acme%2Fpublic").await.is(200);
    world.get("", "/projects/acme%2Fpublic").await.is(200);

    let developer = personal(&world, "developer", &["api"]);
    let got = world.get(&developer, &format!("{APP}/hooks")).await.is(403);
    assert_eq!(got.json(), json!({"message": "403 Forbidden"}));
    let me = world.get(&developer, "/user").await.at("id");
    let member = world.get(&maintainer, &format!("{APP}/members/all/{me}")).await.is(200);
    assert_eq!(member.at("access_level"), 30);
    world.get(&maintainer, &format!("/groups/acme/members/all/{me}")).await.is(404);
    let groups = world.get(&maintainer, "/groups?min_access_level=40").await.is(200);
    assert_eq!(groups.json().as_array().unwrap().len(), 2);
    assert_eq!(
        world.get(&maintainer, "/groups/acme%2Ftools").await.at("full_name"),
        "acme / tools"
    );
}

#[tokio::test]
async fn pages_by_number_and_by_the_last_row() {
    let world = world().await;
    let token = personal(&world, "maintainer", &["read_api"]);
    let got = world.get(&token, "/projects?per_page=1&membership=true").await.is(200);
    assert_eq!((got.header("x-total"), got.header("x-next-page")), ("2", "2"));
    assert_eq!((got.header("x-prev-page"), got.header("x-total-pages")), ("", "2"));
    assert!(
        got.header("link").contains("rel=\"next\"") && got.header("link").contains("rel=\"last\"")
    );
    assert_eq!(paths(&got), ["acme/public"]);

    let target = "/projects?pagination=keyset&order_by=id&sort=asc&per_page=1";
    let first = world.get(&token, target).await.is(200);
    assert_eq!(paths(&first), ["acme/tools/app"]);
    assert_eq!(first.find("x-total"), None);
    let next = first.header("link").split_once('>').unwrap().0[1..].to_owned();
    assert!(next.contains("id_after="), "{next}");
    let auth = format!("Authorization: Bearer {token}\r\n");
    let second = world.raw("GET", &next, &auth, "").await.is(200);
    assert_eq!((paths(&second), second.find("link")), (vec!["acme/public".to_owned()], None));

    assert_eq!(paths(&world.get(&token, "/projects?search=tools").await), Vec::<String>::new());
    let with = "/projects?search=tools&search_namespaces=true&simple=true";
    let got = world.get(&token, with).await;
    assert_eq!(paths(&got), ["acme/tools/app"]);
    assert_eq!(got.json()[0].get("permissions"), None);
    let below = world.get(&token, "/groups/acme/projects?include_subgroups=true").await;
    assert_eq!(paths(&below).len(), 2);
    assert_eq!(paths(&world.get(&token, "/groups/acme/projects").await), ["acme/public"]);
}

#[tokio::test]
async fn a_renamed_project_redirects_reading_only() {
    let world = world().await;
    let token = personal(&world, "maintainer", &["api"]);
    let id = world.get(&token, APP).await.at("id");
    world.forge.rename_repository("acme/tools/app", "acme/tools/new");
    let got = world.get(&token, &format!("{APP}/hooks")).await.is(301);
    assert_eq!(got.header("location"), format!("{}/projects/{id}/hooks", world.forge.api_url()));
    world.send("POST", &token, &format!("{APP}/hooks"), "{}").await.is(404);
    let stranger = personal(&world, "stranger", &["api"]);
    world.get(&stranger, APP).await.is(404);
}

#[tokio::test]
async fn limits_are_told_only_when_there_are_any() {
    let world = world().await;
    let token = personal(&world, "maintainer", &["api"]);
    assert_eq!(world.get(&token, "/user").await.find("ratelimit-limit"), None);
    world.forge.limit(1, World::moment("2026-01-01T00:01:00Z"));
    let got = world.get(&token, "/user").await.is(200);
    assert_eq!(got.header("ratelimit-remaining"), "0");
    let got = world.get(&token, "/user").await.is(429);
    assert_eq!((got.header("retry-after"), got.text().as_str()), ("60", "Retry later\n"));
}

#[tokio::test]
async fn a_path_of_its_own() {
    let mut options = Options::new(Kind::GitLab);
    options.root_path = "/code".to_owned();
    let world = fill(World::with(options).await);
    let token = personal(&world, "maintainer", &["api"]);
    assert!(world.forge.api_url().ends_with("/code/api/v4"));
    let got = world.get(&token, APP).await.is(200);
    assert!(got.at("web_url").as_str().unwrap().ends_with("/code/acme/tools/app"));
    let url = world.clone_url("oauth2", &token, "acme/tools/app");
    world.git.run(&["ls-remote", "--exit-code", &url]).await.text();
    let outside = world.forge.api_url().replace("/code/", "/");
    let auth = format!("Authorization: Bearer {token}\r\n");
    world.raw("GET", &format!("{outside}/user"), &auth, "").await.is(404);
    assert!(!world.git.run(&["ls-remote", &url.replace("/code/", "/")]).await.ok());
}

#[tokio::test]
async fn a_fine_grained_token_says_what_it_lacks() {
    let world = world().await;
    let token = Token::new("", "fine-grained", "maintainer").permission("read_project", "");
    let token = world.forge.issue(token.repositories(&["acme/tools/app"]));
    world.get(&token, APP).await.is(200);
    let got = world.get(&token, &format!("{APP}/hooks")).await.is(403);
    assert_eq!(got.at("error"), "insufficient_granular_scope");
    assert!(got.text().contains("[read_webhook]"));
    let own = world.get(&token, "/personal_access_tokens/self").await.is(200);
    assert_eq!(own.at("granular_scopes.0.permissions"), json!(["read_project"]));
}
