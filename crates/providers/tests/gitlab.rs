//! The GitLab adapter against a forge that answers as GitLab does: checks, and what they cost.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use std::time::Duration;

use common::lab::Lab;
use common::result;
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
use providers::shapes::Revocation;

const APP: &str = "acme/tools/app";
const SELF: &str = "GET /api/v4/personal_access_tokens/self 200";
const PROJECT: &str = "GET /api/v4/projects/acme%2Ftools%2Fapp";
const READ: &str = "GET /acme/tools/app.git/info/refs 200";

/// `maintainer` and `developer` of what is in the group `acme`, and a stranger to it.
async fn lab() -> Lab {
    let lab = Lab::cloud(Kind::GitLab, Provider::GitLab).await;
    for login in ["maintainer", "developer", "stranger"] {
        lab.forge.add_user(User::new(login));
    }
    lab.forge.add_user(User::organization("acme").member("maintainer", "maintainer"));
    lab.forge.add_user(User::organization("acme/tools"));
    let app = Repository::private(APP).member("developer", "developer");
    lab.forge.add_repository(app).unwrap();
    lab
}

fn personal(lab: &Lab, login: &str, scopes: &[&str]) -> String {
    lab.forge.issue(Token::new("", "personal", login).scopes(scopes))
}

async fn check(lab: &Lab, value: &str, repositories: &[&str]) -> Findings {
    lab.desk.check(&lab.login(value), repositories).await
}

fn codes(findings: &Findings) -> Vec<&str> {
    findings.remarks.iter().map(|it| it.code.as_str()).collect()
}

fn note_of(findings: &Findings, permission: &str) -> String {
    let found = findings.summary().into_iter().find(|it| it.permission == permission).unwrap();
    found.evidence.note.unwrap_or_default()
}

#[tokio::test]
async fn a_personal_token_without_a_repository_takes_three_calls() {
    let lab = lab().await;
    let token = personal(&lab, "maintainer", &["api", "read_repository", "sudo"]);
    let findings = check(&lab, &token, &[]).await;
    let roles = "GET /api/v4/personal_access_tokens/self/associations 200";
    assert_eq!(lab.desk.calls(), [SELF, "GET /api/v4/user 200", roles]);
    assert_eq!((findings.verdict, findings.said.as_deref()), (Verdict::Accepted, None));
    for permission in ["api", "read_repository", "role"] {
        assert_eq!(result(&findings, permission), Some(Finding::Proven), "{permission}");
    }
    assert_eq!(note_of(&findings, "api"), "scopes: api, read_repository, sudo");
    assert_eq!(codes(&findings), ["more_rights"]);
    assert_eq!(findings.token_kind.as_deref(), Some("personal token"));
    assert_eq!(findings.expiry, ExpirySource::None);
    let identity = findings.identity.unwrap();
    assert_eq!(identity.login, "maintainer");
    assert_eq!(identity.kind, Some(IdentityKind::Person));
}

#[tokio::test]
async fn a_project_token_with_its_repository_takes_six() {
    let lab = lab().await;
    let bot = lab.forge.add_user(User::bot("project_7_bot_0a1b2c"));
    lab.forge.edit_repository(APP, |it| {
        it.members.insert("project_7_bot_0a1b2c".to_owned(), "maintainer".to_owned());
    });
    let end = domain::Timestamp::parse("2026-06-01").unwrap();
    let token = Token::new("", "project", "project_7_bot_0a1b2c").belongs_to(APP);
    let token = lab.forge.issue(token.scopes(&["api"]).expires_at(end));
    let findings = check(&lab, &token, &[APP]).await;
    let (shown, hooks) = (format!("{PROJECT} 200"), format!("{PROJECT}/hooks 200"));
    let expected = [SELF, "GET /api/v4/user 200", &shown, &hooks, READ, READ];
    assert_eq!(lab.desk.calls(), expected);
    assert_eq!(findings.token_kind.as_deref(), Some("project token"));
    assert_eq!((findings.expires_at, findings.expiry), (Some(end), ExpirySource::Reported));
    for permission in ["api", "read_repository", "project", "role", "git:read", "git:write"] {
        assert_eq!(result(&findings, permission), Some(Finding::Proven), "{permission}");
    }
    assert_eq!(codes(&findings), ["covered_scope"]);
    assert_eq!(findings.repositories[0].is_private, Some(true));
    let identity = findings.identity.unwrap();
    assert_eq!((identity.id, identity.kind), (Some(bot.to_string()), Some(IdentityKind::Bot)));
}

#[tokio::test]
async fn a_developers_token_lacks_the_role() {
    let lab = lab().await;
    let token = personal(&lab, "developer", &["api", "read_repository"]);
    let findings = check(&lab, &token, &[APP]).await;
    assert_eq!(findings.missing(), ["role"]);
    assert_eq!(note_of(&findings, "role"), "access level 30 (Developer)");
    assert_eq!(result(&findings, "git:write"), Some(Finding::Proven));
    assert_eq!(lab.desk.calls().len(), 7);

    let findings = check(&lab, &token, &[]).await;
    assert_eq!(findings.missing(), ["role"]);
    assert_eq!(note_of(&findings, "role"), "It is Maintainer or Owner of nothing.");
}

#[tokio::test]
async fn an_administrator_needs_no_role() {
    let lab = lab().await;
    lab.forge.add_user(User::new("root").admin());
    let token = personal(&lab, "root", &["api", "read_repository"]);
    let findings = check(&lab, &token, &[]).await;
    assert_eq!(result(&findings, "role"), Some(Finding::Proven), "{findings:?}");
    assert!(note_of(&findings, "role").contains("administrator"));
    lab.forge.add_user(User::new("nobody"));
    let token = personal(&lab, "nobody", &["api", "read_repository"]);
    assert_eq!(result(&check(&lab, &token, &[]).await, "role"), Some(Finding::Missing));
}

#[tokio::test]
async fn a_stranger_sees_no_project() {
    let lab = lab().await;
    let token = personal(&lab, "stranger", &["api", "read_repository"]);
    lab.desk.calls();
    let findings = check(&lab, &token, &[APP]).await;
    assert_eq!(findings.missing(), ["project"]);
    assert_eq!(findings.repositories[0].is_visible, Some(false));
    assert_eq!(lab.desk.calls().len(), 3);

    lab.forge.edit_repository(APP, |it| it.is_private = false);
    let findings = check(&lab, &token, &[APP]).await;
    assert_eq!(findings.missing(), ["role"]);
    assert_eq!(result(&findings, "git:read"), Some(Finding::Unproven));
    assert_eq!(result(&findings, "git:write"), Some(Finding::Missing));
}

#[tokio::test]
async fn a_token_for_reading_only_is_not_asked_who_it_is() {
    let lab = lab().await;
    let token = personal(&lab, "maintainer", &["read_repository"]);
    let findings = check(&lab, &token, &[APP]).await;
    assert_eq!(
        lab.desk.calls(),
        [SELF, &format!("{PROJECT} 403"), READ, READ.replace("200", "401").as_str()]
    );
    assert_eq!(findings.verdict, Verdict::Accepted);
    assert_eq!(findings.missing(), ["api"]);
    assert_eq!(result(&findings, "project"), Some(Finding::Unproven));
    assert_eq!(result(&findings, "git:read"), Some(Finding::Proven));
    assert_eq!(findings.identity, None);
}

#[tokio::test]
async fn expired_revoked_and_unknown_are_told_apart() {
    let lab = lab().await;
    let token = personal(&lab, "maintainer", &["api"]);
    lab.forge.expire(&token);
    let findings = check(&lab, &token, &[APP]).await;
    assert_eq!(findings.verdict, Verdict::Expired);
    assert_eq!(lab.desk.calls().len(), 1);
    lab.forge.revoke(&token);
    let findings = check(&lab, &token, &[]).await;
    assert_eq!(findings.verdict, Verdict::Refused);
    assert!(findings.said.unwrap().contains("Token was revoked"));
    let findings = check(&lab, &format!("glpat-{}", "x".repeat(20)), &[]).await;
    assert_eq!(findings.verdict, Verdict::Refused);
}

fn fine_grained(permissions: &[&str]) -> Token {
    let token = Token::new("", "fine-grained", "maintainer");
    permissions.iter().fold(token, |token, permission| token.permission(permission, "granted"))
}

#[tokio::test]
async fn a_fine_grained_token_is_judged_by_what_it_can_do() {
    let lab = lab().await;
    let all = ["read_project", "read_webhook", "create_webhook", "read_code", "write_code"];
    let token = lab.forge.issue(fine_grained(&all));
    let findings = check(&lab, &token, &[APP]).await;
    assert_eq!(lab.desk.calls().len(), 6);
    assert_eq!(findings.token_kind.as_deref(), Some("fine-grained token"));
    assert_eq!((findings.scopes.as_deref(), result(&findings, "api")), (None, None));
    for permission in ["project", "role", "webhooks:read", "git:read", "git:write"] {
        assert_eq!(result(&findings, permission), Some(Finding::Proven), "{permission}");
    }
    assert_eq!(result(&findings, "webhooks:write"), Some(Finding::Unproven));

    let findings = check(&lab, &token, &[]).await;
    assert_eq!(
        (findings.repositories[0].repository.as_str(), findings.repositories[0].is_bound),
        (APP, false)
    );
    assert_eq!(result(&findings, "webhooks:read"), Some(Finding::Proven));

    let token = lab.forge.issue(fine_grained(&["read_project", "read_code"]));
    let findings = check(&lab, &token, &[APP]).await;
    assert_eq!(findings.missing(), ["webhooks:read"]);
    assert_eq!(result(&findings, "role"), Some(Finding::Proven), "the list of members has it");
    assert_eq!(result(&findings, "git:read"), Some(Finding::Proven));

    lab.forge.edit_token(&token, |it| it.repositories = Some(Vec::new()));
    let findings = check(&lab, &token, &[]).await;
    assert!(findings.repositories.is_empty() && findings.missing().is_empty());
    assert_eq!(result(&findings, "webhooks:read"), Some(Finding::Unproven));
}

#[tokio::test]
async fn an_oauth_token_is_described_elsewhere() {
    let lab = lab().await;
    let end = lab.desk.tools.clock.now().plus(Duration::from_secs(7200));
    let token = Token::new("", "oauth", "maintainer").scopes(&["api"]).expires_at(end);
    let token = lab.forge.issue(token);
    let findings = check(&lab, &token, &[APP]).await;
    let calls = lab.desk.calls();
    assert_eq!(calls[0], SELF.replace("200", "400"));
    assert_eq!(calls[1], "GET /oauth/token/info 200");
    assert_eq!(calls.len(), 7);
    assert_eq!(findings.verdict, Verdict::Accepted);
    assert_eq!(findings.token_kind.as_deref(), Some("OAuth token"));
    assert_eq!(findings.expires_at, Some(end));
    assert!(findings.missing().is_empty(), "{findings:?}");
    assert_eq!(result(&findings, "git:read"), Some(Finding::Proven));

    lab.forge.expire(&token);
    assert_eq!(check(&lab, &token, &[]).await.verdict, Verdict::Expired);
}

#[tokio::test]
async fn a_deploy_token_is_checked_by_git_alone() {
    let lab = lab().await;
    let mut token = Token::new("", "deploy", "maintainer").scopes(&["read_repository"]);
    token.belongs_to = Some(APP.to_owned());
    token.username = Some("gitlab+deploy-token-7".to_owned());
    let token = lab.forge.issue(token);
    let login = lab.login(&token).username("gitlab+deploy-token-7");
    let findings = lab.desk.check(&login, &[APP]).await;
    assert_eq!(findings.verdict, Verdict::Accepted, "{findings:?}");
    assert_eq!(result(&findings, "git:read"), Some(Finding::Proven));
    let calls = lab.desk.calls();
    assert!(calls.iter().all(|call| call.contains("/info/refs ")), "{calls:?}");
    // One that it does not open says nothing against it, wherever it stands.
    for paths in [[APP, "acme/other"], ["acme/other", APP]] {
        let findings = lab.desk.check(&login, &paths).await;
        assert_eq!(findings.verdict, Verdict::Accepted, "{paths:?} {findings:?}");
        assert_eq!(findings.said, None);
    }
    let findings = lab.desk.check(&login, &[]).await;
    assert_eq!(findings.verdict, Verdict::Unknown);
    let outcome = lab.adapter().revoke(&login.api(&lab.desk.tools)).await.unwrap();
    assert_eq!(outcome, Revocation::ByHand { link: None });
}

fn status(status: u16, body: &str) -> Behaviour {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Behaviour::Status { status, headers, body: body.to_owned() }
}

#[tokio::test]
async fn limits_faults_and_nonsense_refuse_nothing() {
    let lab = lab().await;
    let token = personal(&lab, "maintainer", &["api", "read_repository"]);
    let dpop =
        r#"{"error": "dpop_error", "error_description": "DPoP validation error: no header"}"#;
    let odd = [
        Behaviour::Html,
        status(503, ""),
        status(404, "{}"),
        status(400, "{}"),
        status(401, dpop),
        status(200, "[]"),
        status(200, r#"{"scopes": 7}"#),
    ];
    for behaviour in odd {
        let told = format!("{behaviour:?}");
        lab.forge.behave("/api/v4/personal_access_tokens", Some(behaviour));
        let findings = check(&lab, &token, &[APP]).await;
        assert_eq!(findings.verdict, Verdict::Unknown, "{told}");
        assert!(findings.said.is_some() && findings.missing().is_empty(), "{told}");
    }
    lab.forge.behave("/api/v4/personal_access_tokens", None);
    for behaviour in [Behaviour::Html, status(502, ""), status(200, "[1]")] {
        let told = format!("{behaviour:?}");
        for path in ["/api/v4/user", "/api/v4/projects"] {
            lab.forge.behave(path, Some(behaviour.clone()));
        }
        let findings = check(&lab, &token, &[APP]).await;
        assert_eq!(findings.verdict, Verdict::Accepted, "{told}");
        assert!(findings.missing().is_empty(), "{told}");
        assert_eq!(result(&findings, "git:read"), Some(Finding::Proven), "{told}");
    }
    for path in ["/api/v4/user", "/api/v4/projects"] {
        lab.forge.behave(path, None);
    }
    let old = "/api/v4/personal_access_tokens/self/associations";
    lab.forge.behave(old, Some(status(404, r#"{"error": "404 Not Found"}"#)));
    let findings = check(&lab, &token, &[]).await;
    assert_eq!(result(&findings, "role"), Some(Finding::Unproven));

    lab.forge.limit(0, lab.desk.tools.clock.now().plus(Duration::from_secs(60)));
    let findings = check(&lab, &token, &[APP]).await;
    assert_eq!(findings.verdict, Verdict::Unknown);
    assert!(findings.said.unwrap().contains("limits"));
}

#[tokio::test]
async fn a_refusal_by_something_in_front_of_it_shows_nothing() {
    let lab = lab().await;
    let token = personal(&lab, "maintainer", &["api", "read_repository"]);
    let page = |status| Behaviour::Status {
        status,
        headers: vec![("content-type".to_owned(), "text/html".to_owned())],
        body: "<html>Sign in</html>".to_owned(),
    };
    for code in [401, 403] {
        for path in ["/api/v4/personal_access_tokens", "/api/v4/projects", "/acme/tools/app.git"] {
            lab.forge.behave(path, Some(page(code)));
            let findings = check(&lab, &token, &[APP]).await;
            assert_ne!(findings.verdict, Verdict::Refused, "{code} {path}");
            let missing: Vec<_> =
                findings.summary().into_iter().filter(|it| it.result == Finding::Missing).collect();
            assert!(missing.is_empty(), "{code} {path}: {missing:?}");
            assert!(format!("{findings:?}").contains("in front of"), "{code} {path}");
            lab.forge.behave(path, None);
        }
    }
}

#[tokio::test]
async fn a_renamed_project_is_told_and_git_has_the_last_word() {
    let lab = lab().await;
    let token = personal(&lab, "maintainer", &["api", "read_repository"]);
    lab.forge.rename_repository(APP, "acme/tools/application");
    let findings = check(&lab, &token, &[APP]).await;
    assert_eq!(result(&findings, "project"), Some(Finding::Unproven));
    assert!(note_of(&findings, "project").contains("redirect"));
    assert_eq!(result(&findings, "git:read"), Some(Finding::Proven));
}

#[tokio::test]
async fn no_more_repositories_than_the_limit() {
    let lab = lab().await;
    let token = personal(&lab, "maintainer", &["api", "read_repository"]);
    let max = providers::limits::CHECKED_REPOSITORIES_MAX;
    let findings = check(&lab, &token, &vec![APP; max + 1]).await;
    assert_eq!(findings.repositories.len(), max);
    assert_eq!(lab.desk.calls().len(), 2 + 4 * max);
    assert!(findings.said.unwrap().contains(&format!("first {max}")));
}

#[tokio::test]
async fn a_token_ends_itself_whatever_its_scopes() {
    let lab = lab().await;
    let token = personal(&lab, "maintainer", &["read_repository"]);
    let login = lab.login(&token);
    let outcome = lab.adapter().revoke(&login.api(&lab.desk.tools)).await.unwrap();
    assert_eq!(outcome, Revocation::Ordered);
    assert_eq!(lab.desk.check(&login, &[]).await.verdict, Verdict::Refused);
    // GitLab says that it was revoked before; of one that it never knew it does not.
    let outcome = lab.adapter().revoke(&login.api(&lab.desk.tools)).await.unwrap();
    assert_eq!(outcome, Revocation::Ordered);
    let unknown = lab.login("nobody-knows-this-one");
    let outcome = lab.adapter().revoke(&unknown.api(&lab.desk.tools)).await.unwrap();
    assert!(matches!(outcome, Revocation::ByHand { link: Some(_) }));
}

#[tokio::test]
async fn an_instance_below_a_path_of_its_own() {
    let root = tempfile::tempdir().unwrap();
    let options =
        forges::Options { root_path: "/code".to_owned(), ..forges::Options::new(Kind::GitLab) };
    let forge = forges::Forge::start_with(options, root.path()).await.unwrap();
    forge.add_user(User::new("maintainer"));
    forge.add_repository(Repository::private("maintainer/app")).unwrap();
    let token = forge.issue(Token::new("", "oauth", "maintainer").scopes(&["api"]));
    let site = common::site(Provider::GitLab, forge.url());
    let desk = common::Desk::new();
    let login = common::Login::token(&site, &token);
    let findings = desk.check(&login, &["maintainer/app"]).await;
    assert_eq!(findings.verdict, Verdict::Accepted, "{findings:?}");
    assert!(findings.missing().is_empty(), "{findings:?}");
    assert_eq!(result(&findings, "git:write"), Some(Finding::Proven));
    let calls = desk.calls();
    assert_eq!(calls[1], "GET /code/oauth/token/info 200");
    assert!(calls.iter().all(|call| call.contains(" /code/")), "{calls:?}");
}
