//! Every method of an adapter, called one after the other.

use domain::Error;
use domain::Secret;
use providers::shapes::CommitQuery;
use providers::shapes::FileChange;
use providers::shapes::HookEvent;
use providers::shapes::NewRepository;
use providers::shapes::NewTag;
use providers::shapes::RepositoryQuery;
use providers::shapes::WantedHook;

use crate::REPOSITORY;
use crate::common::Desk;
use crate::common::Login;
use crate::common::path;

/// How many there are.
pub const METHODS: usize = 19;

/// Every method there is, one after the other; what fails does so with a sentence.
pub async fn all_methods(login: &Login<'_>, desk: &Desk) -> Vec<Error> {
    let api = || login.api(&desk.tools);
    let adapter = providers::adapter(login.site.provider);
    let (app, name) = (path(REPOSITORY), "main");
    let secret = Secret::from("hook".to_owned());
    let events = [HookEvent::Push, HookEvent::Tag, HookEvent::PullRequest];
    let hook = WantedHook {
        url: "https://claviger.example/hooks/1",
        events: &events,
        secret: Some(&secret),
        is_active: true,
    };
    let change = FileChange {
        path: "a/b".to_owned(),
        branch: name.to_owned(),
        message: "Change".to_owned(),
        content: Some("text".into()),
        based_on: Some("0123".to_owned()),
    };
    let tag = NewTag { name: "v1".to_owned(), target: name.to_owned(), message: None };
    let new = NewRepository {
        namespace: "acme".to_owned(),
        name: "new".to_owned(),
        is_private: true,
        description: None,
    };
    let everything = RepositoryQuery::default();
    let some =
        RepositoryQuery { namespace: Some("acme".to_owned()), search: Some(name.to_owned()) };
    let commits = CommitQuery { reference: None, path: None, count: 10 };
    let outcomes = [
        adapter.namespaces(&api()).await.err(),
        adapter.repositories(&api(), &everything).await.err(),
        adapter.repositories(&api(), &some).await.err(),
        adapter.repository(&api(), &app).await.err(),
        adapter.branches(&api(), &app, Some(name)).await.err(),
        adapter.tags(&api(), &app, None).await.err(),
        adapter.commits(&api(), &app, &commits).await.err(),
        adapter.tree(&api(), &app, name, "").await.err(),
        adapter.file(&api(), &app, name, "a/b").await.err(),
        adapter.archive(&api(), &app, name).await.err(),
        adapter.hooks(&api(), &app).await.err(),
        adapter.create_hook(&api(), &app, &hook).await.err(),
        adapter.update_hook(&api(), &app, "7", &hook).await.err(),
        adapter.delete_hook(&api(), &app, "7").await.err(),
        adapter.change_file(&api(), &app, &change).await.err(),
        adapter.create_tag(&api(), &app, &tag).await.err(),
        adapter.delete_tag(&api(), &app, "v1").await.err(),
        adapter.create_repository(&api(), &new).await.err(),
        adapter.revoke(&api()).await.err(),
    ];
    outcomes.into_iter().flatten().collect()
}
