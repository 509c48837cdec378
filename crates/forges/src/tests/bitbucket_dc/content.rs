//! What is in a repository, changing it, and signing in.

use serde_json::Value;
use serde_json::json;

use super::repository_token;
use super::world;
use crate::Application;
use crate::Happening;

const BASE: &str = "/projects/PROJ/repos/app";

#[tokio::test]
async fn branches_tags_commits_and_files() {
    let world = world().await;
    let token = repository_token(&world, &["REPO_READ"]);
    let get = async |path: &str| world.get(&token, &format!("{BASE}{path}")).await;
    let branches = get("/branches?filterText=ONE").await.is(200);
    assert_eq!(
        (branches.at("size"), branches.at("values.0.displayId")),
        (1.into(), "feature/one".into())
    );
    let main = get("/default-branch").await.is(200).at("latestCommit");
    assert_eq!(get("/tags").await.is(200).at("values.0.type"), "TAG");
    get("/tags/v1.0").await.is(200);
    let commits = get("/commits?until=main&limit=1").await.is(200);
    assert_eq!((commits.at("values.0.id"), commits.at("nextPageStart")), (main.clone(), 1.into()));
    assert_eq!(
        get(&format!("/commits/{}", main.as_str().unwrap())).await.at("message"),
        "A program"
    );
    let got = get("/commits/nothing").await.is(404);
    assert_eq!(
        got.at("errors.0.exceptionName"),
        "com.atlassian.bitbucket.commit.NoSuchCommitException"
    );
    assert_eq!(get("/files?at=main").await.is(200).at("values.2"), "src/app/start.sh");
    let root = get("/browse?at=refs/heads/main").await.is(200);
    assert_eq!(
        (root.at("children.values.2.type"), root.at("children.isLastPage")),
        ("DIRECTORY".into(), true.into())
    );
    assert_eq!(get("/browse/README.md").await.is(200).at("lines.0.text"), "# app");
    let raw = get("/raw/docs/idea.md?at=refs%2Fheads%2Ffeature%2Fone").await.is(200);
    assert_eq!(raw.text(), "An idea.\n");
    get("/raw/nothing").await.is(404);
    let archive = get("/archive?at=main&format=tgz&path=src").await.is(200);
    assert!(archive.body.starts_with(&[0x1f, 0x8b]));
    get("/archive?format=rar").await.is(400);
    get("/archive?path=nothing").await.is(404);
}

#[tokio::test]
async fn files_branches_and_tags_are_written() {
    let world = world().await;
    let token = repository_token(&world, &["REPO_WRITE"]);
    let part = |name: &str, value: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let put = async |token: &str, fields: &[(&str, &str)]| {
        let parts: String = fields.iter().map(|(name, value)| part(name, value)).collect();
        let headers = format!(
            "Authorization: Bearer {token}\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        );
        let url = format!("{}{BASE}/browse/docs/a.txt", world.forge.api_url());
        world.raw("PUT", &url, &headers, &format!("{parts}--b--\r\n")).await
    };
    let made =
        put(&token, &[("content", "one"), ("branch", "main"), ("message", "New")]).await.is(200);
    assert_eq!(made.at("message"), "New");
    let id = made.at("id");
    put(&token, &[("content", "two"), ("branch", "main")]).await.is(409);
    let known = [("content", "two"), ("branch", "main"), ("sourceCommitId", id.as_str().unwrap())];
    put(&token, &known).await.is(200);
    put(&token, &known).await.is(409);
    assert_eq!(world.get(&token, &format!("{BASE}/raw/docs/a.txt")).await.text(), "two");
    put(&repository_token(&world, &["REPO_READ"]), &known).await.is(401);

    let send = async |method: &str, url: &str, body: &Value| {
        let header = format!("Authorization: Bearer {token}\r\n");
        world.raw(method, &format!("{}{url}", world.forge.url()), &header, &body.to_string()).await
    };
    let api = format!("/rest/api/latest{BASE}");
    let body = json!({"name": "new", "startPoint": "main", "message": "New"});
    assert_eq!(
        send("POST", &format!("{api}/branches"), &body).await.is(200).at("isDefault"),
        false
    );
    send("POST", &format!("{api}/branches"), &body).await.is(409);
    assert!(send("POST", &format!("{api}/tags"), &body).await.is(200).at("hash").is_string());
    let branches = format!("/rest/branch-utils/latest{BASE}/branches");
    send("DELETE", &branches, &json!({"name": "refs/heads/new"})).await.is(204);
    send("DELETE", &branches, &json!({"name": "main"})).await.is(400);
    send("DELETE", &format!("/rest/git/latest{BASE}/tags/new"), &json!({})).await.is(204);
}

#[tokio::test]
async fn pull_requests() {
    let world = world().await;
    let token = repository_token(&world, &["REPO_ADMIN"]);
    let pulls = format!("{BASE}/pull-requests");
    let body = json!({
        "title": "An idea", "fromRef": {"id": "refs/heads/feature/one"}, "toRef": {"id": "main"},
    });
    let made = world.send("POST", &token, &pulls, &body.to_string()).await.is(201);
    assert_eq!((made.at("id"), made.at("fromRef.displayId")), (1.into(), "feature/one".into()));
    let receiver = world.receiver().await;
    let hook = json!({"name": "ours", "url": receiver.url(), "events": ["pr:from_ref_updated"]});
    world.send("POST", &token, &format!("{BASE}/webhooks"), &hook.to_string()).await.is(201);
    let branches = ("feature/one", "main");
    let sent = world.forge.deliver_change("PROJ/app", branches, Happening::Updated).await.unwrap();
    let payload: Value = serde_json::from_str(&sent[0].body).unwrap();
    assert_eq!(payload["previousFromHash"], made.at("fromRef.latestCommit"));
    world.forge.deliver_change("PROJ/app", branches, Happening::Closed).await.unwrap();
    let got = world.get(&token, &format!("{pulls}?state=DECLINED")).await.is(200);
    assert_eq!(got.at("size"), 1);
}

#[tokio::test]
async fn signing_in() {
    let world = world().await;
    let back = "http://127.0.0.1:9/callback";
    world.forge.add_application(Application::new("client", "secret").redirect_uri(back));
    world.forge.sign_in(Some("octocat"));
    let url = world.forge.url();
    let query = "client_id=client&response_type=code&scope=REPO_READ";
    let got =
        world.raw("GET", &format!("{url}/rest/oauth2/latest/authorize?{query}"), "", "").await;
    let pairs = crate::codes::pairs(got.is(302).header("location").split_once('?').unwrap().1);
    let form = format!(
        "grant_type=authorization_code&client_id=client&client_secret=secret&code={}",
        pairs[0].1
    );
    let address = format!("{url}/rest/oauth2/latest/token");
    let got = world.raw("POST", &address, "", &form).await.is(200);
    let value = got.at("access_token").as_str().unwrap().to_owned();
    let it = world.get(&value, BASE).await.is(200);
    assert_eq!((it.header("x-ausername"), got.at("scope")), ("octocat", "REPO_READ".into()));
    world.get(&value, &format!("{BASE}/webhooks")).await.is(401);
    assert_eq!(world.raw("POST", &address, "", &form).await.is(400).at("error"), "invalid_grant");
}
