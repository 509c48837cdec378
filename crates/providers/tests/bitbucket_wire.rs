//! What Bitbucket's two adapters send to look around and to change things, where it is particular.
#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use std::sync::Arc;
use std::sync::Mutex;

use bytes::Bytes;
use common::Desk;
use common::Login;
use common::path;
use common::script::Said;
use common::script::Script;
use common::site;
use domain::ErrorKind;
use domain::provider::Provider;
use http::Request;
use providers::Adapter;
use providers::adapter;
use providers::shapes::FileChange;
use providers::shapes::HookEvent;
use providers::shapes::RepositoryQuery;
use providers::shapes::WantedHook;
use serde_json::Value;
use serde_json::json;

const HEAD: &str = "0123456789abcdef0123456789abcdef01234567";
const NEXT: &str = "76543210fedcba9876543210fedcba9876543210";
const REPO: &str = "/2.0/repositories/acme/app";
const DC_REPO: &str = "/rest/api/latest/projects/acme/repos/app";

/// Whatever changes something, as it was sent: method, target, body.
type Sent = Arc<Mutex<Vec<(String, String, String)>>>;

/// A host, and what was sent to it.
async fn script(
    answer: impl Fn(&Request<Bytes>, &str) -> Said + Send + Sync + 'static,
) -> (Script, Sent) {
    let sent = Sent::default();
    let keep = Arc::clone(&sent);
    let script = Script::start(move |request, target| {
        if request.method() != http::Method::GET {
            let body = String::from_utf8_lossy(request.body()).into_owned();
            let line = (request.method().to_string(), target.to_owned(), body);
            keep.lock().unwrap().push(line);
        }
        answer(request, target)
    })
    .await;
    (script, sent)
}

fn cloud() -> &'static dyn Adapter {
    adapter(Provider::Bitbucket)
}

fn data_center() -> &'static dyn Adapter {
    adapter(Provider::BitbucketDc)
}

fn absent() -> Said {
    Said::json(404, &json!({ "error": { "message": "Nothing here." } }))
}

fn list(values: &Value) -> Said {
    Said::json(200, &json!({ "values": values, "isLastPage": true }))
}

fn change(content: Option<&str>, based_on: Option<&str>) -> FileChange {
    FileChange {
        path: "docs/idea.md".to_owned(),
        branch: "feature/one".to_owned(),
        message: "An idea".to_owned(),
        content: content.map(|text| Bytes::copy_from_slice(text.as_bytes())),
        based_on: based_on.map(str::to_owned),
    }
}

/// The fields of a form of several parts, with their values.
fn fields(body: &str) -> Vec<(String, String)> {
    let part = |part: &str| {
        let (head, value) = part.split_once("\r\n\r\n")?;
        let name = head.split("form-data; name=\"").nth(1)?.split('"').next()?;
        Some((name.to_owned(), value.strip_suffix("\r\n")?.to_owned()))
    };
    body.split("--claviger-part-0-end").filter_map(part).collect()
}

fn field(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[tokio::test]
async fn repositories_come_from_every_workspace_and_page() {
    let (script, _) = script(|request, target| {
        let host = request.headers()["host"].to_str().unwrap();
        let one = |name: &str| json!({ "uuid": name, "full_name": name });
        let next = format!("http://{host}/2.0/repositories/acme?page=2");
        match target {
            "/2.0/user/workspaces?pagelen=100" => list(&json!([
                { "workspace": { "slug": "acme" } }, { "workspace": { "slug": "other" } }])),
            "/2.0/repositories/acme?role=member&sort=-updated_on&pagelen=100&q=name~%22a%22" => {
                Said::json(200, &json!({ "values": [one("acme/a")], "next": next }))
            }
            "/2.0/repositories/acme?page=2" => list(&json!([one("acme/aa"), one("../a")])),
            _ => Said::json(200, &json!({ "values": [one("other/a")] })),
        }
    })
    .await;
    let (desk, site) = (Desk::new(), site(Provider::Bitbucket, &script.host.url()));
    let login = Login::token(&site, "s3cret");
    let query = RepositoryQuery { search: Some("a".to_owned()), ..RepositoryQuery::default() };
    let found = cloud().repositories(&login.api(&desk.tools), &query).await.unwrap();
    let paths: Vec<&str> = found.items.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(paths, ["acme/a", "acme/aa", "other/a"]);
    assert!(found.is_complete);
    let clone_url = found.items[0].clone_url.as_deref().unwrap();
    assert_eq!(clone_url, format!("{}/acme/a.git", script.host.url()));
}

#[tokio::test]
async fn a_page_at_another_address_is_not_asked_for() {
    let (script, _) = script(|_, _| {
        let next = "https://evil.example/2.0/repositories/acme?page=2";
        Said::json(200, &json!({ "values": [], "next": next }))
    })
    .await;
    let (desk, site) = (Desk::new(), site(Provider::Bitbucket, &script.host.url()));
    let login = Login { workspace: Some("acme"), ..Login::token(&site, "s3cret") };
    let found = cloud().repositories(&login.api(&desk.tools), &RepositoryQuery::default()).await;
    assert!(found.unwrap_err().message().contains("not this API"));
    assert_eq!(desk.calls().len(), 1);
}

#[tokio::test]
async fn a_branch_with_a_slash_is_read_by_its_commit() {
    let (script, _) = script(|_, target| {
        let below = target.strip_prefix(REPO).unwrap_or_default();
        let file = format!("/src/{HEAD}/docs/idea%20one.md");
        match below {
            "/refs/branches?pagelen=1&q=name%3D%22feature%2Fone%22" => {
                list(&json!([{ "name": "feature/one", "target": { "hash": HEAD } }]))
            }
            it if it == format!("{file}?format=meta") => {
                Said::json(200, &json!({ "type": "commit_file", "commit": { "hash": HEAD } }))
            }
            it if it == file => Said(200, vec![], "An idea.\n".to_owned()),
            "/src/main/docs?format=meta" => Said::json(200, &json!({ "type": "commit_directory" })),
            _ => absent(),
        }
    })
    .await;
    let (desk, site) = (Desk::new(), site(Provider::Bitbucket, &script.host.url()));
    let login = Login::token(&site, "s3cret");
    let (api, app) = (login.api(&desk.tools), path("acme/app"));
    let file = cloud().file(&api, &app, "feature/one", "docs/idea one.md").await.unwrap();
    assert_eq!((file.content.as_ref(), file.id.as_deref()), (&b"An idea.\n"[..], Some(HEAD)));
    let folder = cloud().file(&api, &app, "main", "docs").await.unwrap_err();
    assert_eq!(folder.kind(), ErrorKind::NotFound);
    let absent = cloud().archive(&api, &app, "not/there").await.err().unwrap();
    assert_eq!(absent.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_new_file_is_put_on_the_tip_and_never_over_another() {
    let is_there = Arc::new(Mutex::new(true));
    let there = Arc::clone(&is_there);
    let (script, sent) = script(move |request, target| {
        let below = target.strip_prefix(REPO).unwrap_or_default();
        match below {
            it if it.starts_with("/refs/branches?") => {
                list(&json!([{ "name": "feature/one", "target": { "hash": HEAD } }]))
            }
            "/src" if request.method() == http::Method::POST => {
                let location = format!("https://api.bitbucket.org{REPO}/commit/{NEXT}");
                Said(201, vec![("location", location)], String::new())
            }
            it if it == format!("/src/{HEAD}/docs/idea.md?format=meta")
                && *there.lock().unwrap() =>
            {
                Said::json(200, &json!({ "type": "commit_file" }))
            }
            _ => absent(),
        }
    })
    .await;
    let (desk, site) = (Desk::new(), site(Provider::Bitbucket, &script.host.url()));
    let login = Login::token(&site, "s3cret");
    let (api, app) = (login.api(&desk.tools), path("acme/app"));
    let make = change(Some("--x\r\n"), None);
    let error = cloud().change_file(&api, &app, &make).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(sent.lock().unwrap().is_empty());
    let removed = cloud().change_file(&api, &app, &change(None, None)).await.unwrap();
    assert_eq!(removed.as_deref(), Some(NEXT));
    *is_there.lock().unwrap() = false;
    let made = cloud().change_file(&api, &app, &make).await.unwrap();
    assert_eq!(made.as_deref(), Some(NEXT));
    let error = cloud().change_file(&api, &app, &change(None, None)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let sent = sent.lock().unwrap();
    let rest =
        [field("message", "An idea"), field("branch", "feature/one"), field("parents", HEAD)];
    let removing = [&rest[..], &[field("files", "/docs/idea.md")]].concat();
    let making = [&[field("/docs/idea.md", "--x\r\n")], &rest[..]].concat();
    assert_eq!(sent.len(), 2);
    assert_eq!(fields(&sent[0].2), removing);
    assert_eq!(fields(&sent[1].2), making);
}

#[tokio::test]
async fn a_hook_that_is_changed_keeps_its_secret() {
    let hook = json!({ "uuid": "{h}", "id": 7, "url": "https://ci.example/hook", "active": false,
        "events": ["repo:push", "repo:refs_changed"], "secret_set": true });
    let (script, sent) = script(move |_, _| Said::json(200, &hook)).await;
    let desk = Desk::new();
    for (provider, id, target) in [
        (Provider::Bitbucket, "{h}", format!("{REPO}/hooks/%7Bh%7D")),
        (Provider::BitbucketDc, "7", format!("{DC_REPO}/webhooks/7")),
    ] {
        let site = site(provider, &script.host.url());
        let login = Login::token(&site, "s3cret");
        let wanted = WantedHook {
            url: "https://ci.example/hook",
            events: &[HookEvent::Push],
            secret: None,
            is_active: false,
        };
        let api = login.api(&desk.tools);
        let hook = adapter(provider).update_hook(&api, &path("acme/app"), id, &wanted).await;
        let hook = hook.unwrap();
        assert_eq!((hook.id.as_str(), hook.is_active), (id, false));
        assert_eq!(hook.events, [HookEvent::Push, HookEvent::Tag]);
        let (method, asked, body) = sent.lock().unwrap().pop().unwrap();
        assert_eq!((method.as_str(), asked), ("PUT", target));
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((body.get("secret"), body.get("configuration")), (None, None));
        assert_eq!(body["active"], false);
    }
}

#[tokio::test]
async fn folders_of_data_center_have_their_pages_within() {
    let (script, _) = script(|_, target| {
        let page = |start: u64, name: &str, kind: &str| {
            let values = json!([{ "path": { "toString": name }, "type": kind, "contentId": HEAD }]);
            let children = json!({ "values": values, "isLastPage": start > 0,
                "nextPageStart": 1, "start": start });
            Said::json(200, &json!({ "children": children }))
        };
        match target.strip_prefix(DC_REPO).unwrap_or_default() {
            "/browse/src?at=feature%2Fone&limit=500" => page(0, "app", "DIRECTORY"),
            "/browse/src?at=feature%2Fone&limit=500&start=1" => page(1, "a.txt", "FILE"),
            _ => absent(),
        }
    })
    .await;
    let (desk, site) = (Desk::new(), site(Provider::BitbucketDc, &script.host.url()));
    let login = Login::token(&site, "s3cret");
    let api = login.api(&desk.tools);
    let found =
        data_center().tree(&api, &path("scm/acme/app"), "feature/one", "/src/").await.unwrap();
    let paths: Vec<&str> = found.items.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(paths, ["src/app", "src/a.txt"]);
    assert!(found.is_complete);
}

#[tokio::test]
async fn changes_of_data_center() {
    let (script, sent) = script(|request, target| match target {
        _ if request.method() == http::Method::PUT => {
            assert_eq!(request.headers()["x-atlassian-token"], "no-check");
            Said::json(200, &json!({ "id": NEXT }))
        }
        "/rest/git/latest/projects/acme/repos/app/tags/v1/0" => Said(204, vec![], String::new()),
        _ => absent(),
    })
    .await;
    let (desk, site) = (Desk::new(), site(Provider::BitbucketDc, &script.host.url()));
    let login = Login::token(&site, "s3cret");
    let (api, app) = (login.api(&desk.tools), path("scm/acme/app"));
    let made = data_center().change_file(&api, &app, &change(Some("x"), Some(HEAD))).await;
    assert_eq!(made.unwrap().as_deref(), Some(NEXT));
    let error = data_center().change_file(&api, &app, &change(None, None)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    data_center().delete_tag(&api, &app, "v1/0").await.unwrap();
    let sent = sent.lock().unwrap();
    assert_eq!(sent[0].1, format!("{DC_REPO}/browse/docs/idea.md"));
    let wanted = [
        field("content", "x"),
        field("message", "An idea"),
        field("branch", "feature/one"),
        field("sourceCommitId", HEAD),
    ];
    assert_eq!(fields(&sent[0].2), wanted);
}
