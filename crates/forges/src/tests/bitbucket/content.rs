//! What is in a repository, and changing it.

use serde_json::Value;
use serde_json::json;

use super::access_token;
use super::api_token;
use super::world;
use crate::Happening;

const BASE: &str = "/repositories/acme/app";

#[tokio::test]
async fn branches_tags_and_commits() {
    let world = world().await;
    let token = access_token(&world, &["repository"]);
    let get = async |path: &str| world.get(&token, &format!("{BASE}{path}")).await;
    let branches = get("/refs/branches?q=name~%22one%22").await.is(200);
    assert_eq!(
        (branches.at("size"), branches.at("values.0.name")),
        (1.into(), "feature/one".into())
    );
    let main = get("/refs/branches/main").await.is(200).at("target.hash");
    get("/refs/branches/feature/one").await.is(200);
    get("/refs/branches/nothing").await.is(404);
    assert_eq!(get("/refs/tags").await.is(200).at("values.0.type"), "tag");
    let commits = get("/commits/main?pagelen=1").await.is(200);
    assert_eq!(commits.at("values.0.hash"), main);
    assert!(commits.json().get("size").is_none() && commits.json().get("next").is_some());
    let one = get(&format!("/commit/{}", &main.as_str().unwrap()[..12])).await.is(200);
    assert_eq!(
        (one.at("hash"), one.at("author.raw")),
        (main, "Mona Lisa <octocat@example.invalid>".into())
    );
    let got = get("/commit/nothing").await.is(404);
    assert_eq!(got.at("error.data.shas.0"), "nothing");
}

#[tokio::test]
async fn files_and_folders() {
    let world = world().await;
    let token = access_token(&world, &["repository"]);
    let get = async |path: &str| world.get(&token, &format!("{BASE}{path}")).await;
    let root = get("/src").await.is(302);
    let header = format!("Authorization: Bearer {token}\r\n");
    let list = world.raw("GET", root.header("location"), &header, "").await.is(200);
    assert_eq!(
        (list.at("values.0.path"), list.at("values.2.type")),
        ("Dockerfile".into(), "commit_directory".into())
    );
    assert_eq!(get("/src/main/README.md").await.is(200).text(), "# app\n");
    let meta = get("/src/main/README.md?format=meta").await.is(200);
    assert_eq!((meta.at("type"), meta.at("size")), ("commit_file".into(), 6.into()));
    get("/src/main/nothing").await.is(404);
    // The name of a branch with a slash is not understood, however it is written.
    get("/src/feature/one/docs/idea.md").await.is(404);
    get("/src/feature%2Fone/docs/idea.md").await.is(404);
    let sha = get("/refs/branches/feature/one").await.at("target.hash");
    get(&format!("/src/{}/docs/idea.md", sha.as_str().unwrap())).await.is(200);
}

#[tokio::test]
async fn archives_are_particular() {
    let world = world().await;
    let (value, person) = api_token(&world, &super::ALL);
    let url = format!("{}/acme/app/get/main.tar.gz", world.forge.url());
    let ask = async |url: &str, authorization: &str| {
        world.raw("GET", url, &format!("Authorization: {authorization}\r\n"), "").await
    };
    let got = world.raw("GET", &url, "", "").await.is(302);
    assert!(got.body.is_empty() && got.header("location").contains("/account/signin/"));
    ask(&url, &super::basic("x-bitbucket-api-token-auth", &value)).await.is(302);
    assert!(ask(&url, &person).await.is(200).body.starts_with(&[0x1f, 0x8b]));
    let token = access_token(&world, &["repository"]);
    ask(&url, &format!("Bearer {token}")).await.is(403);
    world.raw("GET", &format!("{url}?access_token={token}"), "", "").await.is(403);
    world.raw("GET", &url.replace("app/", "open/"), "", "").await.is(200);
}

#[tokio::test]
async fn files_are_committed_as_a_form() {
    let world = world().await;
    let token = access_token(&world, &["repository:write"]);
    let src = format!("{BASE}/src");
    let form = "message=New&branch=main&author=Mona%20%3Cm@example.invalid%3E&/docs/a.txt=one&\
                files=README.md";
    let made = world.send("POST", &token, &src, form).await.is(201);
    let commit = made.header("location").to_owned();
    let header = format!("Authorization: Bearer {token}\r\n");
    let commit = world.raw("GET", &commit, &header, "").await.is(200);
    assert_eq!(commit.at("author.raw"), "Mona <m@example.invalid>");
    assert_eq!(world.get(&token, &format!("{src}/main/docs/a.txt")).await.is(200).text(), "one");
    world.get(&token, &format!("{src}/main/README.md")).await.is(404);
    let parts = "--b\r\nContent-Disposition: form-data; name=\"docs/b.bin\"; filename=\"b\"\r\n\r\n\
                 two\r\n--b\r\nContent-Disposition: form-data; name=\"branch\"\r\n\r\nfresh\r\n--b--\r\n";
    let kind = format!("{header}Content-Type: multipart/form-data; boundary=b\r\n");
    let url = format!("{}{src}", world.forge.api_url());
    world.raw("POST", &url, &kind, parts).await.is(201);
    assert_eq!(world.get(&token, &format!("{src}/fresh/docs/b.bin")).await.is(200).text(), "two");
    world.send("POST", &token, &src, "message=Nothing").await.is(400);
    let weak = access_token(&world, &["repository"]);
    world.send("POST", &weak, &src, form).await.is(403);
}

#[tokio::test]
async fn branches_and_tags_are_made_and_deleted() {
    let world = world().await;
    let token = access_token(&world, &["repository:write"]);
    for (folder, name) in [("branches", "new"), ("tags", "v2")] {
        let refs = format!("{BASE}/refs/{folder}");
        let body = json!({"name": name, "target": {"hash": "main"}}).to_string();
        assert_eq!(world.send("POST", &token, &refs, &body).await.is(201).at("name"), name);
        world.send("POST", &token, &refs, &body).await.is(400);
        world.send("DELETE", &token, &format!("{refs}/{name}"), "").await.is(204);
        world.send("DELETE", &token, &format!("{refs}/{name}"), "").await.is(404);
    }
}

#[tokio::test]
async fn pull_requests() {
    let world = world().await;
    let token = access_token(&world, &["pullrequest:write", "webhook"]);
    let pulls = format!("{BASE}/pullrequests");
    let body =
        json!({"title": "An idea", "source": {"branch": {"name": "feature/one"}}}).to_string();
    let made = world.send("POST", &token, &pulls, &body).await.is(201);
    assert_eq!((made.at("id"), made.at("destination.branch.name")), (1.into(), "main".into()));
    assert_eq!(made.at("source.commit.hash").as_str().unwrap().len(), 12);
    assert_eq!(world.get(&token, &pulls).await.is(200).at("size"), 1);
    world.send("POST", &access_token(&world, &["pullrequest"]), &pulls, &body).await.is(403);
    let receiver = world.receiver().await;
    let hook = json!({"url": receiver.url(), "events": ["pullrequest:fulfilled"]}).to_string();
    world.send("POST", &token, &format!("{BASE}/hooks"), &hook).await.is(201);
    let branches = ("feature/one", "main");
    for (happening, count) in [(Happening::Updated, 0), (Happening::Merged, 1)] {
        let sent = world.forge.deliver_change("acme/app", branches, happening).await.unwrap();
        assert_eq!(sent.len(), count);
    }
    let seen = receiver.journal();
    assert_eq!(seen[0].header("x-event-key"), Some("pullrequest:fulfilled"));
    let hook = world.delivered("acme/app", 1).await;
    let payload: Value = serde_json::from_str(&hook.deliveries[0].body).unwrap();
    assert_eq!(payload["pullrequest"]["state"], "MERGED");
    assert_eq!(world.get(&token, &format!("{pulls}?state=MERGED")).await.at("size"), 1);
}
