//! The Bitbucket Cloud adapter against a forge that answers as Bitbucket does.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use std::time::Duration;

use common::Login;
use common::lab::Lab;
use common::path;
use common::result;
use domain::Clock;
use domain::Secret;
use domain::check::Finding;
use domain::check::Findings;
use domain::check::IdentityKind;
use domain::check::Verdict;
use domain::credential::ExpirySource;
use domain::provider::Provider;
use forges::Kind;
use forges::Repository;
use forges::Token;
use forges::User;
use githost::Behaviour;
use providers::shapes::HookEvent;
use providers::shapes::RepositoryQuery;
use providers::shapes::Revocation;
use providers::shapes::WantedHook;

const EMAIL: &str = "octocat@example.invalid";
const LIVENESS: &str = "GET /2.0/repositories/acme 200";
const ALL: [&str; 8] = [
    "read:user:bitbucket",
    "read:workspace:bitbucket",
    "read:repository:bitbucket",
    "read:pullrequest:bitbucket",
    "write:pullrequest:bitbucket",
    "read:webhook:bitbucket",
    "write:webhook:bitbucket",
    "delete:webhook:bitbucket",
];

/// `octocat` administers `acme/app`, reads `acme/lib`, and everybody reads `acme/open`.
async fn lab() -> Lab {
    let lab = Lab::cloud(Kind::Bitbucket, Provider::Bitbucket).await;
    let forge = &lab.forge;
    forge.add_user(User::new("octocat").email(EMAIL));
    forge.add_user(User::organization("acme").member("octocat", "member"));
    forge.add_repository(Repository::private("acme/app").member("octocat", "admin")).unwrap();
    forge.add_repository(Repository::private("acme/lib").member("octocat", "read")).unwrap();
    forge.add_repository(Repository::new("acme/open")).unwrap();
    lab
}

/// An access token of the whole workspace.
fn access_token<'a>(lab: &'a Lab, scopes: &[&str]) -> Login<'a> {
    let token = Token::new("", "workspace", "a bot").belongs_to("acme").scopes(scopes);
    Login { workspace: Some("acme"), ..lab.login(&lab.forge.issue(token)) }
}

/// `octocat`'s own API token.
fn api_token<'a>(lab: &'a Lab, scopes: &[&str]) -> Login<'a> {
    let value = lab.forge.issue(Token::new("", "api", "octocat").scopes(scopes));
    Login { workspace: Some("acme"), ..lab.login(&value).username(EMAIL) }
}

async fn check(lab: &Lab, login: &Login<'_>, repositories: &[&str]) -> Findings {
    lab.desk.check(login, repositories).await
}

fn value(login: &Login<'_>) -> String {
    login.secret.expose_text().unwrap().to_owned()
}

#[tokio::test]
async fn an_access_token_with_its_repository_takes_six_calls() {
    let lab = lab().await;
    let login = access_token(&lab, &["pullrequest:write", "webhook", "pipeline:write"]);
    let findings = check(&lab, &login, &["acme/app"]).await;
    let calls = [
        LIVENESS,
        "GET /2.0/workspaces/acme 200",
        "GET /2.0/repositories/acme/app 200",
        "GET /2.0/repositories/acme/app/hooks 200",
        "GET /acme/app.git/info/refs 200",
        "GET /acme/app.git/info/refs 200",
    ];
    assert_eq!(lab.desk.calls(), calls);
    assert_eq!((findings.verdict, findings.said.as_deref()), (Verdict::Accepted, None));
    assert!(findings.summary().iter().all(|it| it.result == Finding::Proven), "{findings:?}");
    assert_eq!(findings.token_kind.as_deref(), Some("workspace access token"));
    assert_eq!(findings.expiry, ExpirySource::Unknowable);
    assert_eq!(findings.remarks.len(), 1);
    assert!(findings.remarks[0].sentence.contains("pipeline:write"));
    let identity = findings.identity.unwrap();
    assert_eq!((identity.login.as_str(), identity.kind), ("acme", Some(IdentityKind::Bot)));
}

#[tokio::test]
async fn a_persons_token_without_a_repository_takes_two() {
    let lab = lab().await;
    let findings = check(&lab, &api_token(&lab, &ALL), &[]).await;
    assert_eq!(lab.desk.calls(), [LIVENESS, "GET /2.0/user 200"]);
    assert!(findings.summary().iter().all(|it| it.result == Finding::Proven), "{findings:?}");
    assert_eq!(findings.remarks, []);
    let identity = findings.identity.unwrap();
    assert_eq!((identity.login.as_str(), identity.kind), ("octocat", Some(IdentityKind::Person)));
    let nowhere = Login { workspace: None, ..api_token(&lab, &ALL) };
    let findings = check(&lab, &nowhere, &[]).await;
    assert_eq!(findings.verdict, Verdict::Accepted);
    assert_eq!(lab.desk.calls().len(), 3);
}

#[tokio::test]
async fn missing_scopes_are_named_in_both_vocabularies() {
    let lab = lab().await;
    let narrow = ["read:repository:bitbucket", "write:pullrequest:bitbucket"];
    let findings = check(&lab, &api_token(&lab, &narrow), &[]).await;
    assert_eq!(findings.missing(), ["pullrequest:read", "webhook:read", "webhook:write"]);
    assert_eq!(findings.identity, None, "it may not read its user");
    let findings = check(&lab, &access_token(&lab, &["repository:write"]), &[]).await;
    assert_eq!(
        findings.missing(),
        ["pullrequest:read", "pullrequest:write", "webhook:read", "webhook:write"]
    );
    let findings = check(&lab, &access_token(&lab, &["webhook", "pullrequest:write"]), &[]).await;
    assert_eq!(findings.missing(), Vec::<String>::new());
    let findings = check(&lab, &access_token(&lab, &["webhook"]), &["acme/app"]).await;
    assert_eq!(findings.verdict, Verdict::Unknown, "the liveness call wants another scope");
    assert_eq!(result(&findings, "repository:read"), Some(Finding::Missing));
}

#[tokio::test]
async fn a_role_narrows_what_the_scopes_allow() {
    let lab = lab().await;
    let login = api_token(&lab, &ALL);
    let findings = check(&lab, &login, &["acme/lib"]).await;
    assert_eq!(findings.missing(), ["webhook:read"]);
    assert_eq!(result(&findings, "git:read"), Some(Finding::Proven));
    assert_eq!(result(&findings, "git:write"), Some(Finding::Missing));
    let findings = check(&lab, &login, &["acme/open"]).await;
    assert_eq!(result(&findings, "repository:read"), Some(Finding::Proven), "by its scopes");
    assert_eq!(result(&findings, "git:read"), Some(Finding::Unproven));
    let findings = check(&lab, &login, &["acme/absent"]).await;
    assert_eq!(
        (findings.verdict, findings.missing()),
        (Verdict::Accepted, vec!["repository:read".to_owned()])
    );
    assert_eq!(findings.repositories[0].is_visible, Some(false));
}

#[tokio::test]
async fn ends_are_told_as_far_as_bitbucket_tells() {
    let lab = lab().await;
    let login = access_token(&lab, &["repository"]);
    lab.forge.revoke(&value(&login));
    assert_eq!(check(&lab, &login, &[]).await.verdict, Verdict::Refused);
    let login = api_token(&lab, &ALL);
    lab.forge.expire(&value(&login));
    assert_eq!(check(&lab, &login, &[]).await.verdict, Verdict::Refused);
    let value = lab.forge.issue(Token::new("", "oauth", "octocat").scopes(&["repository"]));
    let login = Login { workspace: Some("acme"), ..lab.login(&value) };
    assert_eq!(check(&lab, &login, &[]).await.verdict, Verdict::Accepted);
    lab.forge.expire(&value);
    assert_eq!(check(&lab, &login, &[]).await.verdict, Verdict::Expired);
    let scopeless = check(&lab, &api_token(&lab, &[]), &[]).await;
    assert_eq!(scopeless.verdict, Verdict::Refused);
    assert!(scopeless.said.unwrap().contains("made with scopes for Bitbucket"));
    let nameless = Login { username: None, ..api_token(&lab, &ALL) };
    assert!(check(&lab, &nameless, &[]).await.said.unwrap().contains("e-mail address"));
    let ended = lab.adapter().revoke(&login.api(&lab.desk.tools)).await.unwrap();
    let link = "https://bitbucket.org/acme/workspace/settings/access-tokens".to_owned();
    assert_eq!(ended, Revocation::ByHand { link: Some(link) });
}

#[tokio::test]
async fn limits_and_faults_refuse_nothing() {
    let lab = lab().await;
    let login = access_token(&lab, &["pullrequest:write", "webhook"]);
    lab.forge.behave("/2.0/repositories/acme/app", Some(Behaviour::Html));
    let findings = check(&lab, &login, &["acme/app"]).await;
    assert_eq!((findings.verdict, findings.missing()), (Verdict::Accepted, vec![]));
    lab.forge.behave("/2.0/repositories/acme/app", None);
    lab.forge.limit(0, lab.desk.clock.now().plus(Duration::from_secs(600)));
    let findings = check(&lab, &login, &["acme/app"]).await;
    assert_eq!(findings.verdict, Verdict::Unknown);
    assert!(findings.said.unwrap().contains("limits how often"));
}

#[tokio::test]
async fn repositories_of_a_workspace() {
    let lab = lab().await;
    lab.forge.page_max(1);
    let login = api_token(&lab, &ALL);
    let nowhere = Login { workspace: None, ..api_token(&lab, &ALL) };
    let (adapter, tools) = (lab.adapter(), &lab.desk.tools);
    let paths = |found: providers::shapes::Listed<providers::shapes::Repository>| {
        let mut paths: Vec<String> = found.items.iter().map(|it| it.path.to_string()).collect();
        paths.sort();
        (paths, found.is_complete)
    };
    for login in [&login, &nowhere] {
        let api = login.api(tools);
        let found = adapter.repositories(&api, &RepositoryQuery::default()).await.unwrap();
        assert_eq!(paths(found), (vec!["acme/app".to_owned(), "acme/lib".to_owned()], true));
        let search = Some("AP".to_owned());
        let query = RepositoryQuery { search, namespace: Some("acme".to_owned()) };
        let found = adapter.repositories(&api, &query).await.unwrap();
        assert_eq!(paths(found), (vec!["acme/app".to_owned()], true));
    }
    let names = |found: providers::shapes::Listed<providers::shapes::Namespace>| {
        found.items.into_iter().map(|it| it.path).collect::<Vec<String>>()
    };
    assert_eq!(names(adapter.namespaces(&login.api(tools)).await.unwrap()), ["acme"]);
    let mut all = names(adapter.namespaces(&nowhere.api(tools)).await.unwrap());
    all.sort();
    assert_eq!(all, ["acme", "octocat"]);
    let app = adapter.repository(&login.api(tools), &path("acme/app")).await.unwrap();
    assert_eq!(app.default_branch.as_deref(), Some("main"));
    assert_eq!(app.clone_url.as_deref(), Some("https://bitbucket.org/acme/app.git"));
    assert_eq!(app.is_private, Some(true));
    assert!(app.created_at.is_some() && app.web_url.is_some());
}

#[tokio::test]
async fn a_webhook_from_its_making_to_its_end() {
    let lab = lab().await;
    let login = api_token(&lab, &ALL);
    let (adapter, api, app) = (lab.adapter(), login.api(&lab.desk.tools), path("acme/app"));
    let secret = Secret::from("a secret".to_owned());
    let wanted = WantedHook {
        url: "https://ci.example/hooks/1",
        events: &[HookEvent::Push, HookEvent::PullRequest],
        secret: Some(&secret),
        is_active: true,
    };
    let made = adapter.create_hook(&api, &app, &wanted).await.unwrap();
    assert_eq!(made.events, [HookEvent::Push, HookEvent::Tag, HookEvent::PullRequest]);
    assert_eq!((made.is_active, made.is_signed), (true, Some(true)));
    assert_eq!(lab.forge.hooks("acme/app")[0].secret.as_deref(), Some("a secret"));
    assert_eq!(adapter.hooks(&api, &app).await.unwrap().items, std::slice::from_ref(&made));
    let less = WantedHook { events: &[HookEvent::Tag], secret: None, is_active: false, ..wanted };
    let changed = adapter.update_hook(&api, &app, &made.id, &less).await.unwrap();
    assert_eq!(changed.events, [HookEvent::Push, HookEvent::Tag]);
    assert_eq!((changed.is_active, changed.is_signed), (false, Some(true)));
    assert_eq!(lab.forge.hooks("acme/app")[0].secret.as_deref(), Some("a secret"));
    adapter.delete_hook(&api, &app, &made.id).await.unwrap();
    assert_eq!(adapter.hooks(&api, &app).await.unwrap().items, []);
    let lib = adapter.hooks(&api, &path("acme/lib")).await.unwrap_err();
    assert_eq!(lib.kind(), domain::ErrorKind::Forbidden);
}
