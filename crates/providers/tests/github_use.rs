//! What a GitHub token is used for, against a forge: looking around, webhooks, files and tags.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

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
use http_body_util::BodyExt;
use providers::shapes::CommitQuery;
use providers::shapes::EntryKind;
use providers::shapes::FileChange;
use providers::shapes::HookEvent;
use providers::shapes::Listed;
use providers::shapes::NewTag;
use providers::shapes::RepositoryQuery;
use providers::shapes::WantedHook;

/// `octocat` with a private repository, two of the organization `acme`, and a classic token.
async fn lab() -> (Lab, String) {
    let lab = Lab::cloud(Kind::GitHub, Provider::GitHub).await;
    lab.forge.add_user(User::new("octocat"));
    lab.forge.add_user(User::organization("acme").member("octocat", "admin"));
    for name in ["octocat/notes", "acme/app", "acme/website"] {
        lab.forge.add_repository(Repository::private(name)).unwrap();
    }
    let token = Token::new("", "classic", "octocat").scopes(&["repo", "read:org"]);
    let token = lab.forge.issue(token);
    (lab, token)
}

fn paths(listed: &Listed<providers::shapes::Repository>) -> Vec<&str> {
    listed.items.iter().map(|it| it.path.as_str()).collect()
}

fn query(namespace: Option<&str>, search: Option<&str>) -> RepositoryQuery {
    let owned = |it: Option<&str>| it.map(str::to_owned);
    RepositoryQuery { namespace: owned(namespace), search: owned(search) }
}

#[tokio::test]
async fn namespaces_and_repositories_over_pages() {
    let (lab, token) = lab().await;
    lab.forge.page_max(1);
    let login = lab.login(&token);
    let api = login.api(&lab.desk.tools);
    let namespaces = lab.adapter().namespaces(&api).await.unwrap();
    let found: Vec<_> = namespaces.items.iter().map(|it| (it.path.as_str(), it.is_user)).collect();
    assert_eq!(found, [("octocat", true), ("acme", false)]);
    assert!(namespaces.is_complete);

    let get = async |query| lab.adapter().repositories(&api, &query).await.unwrap();
    lab.desk.calls();
    let all = get(query(None, None)).await;
    assert_eq!(lab.desk.calls().len(), 3);
    assert_eq!(paths(&all), ["octocat/notes", "acme/app", "acme/website"]);
    assert!(all.is_complete);
    let notes = &all.items[0];
    assert_eq!((notes.is_private, notes.may_administer), (Some(true), Some(true)));
    assert_eq!(notes.clone_url.as_deref(), Some(lab.forge.clone_url("octocat/notes").as_str()));
    assert_eq!(paths(&get(query(Some("acme"), None)).await), ["acme/app", "acme/website"]);
    assert_eq!(paths(&get(query(Some("octocat"), None)).await), ["octocat/notes"]);
    assert_eq!(paths(&get(query(Some("Acme"), Some("WEB"))).await), ["acme/website"]);
    let missing = lab.adapter().repository(&api, &path("acme/nothing")).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_fine_grained_and_an_installations_token_know_their_owner() {
    let (lab, _) = lab().await;
    let app = forges::Application::new("Iv1.app", "secret").permission("metadata", "read");
    lab.forge.add_application(app.clone());
    let installation = lab.forge.add_installation(forges::Installation::new(&app, "acme"));
    let mut of_app = Token::new("", "installation", "acme-app[bot]");
    of_app.installation = Some(installation);
    let fine = Token::new("", "fine-grained", "octocat").belongs_to("acme");
    for token in [of_app, fine] {
        let kind = token.kind.clone();
        let value = lab.forge.issue(token);
        let login = lab.login(&value);
        let api = login.api(&lab.desk.tools);
        let namespaces = lab.adapter().namespaces(&api).await.unwrap();
        let found: Vec<_> = namespaces.items.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(found, ["acme"], "{kind}");
        let all = lab.adapter().repositories(&api, &query(None, None)).await.unwrap();
        assert_eq!(paths(&all), ["acme/app", "acme/website"], "{kind}");
    }
}

#[tokio::test]
async fn branches_tags_and_commits() {
    let (lab, token) = lab().await;
    let login = lab.login(&token);
    let (api, app) = (login.api(&lab.desk.tools), path("acme/app"));
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
    assert_eq!(newest.items[0].created_at.unwrap().to_string(), "2026-01-01T00:02:00.000Z");
    assert_eq!(commits(Some(seed::BRANCH), None, 50).await.items.len(), 4);
    let of_file = commits(Some("main"), Some("Dockerfile"), 50).await;
    assert_eq!((of_file.items.len(), of_file.items[0].id.as_str()), (1, tags[0].commit.as_str()));

    lab.forge.add_repository(Repository::private("acme/empty").empty()).unwrap();
    let query = CommitQuery { count: 5, ..CommitQuery::default() };
    let none = adapter.commits(&api, &path("acme/empty"), &query).await.unwrap();
    assert_eq!((none.items.len(), none.is_complete), (0, true));
}

#[tokio::test]
async fn folders_files_and_archives() {
    let (lab, token) = lab().await;
    let login = lab.login(&token);
    let (api, app) = (login.api(&lab.desk.tools), path("acme/app"));
    let adapter = lab.adapter();
    let root = adapter.tree(&api, &app, "main", "").await.unwrap();
    let rows: Vec<_> = root.items.iter().map(|it| (it.name.as_str(), it.kind)).collect();
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
    let file = async |reference: &str, file: &str| {
        adapter.file(&api, &app, reference, file).await.unwrap_err().kind()
    };
    assert_eq!(file("main", "docs/idea.md").await, ErrorKind::NotFound);
    assert_eq!(file("main", "src").await, ErrorKind::Invalid);
    let of_file = adapter.tree(&api, &app, "main", "README.md").await.unwrap_err();
    assert_eq!(of_file.kind(), ErrorKind::Invalid);

    let archive = adapter.archive(&api, &app, seed::BRANCH).await.unwrap();
    let bytes = archive.body.collect().await.unwrap().to_bytes();
    assert_eq!(bytes[..2], [0x1f, 0x8b]);
    assert_eq!(
        adapter.archive(&api, &app, "nowhere").await.err().unwrap().kind(),
        ErrorKind::NotFound
    );
}

#[tokio::test]
async fn a_long_file_comes_raw() {
    let (lab, token) = lab().await;
    let login = lab.login(&token);
    let (api, app) = (login.api(&lab.desk.tools), path("acme/app"));
    let content = Bytes::from(vec![b'x'; 1024 * 1024 + 1]);
    let change = FileChange { content: Some(content.clone()), ..change("long.txt") };
    lab.adapter().change_file(&api, &app, &change).await.unwrap();
    lab.desk.calls();
    let file = lab.adapter().file(&api, &app, "main", "long.txt").await.unwrap();
    assert!(file.content == content && file.id.is_some());
    assert_eq!(lab.desk.calls().len(), 2);
}

fn change(file: &str) -> FileChange {
    FileChange {
        path: file.to_owned(),
        branch: "main".to_owned(),
        message: "A change".to_owned(),
        content: Some(Bytes::from_static(b"new\n")),
        based_on: None,
    }
}

#[tokio::test]
async fn files_are_made_changed_and_removed() {
    let (lab, token) = lab().await;
    let login = lab.login(&token);
    let (api, app) = (login.api(&lab.desk.tools), path("acme/app"));
    let adapter = lab.adapter();
    let send = async |change: FileChange| adapter.change_file(&api, &app, &change).await;
    let name = "docs/a name ü.md";
    let made = send(change(name)).await.unwrap().unwrap();
    let read = adapter.file(&api, &app, "main", name).await.unwrap();
    assert_eq!((read.content, read.id), (Bytes::from_static(b"new\n"), Some(made.clone())));
    assert_eq!(send(change(name)).await.unwrap_err().kind(), ErrorKind::Conflict);
    let newer = FileChange {
        content: Some(Bytes::from_static(b"newer\n")),
        based_on: Some(made.clone()),
        ..change(name)
    };
    let id = send(newer.clone()).await.unwrap().unwrap();
    assert_ne!(id, made);
    assert_eq!(send(newer).await.unwrap_err().kind(), ErrorKind::Conflict);
    let gone = FileChange { content: None, ..change(name) };
    assert_eq!(send(gone.clone()).await.unwrap(), None);
    assert_eq!(send(gone).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn tags_are_made_and_removed() {
    let (lab, token) = lab().await;
    let login = lab.login(&token);
    let (api, app) = (login.api(&lab.desk.tools), path("acme/app"));
    let adapter = lab.adapter();
    let head = adapter.branches(&api, &app, Some("feature")).await.unwrap().items.remove(0).commit;
    for message in [None, Some("A release".to_owned())] {
        let name = format!("v2-{}", message.is_some());
        let tag = NewTag { name: name.clone(), target: seed::BRANCH.to_owned(), message };
        let made = adapter.create_tag(&api, &app, &tag).await.unwrap();
        assert_eq!((made.name.as_str(), made.commit.as_str()), (name.as_str(), head.as_str()));
        let listed = adapter.tags(&api, &app, Some(&name)).await.unwrap().items;
        assert_eq!(listed[0].commit, head, "an annotated tag leads to its commit");
        let again = adapter.create_tag(&api, &app, &tag).await.unwrap_err();
        assert_eq!(again.kind(), ErrorKind::Conflict);
        adapter.delete_tag(&api, &app, &name).await.unwrap();
        let gone = adapter.delete_tag(&api, &app, &name).await.unwrap_err();
        assert_eq!(gone.kind(), ErrorKind::NotFound);
    }
}

#[tokio::test]
async fn webhooks_keep_their_secret() {
    let (lab, token) = lab().await;
    let login = lab.login(&token);
    let (api, app) = (login.api(&lab.desk.tools), path("acme/app"));
    let adapter = lab.adapter();
    let secret = Secret::from("hush".to_owned());
    let events = [HookEvent::Push, HookEvent::Tag, HookEvent::PullRequest];
    let wanted = |url, secret, is_active| WantedHook { url, events: &events, secret, is_active };
    let first = wanted("http://127.0.0.1:9/hook", Some(&secret), true);
    let made = adapter.create_hook(&api, &app, &first).await.unwrap();
    assert_eq!((made.events.as_slice(), made.is_active), (&events[..], true));
    assert_eq!(made.is_signed, Some(true));
    let kept = || lab.forge.hooks("acme/app").pop().unwrap();
    assert_eq!(kept().events, ["push", "pull_request"]);
    assert_eq!(kept().details["content_type"], "json");
    let again = adapter.create_hook(&api, &app, &first).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Conflict);
    assert_eq!(adapter.hooks(&api, &app).await.unwrap().items, std::slice::from_ref(&made));

    let off = wanted("http://127.0.0.1:9/hook", None, false);
    let changed = adapter.update_hook(&api, &app, &made.id, &off).await.unwrap();
    assert_eq!((changed.is_active, kept().secret.as_deref()), (false, Some("hush")));
    let moved = wanted("http://127.0.0.1:9/moved", None, true);
    let changed = adapter.update_hook(&api, &app, &made.id, &moved).await.unwrap();
    assert_eq!((changed.url.as_str(), kept().url.as_str()), (moved.url, moved.url));
    assert_eq!(kept().secret.as_deref(), Some("hush"));
    let other = Secret::from("other".to_owned());
    let signed = wanted("http://127.0.0.1:9/moved", Some(&other), true);
    adapter.update_hook(&api, &app, &made.id, &signed).await.unwrap();
    assert_eq!(kept().secret.as_deref(), Some("other"));

    adapter.delete_hook(&api, &app, &made.id).await.unwrap();
    let gone = adapter.delete_hook(&api, &app, &made.id).await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NotFound);
    let odd = adapter.delete_hook(&api, &app, "../../app").await.unwrap_err();
    assert_eq!(odd.kind(), ErrorKind::NotFound);
}
