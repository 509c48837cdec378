//! The SourceHut adapter against a forge that answers as it does: checks, their cost, looking around.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use std::time::Duration;

use common::lab::Lab;
use common::path;
use common::result;
use domain::ErrorKind;
use domain::Timestamp;
use domain::check::Finding;
use domain::check::Findings;
use domain::check::Verdict;
use domain::credential::ExpirySource;
use domain::provider::Provider;
use forges::Kind;
use forges::Repository;
use forges::User;
use providers::shapes::CommitQuery;
use providers::shapes::EntryKind;
use providers::shapes::RepositoryQuery;

const READING: &str = "git.sr.ht/PROFILE:RO git.sr.ht/REPOSITORIES:RO git.sr.ht/OBJECTS:RO";
const QUERY: &str = "POST /query 200";

async fn lab() -> Lab {
    let lab = Lab::cloud(Kind::SourceHut, Provider::SourceHut).await;
    lab.forge.add_user(User::new("octocat"));
    lab.forge.add_repository(Repository::private("~octocat/secret")).unwrap();
    lab.forge.add_repository(Repository::new("~octocat/open")).unwrap();
    lab
}

fn end(lab: &Lab) -> Timestamp {
    lab.desk.tools.clock.now().plus(Duration::from_secs(90 * 86_400))
}

fn token(lab: &Lab, grants: &str) -> String {
    forges::sourcehut::token(grants, "octocat", end(lab))
}

async fn check(lab: &Lab, value: &str, repositories: &[&str]) -> Findings {
    lab.desk.check(&lab.login(value), repositories).await
}

#[tokio::test]
async fn a_token_is_read_in_one_call() {
    let lab = lab().await;
    let findings = check(&lab, &token(&lab, READING), &[]).await;
    assert_eq!(lab.desk.calls(), [QUERY]);
    assert_eq!((findings.verdict, findings.said.as_deref()), (Verdict::Accepted, None));
    assert_eq!(findings.identity.as_ref().unwrap().login, "~octocat");
    assert_eq!((findings.expires_at, findings.expiry), (Some(end(&lab)), ExpirySource::Reported));
    assert_eq!(findings.scopes.as_ref().unwrap().len(), 3);
    assert_eq!(result(&findings, "REPOSITORIES:RO"), Some(Finding::Proven));
    assert_eq!(result(&findings, "OBJECTS:RO"), Some(Finding::Proven));
    assert_eq!(findings.remarks, []);
}

#[tokio::test]
async fn a_token_for_everything_has_more_rights_than_needed() {
    let lab = lab().await;
    let findings = check(&lab, &token(&lab, ""), &[]).await;
    assert_eq!(findings.scopes.as_deref(), Some(&["all".to_owned()][..]));
    assert_eq!(result(&findings, "REPOSITORIES:RO"), Some(Finding::Proven));
    assert_eq!(findings.remarks[0].code, "more_rights");
}

#[tokio::test]
async fn a_token_that_may_not_ask_whose_it_is() {
    let lab = lab().await;
    let findings = check(&lab, &token(&lab, "git.sr.ht/REPOSITORIES:RO"), &[]).await;
    assert_eq!(lab.desk.calls(), [QUERY, QUERY]);
    assert_eq!(findings.verdict, Verdict::Accepted);
    assert_eq!(findings.identity.as_ref().unwrap().login, "~octocat");
    assert_eq!(result(&findings, "OBJECTS:RO"), Some(Finding::Missing));
    assert_eq!(findings.missing(), Vec::<String>::new());
    let other = check(&lab, &token(&lab, "git.sr.ht/OBJECTS:RO"), &[]).await;
    assert_eq!(other.missing(), ["REPOSITORIES:RO"]);
}

#[tokio::test]
async fn forged_and_ended_tokens() {
    let lab = lab().await;
    let value = token(&lab, READING);
    let forged = check(&lab, &forges::sourcehut::token("", "nobody", end(&lab)), &[]).await;
    assert_eq!((forged.verdict, forged.identity), (Verdict::Refused, None));
    assert_eq!(check(&lab, "not one of its tokens", &[]).await.verdict, Verdict::Refused);
    lab.desk.clock.set(end(&lab));
    lab.desk.calls();
    let ended = check(&lab, &value, &["~octocat/open"]).await;
    assert_eq!((ended.verdict, ended.expiry), (Verdict::Expired, ExpirySource::Reported));
    assert_eq!(lab.desk.calls(), ["POST /query 401"]);
}

#[tokio::test]
async fn private_repositories_are_not_given_to_git_over_https() {
    let lab = lab().await;
    let value = token(&lab, READING);
    let open = check(&lab, &value, &["~octocat/open"]).await;
    assert_eq!((open.missing(), result(&open, "git:read")), (vec![], Some(Finding::Unproven)));
    assert_eq!(result(&open, "git:write"), Some(Finding::Missing));
    assert_eq!(lab.desk.calls().len(), 4);
    let secret = check(&lab, &value, &["~octocat/secret", "~octocat/none"]).await;
    assert_eq!(secret.missing(), ["repository"]);
    assert_eq!(result(&secret, "git:read"), Some(Finding::Missing));
    let visible: Vec<_> = secret.repositories.iter().map(|it| it.is_visible).collect();
    assert_eq!(visible, [Some(true), Some(false)]);
    assert_eq!(secret.repositories[0].is_private, Some(true));
    let codes: Vec<&str> = secret.remarks.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(codes, ["wants_ssh"]);
}

#[tokio::test]
async fn repositories_a_page_at_a_time() {
    let lab = lab().await;
    lab.forge.add_repository(Repository::new("~octocat/tools")).unwrap();
    lab.forge.page_max(1);
    let value = token(&lab, READING);
    let login = lab.login(&value);
    let api = login.api(&lab.desk.tools);
    let mine = lab.adapter().namespaces(&api).await.unwrap();
    assert_eq!(mine.items[0].path, "~octocat");
    for (namespace, search, wanted) in [
        (None, None, &["~octocat/secret", "~octocat/open", "~octocat/tools"][..]),
        (Some("~octocat"), Some("TOOL"), &["~octocat/tools"]),
    ] {
        let query = RepositoryQuery {
            namespace: namespace.map(str::to_owned),
            search: search.map(str::to_owned),
        };
        let listed = lab.adapter().repositories(&api, &query).await.unwrap();
        let paths: Vec<&str> = listed.items.iter().map(|it| it.path.as_str()).collect();
        assert_eq!((paths.as_slice(), listed.is_complete), (wanted, true));
    }
    let nobody = RepositoryQuery { namespace: Some("nobody".to_owned()), search: None };
    let absent = lab.adapter().repositories(&api, &nobody).await.unwrap_err();
    assert_eq!(absent.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn what_is_in_a_repository() {
    let lab = lab().await;
    let (value, secret) = (token(&lab, READING), path("~octocat/secret"));
    let login = lab.login(&value);
    let api = login.api(&lab.desk.tools);
    let it = lab.adapter();
    let described = it.repository(&api, &secret).await.unwrap();
    assert_eq!(described.default_branch.as_deref(), Some("main"));
    assert_eq!(described.web_url.as_deref(), Some("https://git.sr.ht/~octocat/secret"));
    assert_eq!(described.is_private, Some(true));
    let absent = it.repository(&api, &path("~octocat/none")).await.unwrap_err();
    assert_eq!(absent.kind(), ErrorKind::NotFound);

    let branches = it.branches(&api, &secret, None).await.unwrap().items;
    assert!(branches.iter().any(|it| it.name == "main"), "{branches:?}");
    assert_eq!(it.branches(&api, &secret, Some("one")).await.unwrap().items.len(), 1);
    let main = branches.iter().find(|it| it.name == "main").unwrap();
    let newest = |count| CommitQuery { count, ..CommitQuery::default() };
    let log = it.commits(&api, &secret, &newest(2)).await.unwrap().items;
    assert_eq!((log.len(), &log[0].id), (2, &main.commit));
    assert!(log[0].created_at.is_some() && !log[0].author_name.is_empty());
    let tags = it.tags(&api, &secret, None).await.unwrap().items;
    let known = it.commits(&api, &secret, &newest(50)).await.unwrap().items;
    assert!(known.iter().any(|commit| commit.id == tags[0].commit), "a tag leads to its commit");

    let root = it.tree(&api, &secret, "main", "").await.unwrap().items;
    let kind = |name: &str| root.iter().find(|it| it.name == name).map(|it| it.kind);
    assert_eq!(kind("Dockerfile"), Some(EntryKind::File));
    assert_eq!(kind("src"), Some(EntryKind::Folder));
    let folder = it.tree(&api, &secret, "main", "src").await.unwrap().items;
    assert!(folder.iter().all(|it| it.path.starts_with("src/")), "{folder:?}");
    let file = it.file(&api, &secret, "main", "Dockerfile").await.unwrap();
    assert!(file.content.starts_with(b"FROM scratch") && file.id.is_some());
    for (name, kind) in [("src", ErrorKind::Invalid), ("nothing", ErrorKind::NotFound)] {
        let error = it.file(&api, &secret, "main", name).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{name}");
    }
    let hooks = it.hooks(&api, &secret).await.unwrap_err();
    assert_eq!(hooks.kind(), ErrorKind::Unsupported);
}
