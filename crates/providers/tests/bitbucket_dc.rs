//! The Data Center adapter against a forge that answers as Data Center does.

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
use domain::check::Verdict;
use domain::credential::CredentialKind;
use domain::credential::ExpirySource;
use domain::provider::Provider;
use forges::Kind;
use forges::Repository;
use forges::Token;
use forges::User;
use providers::shapes::HookEvent;
use providers::shapes::RepositoryQuery;
use providers::shapes::WantedHook;

const APP: &str = "scm/acme/app";
const LIVENESS: &str = "GET /rest/api/latest/repos 200";

/// `octocat` administers `ACME/app` and reads `ACME/lib`; the rest of it is others'.
async fn lab() -> Lab {
    let lab = Lab::cloud(Kind::BitbucketDc, Provider::BitbucketDc).await;
    let forge = &lab.forge;
    forge.add_user(User::new("octocat").password("a password"));
    forge.add_user(User::organization("ACME"));
    forge.add_repository(Repository::private("ACME/dark")).unwrap();
    forge.add_repository(Repository::private("ACME/app").member("octocat", "REPO_ADMIN")).unwrap();
    forge.add_repository(Repository::private("ACME/lib").member("octocat", "REPO_READ")).unwrap();
    forge.add_repository(Repository::new("ACME/open")).unwrap();
    lab
}

/// A token of the repository `ACME/app`.
fn of_repository<'a>(lab: &'a Lab, scope: &str) -> Login<'a> {
    let token = Token::new("", "repository", "").belongs_to("ACME/app").scopes(&[scope]);
    lab.login(&lab.forge.issue(token))
}

/// `octocat`'s own token.
fn of_user<'a>(lab: &'a Lab, scope: &str) -> Login<'a> {
    let value = lab.forge.issue(Token::new("", "user", "octocat").scopes(&[scope]));
    lab.login(&value).username("octocat")
}

async fn check(lab: &Lab, login: &Login<'_>, repositories: &[&str]) -> Findings {
    lab.desk.check(login, repositories).await
}

#[tokio::test]
async fn a_token_with_its_repository_takes_five_calls() {
    let lab = lab().await;
    for login in [of_repository(&lab, "REPO_ADMIN"), of_user(&lab, "REPO_ADMIN")] {
        let findings = check(&lab, &login, &[APP]).await;
        let calls = [
            LIVENESS,
            "GET /rest/api/latest/projects/acme/repos/app 200",
            "GET /rest/api/latest/projects/acme/repos/app/webhooks 200",
            "GET /scm/acme/app.git/info/refs 200",
            "GET /scm/acme/app.git/info/refs 200",
        ];
        assert_eq!(lab.desk.calls(), calls);
        assert_eq!((findings.verdict, findings.said.as_deref()), (Verdict::Accepted, None));
        let names: Vec<String> = findings.summary().into_iter().map(|it| it.permission).collect();
        assert_eq!(names, ["repository:read", "repository:admin", "git:read", "git:write"]);
        assert!(findings.summary().iter().all(|it| it.result == Finding::Proven), "{findings:?}");
        assert_eq!(findings.expiry, ExpirySource::Unknowable);
        assert_eq!((findings.scopes, findings.remarks), (None, vec![]));
    }
}

#[tokio::test]
async fn without_a_repository_two_calls_tell() {
    let lab = lab().await;
    let findings = check(&lab, &of_user(&lab, "REPO_ADMIN"), &[]).await;
    assert_eq!(
        lab.desk.calls(),
        [LIVENESS, "GET /rest/api/latest/projects/ACME/repos/app/webhooks 200"]
    );
    assert_eq!(findings.missing(), Vec::<String>::new());
    assert_eq!(result(&findings, "repository:admin"), Some(Finding::Proven));
    assert_eq!(findings.identity.unwrap().login, "octocat");
    let findings = check(&lab, &of_user(&lab, "REPO_WRITE"), &[]).await;
    assert_eq!(lab.desk.calls(), [LIVENESS, LIVENESS]);
    assert_eq!(findings.missing(), ["repository:admin"]);
    assert_eq!(result(&findings, "repository:read"), Some(Finding::Proven));
}

#[tokio::test]
async fn a_narrow_token_lacks_what_it_cannot_do() {
    let lab = lab().await;
    let findings = check(&lab, &of_repository(&lab, "REPO_READ"), &[APP]).await;
    assert_eq!(
        (findings.verdict, findings.missing()),
        (Verdict::Accepted, vec!["repository:admin".to_owned()])
    );
    assert_eq!(result(&findings, "git:read"), Some(Finding::Proven));
    assert_eq!(result(&findings, "git:write"), Some(Finding::Missing));
    let findings = check(&lab, &of_repository(&lab, "REPO_ADMIN"), &["scm/acme/dark"]).await;
    assert_eq!(
        (findings.verdict, findings.missing()),
        (Verdict::Accepted, vec!["repository:read".to_owned()])
    );
    let findings = check(&lab, &of_repository(&lab, "REPO_ADMIN"), &["scm/acme/open"]).await;
    assert_eq!(result(&findings, "repository:read"), Some(Finding::Unproven), "it is public");
    // Basic is refused for such a token, so it must not be given a user name.
    let named = of_repository(&lab, "REPO_ADMIN").username("octocat");
    let findings = check(&lab, &named, &[APP]).await;
    assert_eq!(result(&findings, "git:read"), Some(Finding::Missing));
    assert_eq!(findings.remarks[0].code, "other_user_name");
}

#[tokio::test]
async fn a_password_serves_as_well_and_an_ended_token_does_not() {
    let lab = lab().await;
    let kind = CredentialKind::Password;
    let password = Login { kind, ..lab.login("a password").username("octocat") };
    let findings = check(&lab, &password, &[APP]).await;
    assert_eq!(findings.token_kind, None);
    assert!(findings.summary().iter().all(|it| it.result == Finding::Proven), "{findings:?}");
    let wrong = Login { kind, ..lab.login("another").username("octocat") };
    assert_eq!(check(&lab, &wrong, &[APP]).await.verdict, Verdict::Refused);
    let value = lab.forge.issue(Token::new("", "user", "octocat").scopes(&["REPO_READ"]));
    lab.forge.expire(&value);
    let findings = check(&lab, &lab.login(&value), &[]).await;
    assert_eq!(findings.verdict, Verdict::Refused);
    assert!(findings.said.unwrap().contains("Authentication failed"));
    lab.forge.limit(0, lab.desk.clock.now().plus(Duration::from_secs(600)));
    assert_eq!(check(&lab, &password, &[APP]).await.verdict, Verdict::Unknown);
}

#[tokio::test]
async fn repositories_of_an_instance_and_of_a_project() {
    let lab = lab().await;
    lab.forge.page_max(1);
    let login = of_user(&lab, "REPO_READ");
    let (adapter, api) = (lab.adapter(), login.api(&lab.desk.tools));
    for (namespace, search, wanted) in [
        (None, None, vec![APP, "scm/acme/lib", "scm/acme/open"]),
        (None, Some("AP"), vec![APP]),
        (Some("scm/acme"), None, vec![APP, "scm/acme/lib", "scm/acme/open"]),
        (Some("ACME"), Some("Li"), vec!["scm/acme/lib"]),
    ] {
        let (namespace, search) = (namespace.map(str::to_owned), search.map(str::to_owned));
        let query = RepositoryQuery { namespace, search };
        let found = adapter.repositories(&api, &query).await.unwrap();
        let paths: Vec<&str> = found.items.iter().map(|it| it.path.as_str()).collect();
        assert_eq!((paths, found.is_complete), (wanted, true), "{query:?}");
    }
    let found = adapter.namespaces(&api).await.unwrap();
    let found: Vec<(&str, &str)> =
        found.items.iter().map(|it| (it.path.as_str(), it.name.as_str())).collect();
    assert_eq!(found, [("scm/acme", "ACME")]);
    let app = adapter.repository(&api, &path(APP)).await.unwrap();
    assert_eq!(
        (app.name.as_str(), app.is_private, app.is_archived),
        ("app", Some(true), Some(false))
    );
    assert_eq!(app.clone_url.as_deref(), Some(format!("{}/{APP}.git", lab.forge.url()).as_str()));
}

#[tokio::test]
async fn a_webhook_from_its_making_to_its_end() {
    let lab = lab().await;
    let login = of_repository(&lab, "REPO_ADMIN");
    let (adapter, api, app) = (lab.adapter(), login.api(&lab.desk.tools), path(APP));
    let secret = Secret::from("a secret".to_owned());
    let wanted = WantedHook {
        url: "https://ci.example/hooks/1",
        events: &[HookEvent::Push, HookEvent::PullRequest],
        secret: Some(&secret),
        is_active: true,
    };
    let made = adapter.create_hook(&api, &app, &wanted).await.unwrap();
    assert_eq!(made.events, [HookEvent::Push, HookEvent::Tag, HookEvent::PullRequest]);
    assert_eq!(lab.forge.hooks("ACME/app")[0].secret.as_deref(), Some("a secret"));
    let listed = adapter.hooks(&api, &app).await.unwrap().items;
    assert_eq!((listed.len(), listed[0].id.as_str()), (1, made.id.as_str()));
    let less = WantedHook { events: &[HookEvent::Tag], secret: None, is_active: false, ..wanted };
    let changed = adapter.update_hook(&api, &app, &made.id, &less).await.unwrap();
    assert_eq!(changed.events, [HookEvent::Push, HookEvent::Tag]);
    assert!(!changed.is_active);
    assert_eq!(lab.forge.hooks("ACME/app")[0].secret.as_deref(), Some("a secret"));
    adapter.delete_hook(&api, &app, &made.id).await.unwrap();
    assert_eq!(lab.forge.hooks("ACME/app").len(), 0);
}
