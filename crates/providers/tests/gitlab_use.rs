//! What a GitLab token is used for, against a forge: looking around, webhooks, files and tags.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use common::lab::Lab;
use common::path;
use domain::ErrorKind;
use domain::Secret;
use domain::provider::Provider;
use forges::Kind;
use forges::Repository;
use forges::Token;
use forges::User;
use forges::seed;
use githost::Behaviour;
use http_body_util::BodyExt;
use providers::shapes::CommitQuery;
use providers::shapes::EntryKind;
use providers::shapes::FileChange;
use providers::shapes::HookEvent;
use providers::shapes::Listed;
use providers::shapes::NewTag;
use providers::shapes::RepositoryQuery;
use providers::shapes::WantedHook;

const APP: &str = "acme/tools/app";

/// `maintainer` of the group `acme` with three projects in it, and a personal token.
async fn lab() -> (Lab, String) {
    let lab = Lab::cloud(Kind::GitLab, Provider::GitLab).await;
    lab.forge.add_user(User::new("maintainer"));
    lab.forge.add_user(User::organization("acme").member("maintainer", "maintainer"));
    lab.forge.add_user(User::organization("acme/tools"));
    for name in [APP, "acme/website", "maintainer/notes"] {
        lab.forge.add_repository(Repository::private(name)).unwrap();
    }
    let token = lab.forge.issue(Token::new("", "personal", "maintainer").scopes(&["api"]));
    (lab, token)
}

fn paths(listed: &Listed<providers::shapes::Repository>) -> Vec<&str> {
    let mut paths: Vec<_> = listed.items.iter().map(|it| it.path.as_str()).collect();
    paths.sort_unstable();
    paths
}

fn query(namespace: Option<&str>, search: Option<&str>) -> RepositoryQuery {
    let owned = |it: Option<&str>| it.map(str::to_owned);
    RepositoryQuery { namespace: owned(namespace), search: owned(search) }
}

#[tokio::test]
async fn namespaces_and_projects_over_pages() {
    let (lab, token) = lab().await;
    lab.forge.page_max(1);
    let login = lab.login(&token);
    let api = login.api(&lab.desk.tools);
    let namespaces = lab.adapter().namespaces(&api).await.unwrap();
    let mut found: Vec<_> =
        namespaces.items.iter().map(|it| (it.path.as_str(), it.is_user)).collect();
    found.sort_unstable();
    assert_eq!(found, [("acme", false), ("acme/tools", false), ("maintainer", true)]);

    let get = async |query| lab.adapter().repositories(&api, &query).await.unwrap();
    lab.desk.calls();
    let all = get(query(None, None)).await;
    assert_eq!(paths(&all), [APP, "acme/website", "maintainer/notes"]);
    assert!(all.is_complete && lab.desk.calls().len() <= 4);
    let app = all.items.iter().find(|it| it.path.as_str() == APP).unwrap();
    assert_eq!((app.is_private, app.may_administer), (Some(true), Some(true)));
    assert_eq!(app.clone_url.as_deref(), Some(lab.forge.clone_url(APP).as_str()));
    assert_eq!(paths(&get(query(Some("acme"), None)).await), [APP, "acme/website"]);
    assert_eq!(paths(&get(query(Some("acme"), Some("web"))).await), ["acme/website"]);
    assert_eq!(paths(&get(query(Some("acme/tools"), None)).await), [APP]);
    assert_eq!(paths(&get(query(Some("maintainer"), None)).await), ["maintainer/notes"]);
    assert_eq!(paths(&get(query(None, Some("tools"))).await), [APP]);
    let one = lab.adapter().repository(&api, &path(APP)).await.unwrap();
    assert_eq!((one.name.as_str(), one.is_archived), ("app", Some(false)));
    let missing = lab.adapter().repository(&api, &path("acme/nothing")).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn branches_tags_and_commits() {
    let (lab, token) = lab().await;
    let login = lab.login(&token);
    let (api, app) = (login.api(&lab.desk.tools), path(APP));
    let adapter = lab.adapter();
    let branches = adapter.branches(&api, &app, None).await.unwrap().items;
    let names: Vec<_> = branches.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, [seed::BRANCH, "main"]);
    let some = adapter.branches(&api, &app, Some("one")).await.unwrap().items;
    assert_eq!((some.len(), some[0].name.as_str()), (1, seed::BRANCH));
    let tags = adapter.tags(&api, &app, None).await.unwrap().items;
    assert_eq!((tags.len(), tags[0].name.as_str()), (1, seed::TAG));

    let commits = async |reference: Option<&str>, path: Option<&str>, count| {
        let owned = |it: Option<&str>| it.map(str::to_owned);
        let query = CommitQuery { reference: owned(reference), path: owned(path), count };
        adapter.commits(&api, &app, &query).await.unwrap()
    };
    let newest = commits(None, None, 1).await;
    assert_eq!((newest.items.len(), newest.is_complete), (1, false));
    assert_eq!(newest.items[0].message.trim(), "A program");
    assert_eq!(newest.items[0].id, branches[1].commit);
    assert_eq!(newest.items[0].author_name, "Mona Lisa");
    assert_eq!(newest.items[0].created_at.unwrap().to_string(), "2026-01-01T00:02:00.000Z");
    assert_eq!(commits(Some(seed::BRANCH), None, 50).await.items.len(), 4);
    let of_file = commits(Some("main"), Some("Dockerfile"), 50).await;
    assert_eq!((of_file.items.len(), of_file.items[0].id.as_str()), (1, tags[0].commit.as_str()));
}

#[tokio::test]
async fn folders_files_and_archives() {
    let (lab, token) = lab().await;
    let login = lab.login(&token);
    let (api, app) = (login.api(&lab.desk.tools), path(APP));
    let adapter = lab.adapter();
    let root = adapter.tree(&api, &app, "main", "").await.unwrap();
    let mut rows: Vec<_> = root.items.iter().map(|it| (it.name.as_str(), it.kind)).collect();
    rows.sort_unstable_by_key(|(name, _)| *name);
    let expected = [
        ("Dockerfile", EntryKind::File),
        ("README.md", EntryKind::File),
        ("src", EntryKind::Folder),
    ];
    assert_eq!(rows, expected);
    let below = adapter.tree(&api, &app, "main", "src/app").await.unwrap().items;
    assert_eq!(below[0].path, "src/app/start.sh");
    let idea = adapter.file(&api, &app, seed::BRANCH, "docs/idea.md").await.unwrap();
    assert_eq!(idea.content, "An idea.\n");
    assert_eq!(idea.id.unwrap().len(), 40);
    let missing = adapter.file(&api, &app, "main", "docs/idea.md").await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    let archive = adapter.archive(&api, &app, seed::BRANCH).await.unwrap();
    let bytes = archive.body.collect().await.unwrap().to_bytes();
    assert_eq!(bytes[..2], [0x1f, 0x8b]);
}

#[tokio::test]
async fn files_are_made_changed_and_removed() {
    let (lab, token) = lab().await;
    let login = lab.login(&token);
    let (api, app) = (login.api(&lab.desk.tools), path(APP));
    let adapter = lab.adapter();
    let send = async |change: FileChange| adapter.change_file(&api, &app, &change).await;
    let name = "docs/a name ü.md";
    let change = FileChange {
        path: name.to_owned(),
        branch: "main".to_owned(),
        message: "A change".to_owned(),
        content: Some(Bytes::from_static(b"new\n\xff")),
        based_on: None,
    };
    send(change.clone()).await.unwrap();
    let read = adapter.file(&api, &app, "main", name).await.unwrap();
    assert_eq!(read.content, Bytes::from_static(b"new\n\xff"));
    assert_eq!(send(change.clone()).await.unwrap_err().kind(), ErrorKind::Conflict);
    let newer = FileChange {
        content: Some(Bytes::from_static(b"newer\n")),
        based_on: read.id,
        ..change.clone()
    };
    send(newer.clone()).await.unwrap();
    let stale = FileChange { content: Some(Bytes::from_static(b"other\n")), ..newer };
    assert_eq!(send(stale).await.unwrap_err().kind(), ErrorKind::Conflict);
    let gone = FileChange { content: None, ..change };
    send(gone.clone()).await.unwrap();
    assert_eq!(send(gone).await.unwrap_err().kind(), ErrorKind::NotFound);
    let read = adapter.file(&api, &app, "main", name).await.unwrap_err();
    assert_eq!(read.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn tags_are_made_and_removed() {
    let (lab, token) = lab().await;
    let login = lab.login(&token);
    let (api, app) = (login.api(&lab.desk.tools), path(APP));
    let adapter = lab.adapter();
    let head = adapter.branches(&api, &app, Some("feature")).await.unwrap().items.remove(0).commit;
    for message in [None, Some("A release".to_owned())] {
        let name = format!("v2/{}", message.is_some());
        let tag = NewTag { name: name.clone(), target: seed::BRANCH.to_owned(), message };
        let made = adapter.create_tag(&api, &app, &tag).await.unwrap();
        assert_eq!((made.name.as_str(), made.commit.as_str()), (name.as_str(), head.as_str()));
        let again = adapter.create_tag(&api, &app, &tag).await.unwrap_err();
        assert_eq!(again.kind(), ErrorKind::Conflict);
        adapter.delete_tag(&api, &app, &name).await.unwrap();
        let gone = adapter.delete_tag(&api, &app, &name).await.unwrap_err();
        assert_eq!(gone.kind(), ErrorKind::NotFound);
    }
}

const EVENTS: [HookEvent; 2] = [HookEvent::Push, HookEvent::PullRequest];

fn wanted(secret: Option<&Secret>, is_active: bool) -> WantedHook<'_> {
    WantedHook { url: "http://127.0.0.1:9/hook", events: &EVENTS, secret, is_active }
}

fn signing() -> Secret {
    Secret::from(format!("whsec_{}", STANDARD.encode([7; 32])))
}

#[tokio::test]
async fn webhooks_sign_where_they_can() {
    let (lab, token) = lab().await;
    let login = lab.login(&token);
    let (api, app) = (login.api(&lab.desk.tools), path(APP));
    let adapter = lab.adapter();
    let secret = signing();
    let made = adapter.create_hook(&api, &app, &wanted(Some(&secret), true)).await.unwrap();
    assert_eq!((made.events.as_slice(), made.is_signed), (&EVENTS[..], Some(true)));
    let kept = || lab.forge.hooks(APP).pop().unwrap();
    assert_eq!(kept().events, ["push_events", "merge_requests_events"]);
    assert_eq!(kept().signing_secret.as_deref(), secret.expose_text());
    assert_eq!(kept().secret, None, "what signs is never repeated");
    assert_eq!(adapter.hooks(&api, &app).await.unwrap().items, std::slice::from_ref(&made));
    assert_eq!(lab.desk.calls().len(), 2);

    let off = adapter.update_hook(&api, &app, &made.id, &wanted(None, false)).await.unwrap();
    assert_eq!((off.events.len(), kept().events.len()), (0, 0));
    assert_eq!(kept().signing_secret.as_deref(), secret.expose_text());
    adapter.delete_hook(&api, &app, &made.id).await.unwrap();
    let gone = adapter.delete_hook(&api, &app, &made.id).await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn an_older_instance_repeats_the_secret_instead() {
    let (lab, token) = lab().await;
    lab.forge.without("signing_token");
    let login = lab.login(&token);
    let (api, app) = (login.api(&lab.desk.tools), path(APP));
    let adapter = lab.adapter();
    let secret = signing();
    let made = adapter.create_hook(&api, &app, &wanted(Some(&secret), true)).await.unwrap();
    assert_eq!(made.is_signed, Some(false));
    let kept = || lab.forge.hooks(APP).pop().unwrap();
    assert_eq!(kept().secret.as_deref(), secret.expose_text());
    assert_eq!(lab.desk.calls().len(), 2);
    let plain = Secret::from("plain".to_owned());
    adapter.update_hook(&api, &app, &made.id, &wanted(Some(&plain), true)).await.unwrap();
    assert_eq!(kept().secret.as_deref(), Some("plain"));
    assert_eq!(lab.desk.calls().len(), 1);
}

#[tokio::test]
async fn a_webhook_that_cannot_be_given_its_secret_does_not_stay() {
    let (lab, token) = lab().await;
    lab.forge.without("signing_token");
    let login = lab.login(&token);
    let (api, app) = (login.api(&lab.desk.tools), path(APP));
    let (secret, adapter) = (signing(), lab.adapter());
    // The second call of the two is answered badly, the third is not.
    let first = adapter.create_hook(&api, &app, &wanted(Some(&secret), true)).await.unwrap();
    adapter.delete_hook(&api, &app, &first.id).await.unwrap();
    let next: u64 = first.id.parse::<u64>().unwrap() + 1;
    let place = format!("/api/v4/projects/acme%2Ftools%2Fapp/hooks/{next}");
    lab.forge.behave(&place, Some(Behaviour::Html));
    lab.desk.calls();
    let outcome = adapter.create_hook(&api, &app, &wanted(Some(&secret), true)).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Upstream);
    let calls = lab.desk.calls();
    assert_eq!(calls[1], format!("PUT {place} 200"));
    assert_eq!(calls[2], format!("DELETE {place} 200"), "it was tried to take it away");
}
