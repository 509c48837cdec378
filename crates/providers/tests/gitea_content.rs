//! The adapter of Gitea and Forgejo inside a repository: what is read there, and small writes.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use common::lab::Lab;
use common::path;
use domain::ErrorKind;
use domain::provider::Provider;
use domain::url::Segments;
use forges::Kind;
use forges::Repository;
use forges::Token;
use forges::User;
use forges::seed;
use providers::Api;
use providers::shapes::Commit;
use providers::shapes::CommitQuery;
use providers::shapes::EntryKind;
use providers::shapes::FileChange;
use providers::shapes::NewTag;

const KINDS: [(Kind, Provider); 2] =
    [(Kind::Gitea, Provider::Gitea), (Kind::Forgejo, Provider::Forgejo)];

fn value() -> String {
    "0123456789".repeat(4)
}

fn app() -> Segments {
    path("octocat/app")
}

async fn lab((kind, provider): (Kind, Provider)) -> Lab {
    let lab = Lab::cloud(kind, provider).await;
    lab.forge.add_user(User::new("octocat"));
    lab.forge.add_repository(Repository::private("octocat/app")).unwrap();
    lab.forge.add_repository(Repository::private("octocat/empty").empty()).unwrap();
    let scopes = ["write:repository", "read:user"];
    lab.forge.add_token(Token::new(value(), "token", "octocat").scopes(&scopes));
    lab
}

async fn commits(lab: &Lab, api: &Api<'_>, query: CommitQuery) -> Vec<Commit> {
    lab.adapter().commits(api, &app(), &query).await.unwrap().items
}

fn change(file: &str, content: Option<&str>, based_on: Option<String>) -> FileChange {
    FileChange {
        path: file.to_owned(),
        branch: "main".to_owned(),
        message: "A change".to_owned(),
        content: content.map(|it| it.to_owned().into()),
        based_on,
    }
}

#[tokio::test]
async fn branches_tags_and_commits_over_several_pages() {
    for which in KINDS {
        let lab = lab(which).await;
        lab.forge.page_max(1);
        let (value, it) = (value(), lab.adapter());
        let login = lab.login(&value);
        let api = login.api(&lab.desk.tools);
        let branches = it.branches(&api, &app(), None).await.unwrap().items;
        let main = branches.iter().find(|it| it.name == "main").unwrap();
        assert!(branches.iter().any(|it| it.name == seed::BRANCH));
        assert_eq!(it.branches(&api, &app(), Some("one")).await.unwrap().items.len(), 1);
        let log = commits(&lab, &api, CommitQuery { count: 2, ..CommitQuery::default() }).await;
        let messages: Vec<&str> = log.iter().map(|it| it.message.trim()).collect();
        assert_eq!(messages, ["A program", "A way to build it"]);
        assert_eq!((&log[0].id, log[0].author_name.as_str()), (&main.commit, "Mona Lisa"));
        assert!(log[0].created_at.is_some() && log[0].web_url.is_some());
        let tags = it.tags(&api, &app(), None).await.unwrap().items;
        assert_eq!((tags[0].name.as_str(), &tags[0].commit), (seed::TAG, &log[1].id));
        let query = CommitQuery {
            reference: Some(seed::BRANCH.to_owned()),
            path: Some("docs/idea.md".to_owned()),
            count: 10,
        };
        let touching = commits(&lab, &api, query).await;
        assert_eq!((touching.len(), touching[0].message.trim()), (1, "An idea"));
        let empty = CommitQuery { count: 5, ..CommitQuery::default() };
        let empty = it.commits(&api, &path("octocat/empty"), &empty).await.unwrap();
        assert!(empty.items.is_empty() && empty.is_complete);
    }
}

#[tokio::test]
async fn folders_files_and_archives() {
    for which in KINDS {
        let lab = lab(which).await;
        let (value, it) = (value(), lab.adapter());
        let login = lab.login(&value);
        let api = login.api(&lab.desk.tools);
        let root = it.tree(&api, &app(), "main", "").await.unwrap().items;
        let entry = |name: &str| root.iter().find(|it| it.name == name).unwrap();
        assert_eq!(entry("Dockerfile").kind, EntryKind::File);
        assert_eq!(entry("src").kind, EntryKind::Folder);
        let folder = it.tree(&api, &app(), seed::BRANCH, "/docs/").await.unwrap().items;
        assert_eq!(folder[0].path, "docs/idea.md");
        let file = it.file(&api, &app(), "main", "src/app/start.sh").await.unwrap();
        assert!(file.content.starts_with(b"#!/bin/sh"));
        let dockerfile = it.file(&api, &app(), seed::TAG, "Dockerfile").await.unwrap();
        assert_eq!(dockerfile.id, entry("Dockerfile").id);
        for (name, kind) in [("src", ErrorKind::Invalid), ("nothing", ErrorKind::NotFound)] {
            let error = it.file(&api, &app(), "main", name).await.unwrap_err();
            assert_eq!(error.kind(), kind, "{name}");
        }
        let error = it.tree(&api, &app(), "main", "Dockerfile").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        let archive = it.archive(&api, &app(), seed::BRANCH).await.unwrap();
        let bytes = outbound::read_limited(archive.body, 1 << 20).await.unwrap();
        assert_eq!(bytes[..2], [0x1f, 0x8b], "a gzipped file");
        let error = it.archive(&api, &app(), "nothing").await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}

#[tokio::test]
async fn files_are_made_changed_and_deleted() {
    for which in KINDS {
        let lab = lab(which).await;
        let (value, it, app) = (value(), lab.adapter(), app());
        let login = lab.login(&value);
        let api = login.api(&lab.desk.tools);
        let name = "docs/a b#c.md";
        let made = it.change_file(&api, &app, &change(name, Some("one"), None)).await.unwrap();
        let twice = it.change_file(&api, &app, &change(name, Some("two"), None)).await;
        assert_eq!(twice.unwrap_err().kind(), ErrorKind::Conflict);
        let two = change(name, Some("two"), made.clone());
        let changed = it.change_file(&api, &app, &two).await.unwrap();
        let file = it.file(&api, &app, "main", name).await.unwrap();
        assert_eq!((&file.content[..], &file.id), (&b"two"[..], &changed));
        let stale = change(name, Some("three"), made);
        assert!(it.change_file(&api, &app, &stale).await.is_err(), "it is based on what was");
        it.change_file(&api, &app, &change(name, None, None)).await.unwrap();
        let absent = it.file(&api, &app, "main", name).await.unwrap_err();
        assert_eq!(absent.kind(), ErrorKind::NotFound);
    }
}

#[tokio::test]
async fn tags_are_made_and_removed() {
    for which in KINDS {
        let lab = lab(which).await;
        let (value, it, app) = (value(), lab.adapter(), app());
        let login = lab.login(&value);
        let api = login.api(&lab.desk.tools);
        let main = it.branches(&api, &app, Some("main")).await.unwrap().items.remove(0);
        for message in [None, Some("The second".to_owned())] {
            let tag = NewTag { name: "rel/2.0".to_owned(), target: "main".to_owned(), message };
            let made = it.create_tag(&api, &app, &tag).await.unwrap();
            assert_eq!((made.name.as_str(), &made.commit), ("rel/2.0", &main.commit));
            let twice = it.create_tag(&api, &app, &tag).await.unwrap_err();
            assert_eq!(twice.kind(), ErrorKind::Conflict);
            it.delete_tag(&api, &app, "rel/2.0").await.unwrap();
            let absent = it.delete_tag(&api, &app, "rel/2.0").await.unwrap_err();
            assert_eq!(absent.kind(), ErrorKind::NotFound);
        }
        let lost = NewTag { name: "x".to_owned(), target: "nothing".to_owned(), message: None };
        assert_eq!(it.create_tag(&api, &app, &lost).await.unwrap_err().kind(), ErrorKind::NotFound);
    }
}
