//! Branches, tags, commits, files and archives, out of the real repository.

use serde_json::Value;

use super::value;
use super::with_classic;
use crate::Repository;
use crate::Token;
use crate::seed;
use crate::tests::client::Got;

fn names(got: &Got, field: &str) -> Vec<String> {
    let json = got.json();
    json.as_array().unwrap().iter().map(|it| it[field].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn branches_tags_and_references() {
    let (world, token) = with_classic(&["repo"]).await;
    let get = async |target: &str| world.get(&token, &format!("/repos/acme/app{target}")).await;
    assert_eq!(names(&get("/branches").await, "name"), [seed::BRANCH, "main"]);
    assert_eq!(names(&get("/tags").await, "name"), [seed::TAG]);
    let branch = get("/branches/feature/one").await.is(200);
    assert_eq!(branch.at("commit.commit.message"), "An idea");
    let missing = get("/branches/nowhere").await.is(404);
    assert_eq!(missing.at("message"), "Branch not found");
    let matching = get("/git/matching-refs/heads/feature").await;
    assert_eq!(names(&matching, "ref"), ["refs/heads/feature/one"]);
    assert_eq!(get("/git/ref/tags/v1.0").await.is(200).at("object.type"), "commit");
    get("/git/ref/tags/v9").await.is(404);

    let commits = get("/commits?sha=main").await;
    assert_eq!(commits.json().as_array().unwrap().len(), 3);
    assert_eq!(commits.at("0.commit.author.date"), "2026-01-01T00:02:00Z");
    let sha = commits.at("0.sha");
    assert_eq!(get(&format!("/commits/{}", sha.as_str().unwrap())).await.at("sha"), sha);
    get("/commits/nowhere").await.is(422);
    let tree = get("/git/trees/main?recursive=1").await.is(200);
    assert!(tree.text().contains("src/app/start.sh"));
}

#[tokio::test]
async fn files_in_their_forms() {
    let (world, token) = with_classic(&["repo"]).await;
    let get = async |target: &str| world.get(&token, &format!("/repos/acme/app{target}")).await;
    let file = get("/contents/README.md").await.is(200);
    assert_eq!(file.at("content"), format!("{}\n", crate::codes::to_base64(b"# app\n")));
    assert_eq!(file.at("encoding"), "base64");
    assert_eq!(names(&get("/contents/").await, "type"), ["file", "file", "dir"]);
    assert_eq!(names(&get("/contents/src/app").await, "path"), ["src/app/start.sh"]);
    get("/contents/docs/idea.md").await.is(404);
    get("/contents/docs/idea.md?ref=feature%2Fone").await.is(200);
    let missing = get("/contents/README.md?ref=nowhere").await.is(404);
    assert_eq!(missing.at("message"), "No commit found for the ref nowhere");
    let url = format!("{}/repos/acme/app/contents/Dockerfile", world.forge.api_url());
    let raw = "Accept: application/vnd.github.raw+json\r\n";
    let header = format!("Authorization: Bearer {token}\r\n{raw}");
    assert!(world.raw("GET", &url, &header, "").await.is(200).text().starts_with("FROM scratch"));
}

#[tokio::test]
async fn an_empty_repository() {
    let (world, token) = with_classic(&["repo"]).await;
    world.forge.add_repository(Repository::private("octocat/empty").empty()).unwrap();
    let get =
        async |target: &str| world.get(&token, &format!("/repos/octocat/empty{target}")).await;
    assert_eq!(get("/branches").await.is(200).json(), Value::Array(Vec::new()));
    assert_eq!(get("/commits").await.is(409).at("message"), "Git Repository is empty.");
    get("/contents/README.md").await.is(404);
}

#[tokio::test]
async fn an_archive_is_elsewhere_and_for_five_minutes() {
    let (world, token) = with_classic(&["repo"]).await;
    let got = world.get(&token, "/repos/acme/app/tarball/feature/one").await.is(302);
    let address = got.header("location").to_owned();
    assert!(address.contains("/codeload/acme/app/legacy.tar.gz/feature/one?token="), "{address}");
    let file = world.raw("GET", &address, "", "").await.is(200);
    assert_eq!(file.header("content-type"), "application/x-gzip");
    assert!(file.body.starts_with(&[0x1f, 0x8b]));
    let bare = address.split_once('?').unwrap().0;
    world.raw("GET", bare, "", "").await.is(404);
    world.clock.advance(std::time::Duration::from_secs(300));
    world.raw("GET", &address, "", "").await.is(404);
    let public = world.get("", "/repos/octocat/public/zipball").await.is(302);
    let zip = world.raw("GET", public.header("location"), "", "").await.is(200);
    assert!(zip.body.starts_with(b"PK"));
}

#[tokio::test]
async fn the_probes_of_a_fine_grained_token() {
    let (world, _) = with_classic(&["repo"]).await;
    let token = value("github_pat_", "F");
    let fine = Token::new(&token, "fine-grained", "octocat");
    world.forge.add_token(fine.repositories(&["octocat/private"]));
    let repo = "/repos/octocat/private";
    let set = |resource: &str, level: &str| {
        world.forge.edit_token(&token, |it| {
            it.permissions.insert(resource.to_owned(), level.to_owned());
        });
    };
    let send = async |method: &str, end: &str| {
        world.send(method, &token, &format!("{repo}{end}"), "{}").await
    };
    let no = send("GET", "/commits?per_page=1").await.is(403);
    assert_eq!(no.at("message"), "Resource not accessible by personal access token");
    assert_eq!(no.header("x-accepted-github-permissions"), "contents=read");
    send("PATCH", "/hooks/1").await.is(403);
    send("POST", "/pulls").await.is(403);
    set("contents", "read");
    set("repository_hooks", "read");
    send("GET", "/commits?per_page=1").await.is(200);
    send("GET", "/hooks").await.is(200);
    send("PATCH", "/hooks/1").await.is(403);
    set("repository_hooks", "write");
    set("pull_requests", "write");
    send("PATCH", "/hooks/1").await.is(404);
    let invalid = send("POST", "/pulls").await.is(422);
    assert_eq!(invalid.at("message"), "Validation Failed");
}
