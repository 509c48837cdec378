//! The Gitee adapter against a forge that answers as it does: checks, their cost, and its use.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use std::time::Duration;

use common::lab::Lab;
use common::path;
use common::result;
use domain::ErrorKind;
use domain::Secret;
use domain::check::Finding;
use domain::check::Findings;
use domain::check::IdentityKind;
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

const NEEDED: [&str; 4] = ["user_info", "projects", "hook", "groups"];
const PERMISSIONS: [&str; 5] =
    ["repository:read", "repository:write", "webhooks", "user:read", "organization:read"];

fn value() -> String {
    "0123456789abcdef".repeat(2)
}

async fn lab(role: &str, scopes: &[&str]) -> Lab {
    let lab = Lab::cloud(Kind::Gitee, Provider::Gitee).await;
    lab.forge.add_user(User::new("octocat").password("a password"));
    lab.forge.add_user(User::organization("acme").member("octocat", "member"));
    lab.forge.add_repository(Repository::private("acme/app").member("octocat", role)).unwrap();
    lab.forge.add_repository(Repository::new("acme/open").member("octocat", role)).unwrap();
    lab.forge.add_token(Token::new(value(), "token", "octocat").scopes(scopes));
    lab
}

async fn check(lab: &Lab, repositories: &[&str]) -> Findings {
    lab.desk.check(&lab.login(&value()), repositories).await
}

fn results(findings: &Findings) -> [Option<Finding>; 5] {
    PERMISSIONS.map(|permission| result(findings, permission))
}

#[tokio::test]
async fn a_token_with_all_that_is_needed() {
    let lab = lab("admin", &NEEDED).await;
    let findings = check(&lab, &["acme/app"]).await;
    assert_eq!((findings.verdict, findings.said.as_deref()), (Verdict::Accepted, None));
    assert_eq!(results(&findings), [Some(Finding::Proven); 5], "{findings:?}");
    assert_eq!(result(&findings, "git:read"), Some(Finding::Proven));
    assert_eq!(result(&findings, "git:write"), Some(Finding::Proven));
    let identity = findings.identity.unwrap();
    assert_eq!((identity.login.as_str(), identity.kind), ("octocat", Some(IdentityKind::Person)));
    assert_eq!(findings.expiry, ExpirySource::Unknowable);
    let git = "GET /acme/app.git/info/refs 200";
    let wanted = [
        "GET /api/v5/user 200",
        "GET /api/v5/user/orgs 200",
        "GET /api/v5/repos/acme/app 200",
        git,
        "GET /api/v5/repos/acme/app/hooks 200",
        git,
    ];
    assert_eq!(lab.desk.calls(), wanted);
    let sampled = check(&lab, &[]).await;
    assert_eq!(results(&sampled), [Some(Finding::Proven); 5]);
    assert_eq!((sampled.repositories[0].is_bound, lab.desk.calls().len()), (false, 6));
}

#[tokio::test]
async fn narrow_scopes_and_roles() {
    let lab = lab("push", &["projects"]).await;
    let findings = check(&lab, &["acme/app"]).await;
    assert_eq!((findings.verdict, &findings.identity), (Verdict::Accepted, &None));
    assert_eq!(findings.missing(), ["webhooks"]);
    let proven = [Some(Finding::Proven), Some(Finding::Proven)];
    assert_eq!(results(&findings)[..2], proven);
    assert_eq!(results(&findings)[3..], [Some(Finding::Missing); 2]);
    lab.forge.edit_token(&value(), |it| it.scopes = vec!["user_info".to_owned()]);
    let findings = check(&lab, &["acme/app"]).await;
    assert!(findings.missing().contains(&"repository:read".to_owned()), "{findings:?}");
    let reader = self::lab("pull", &NEEDED).await;
    let missing = check(&reader, &["acme/app"]).await.missing();
    assert_eq!(missing, ["repository:write", "webhooks"]);
    let open = check(&reader, &["acme/open"]).await;
    assert_eq!(result(&open, "repository:read"), Some(Finding::Unproven), "everybody may");
}

#[tokio::test]
async fn what_is_closed_and_what_is_not_there() {
    let lab = lab("admin", &NEEDED).await;
    lab.forge.edit_repository("acme/app", |it| it.is_archived = true);
    let findings = check(&lab, &["acme/app", "acme/none"]).await;
    assert_eq!(result(&findings, "repository:write"), Some(Finding::Unproven));
    assert_eq!(findings.repositories[1].is_visible, Some(false));
    assert_eq!(findings.missing(), ["repository:read"]);
}

#[tokio::test]
async fn dead_tokens_and_limits() {
    let lab = lab("admin", &NEEDED).await;
    let later = lab.desk.tools.clock.now().plus(Duration::from_secs(600));
    lab.forge.limit(3, later);
    let limited = check(&lab, &["acme/app"]).await;
    assert_eq!((limited.verdict, limited.missing()), (Verdict::Accepted, vec![]));
    assert_eq!(result(&limited, "webhooks"), Some(Finding::Unproven), "a limit is no refusal");
    assert_eq!(check(&lab, &["acme/app"]).await.verdict, Verdict::Unknown);

    let lab = self::lab("admin", &NEEDED).await;
    lab.forge.expire(&value());
    assert_eq!(check(&lab, &["acme/app"]).await.verdict, Verdict::Expired);
    lab.forge.revoke(&value());
    lab.desk.calls();
    assert_eq!(check(&lab, &["acme/app"]).await.verdict, Verdict::Refused);
    assert_eq!(lab.desk.calls(), ["GET /api/v5/user 401"]);
}

#[tokio::test]
async fn a_password_is_for_git_alone() {
    let lab = lab("admin", &NEEDED).await;
    let login = common::Login {
        kind: CredentialKind::Password,
        username: Some("octocat"),
        ..lab.login("a password")
    };
    let findings = lab.desk.check(&login, &["acme/app"]).await;
    assert_eq!(findings.verdict, Verdict::Accepted, "{findings:?}");
    assert_eq!(result(&findings, "git:write"), Some(Finding::Proven));
    assert_eq!((findings.username, lab.desk.calls().len()), (None, 3));
}

#[tokio::test]
async fn looking_around_over_several_pages() {
    let lab = lab("admin", &NEEDED).await;
    lab.forge.add_repository(Repository::private("octocat/notes").archived()).unwrap();
    lab.forge.page_max(1);
    let (value, it) = (value(), lab.adapter());
    let login = lab.login(&value);
    let api = login.api(&lab.desk.tools);
    let listed = it.namespaces(&api).await.unwrap();
    let shown: Vec<(&str, bool)> =
        listed.items.iter().map(|it| (it.path.as_str(), it.is_user)).collect();
    assert_eq!(shown, [("octocat", true), ("acme", false)]);
    for (namespace, wanted) in [
        (None, &["acme/app", "acme/open", "octocat/notes"][..]),
        (Some("acme"), &["acme/app", "acme/open"]),
    ] {
        let query = RepositoryQuery { namespace: namespace.map(str::to_owned), search: None };
        let listed = it.repositories(&api, &query).await.unwrap();
        let paths: Vec<&str> = listed.items.iter().map(|it| it.path.as_str()).collect();
        assert_eq!((paths.as_slice(), listed.is_complete), (wanted, true));
    }
    let notes = it.repository(&api, &path("octocat/notes")).await.unwrap();
    assert_eq!((notes.is_private, notes.is_archived), (Some(true), Some(true)));
    assert_eq!((notes.may_administer, notes.may_push), (Some(true), Some(true)));
    assert_eq!(notes.clone_url, Some(lab.forge.clone_url("octocat/notes")));
    assert_eq!(notes.created_at, Some(lab.desk.tools.clock.now()));
    let absent = it.repository(&api, &path("acme/none")).await.unwrap_err();
    assert_eq!(absent.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn webhooks_come_change_and_go() {
    let lab = lab("admin", &NEEDED).await;
    let (value, app, it) = (value(), path("acme/app"), lab.adapter());
    let login = lab.login(&value);
    let api = login.api(&lab.desk.tools);
    let secret = Secret::from("sesame".to_owned());
    let mut wanted = WantedHook {
        url: "https://claviger.example/hooks/1",
        events: &[HookEvent::Tag, HookEvent::PullRequest],
        secret: Some(&secret),
        is_active: true,
    };
    let made = it.create_hook(&api, &app, &wanted).await.unwrap();
    assert_eq!((made.url.as_str(), made.is_active), (wanted.url, true));
    assert_eq!(made.events, wanted.events, "pushes are not sent unasked");
    let there = lab.forge.hooks("acme/app").pop().unwrap();
    assert_eq!(there.secret.as_deref(), Some("sesame"));
    assert_eq!(there.details["encryption_type"], 1);
    wanted.events = &[HookEvent::Push];
    wanted.secret = None;
    let changed = it.update_hook(&api, &app, &made.id, &wanted).await.unwrap();
    assert_eq!((&changed.id, changed.events.as_slice()), (&made.id, wanted.events));
    assert_eq!(it.hooks(&api, &app).await.unwrap().items, [changed]);
    assert!(lab.forge.hooks("acme/app")[0].secret.is_some(), "it stays as it is");
    wanted.is_active = false;
    let off = it.update_hook(&api, &app, &made.id, &wanted).await.unwrap_err();
    assert_eq!(off.kind(), ErrorKind::Unsupported);
    it.delete_hook(&api, &app, &made.id).await.unwrap();
    assert!(lab.forge.hooks("acme/app").is_empty());
}
