//! The GitHub adapter against a forge that answers as GitHub does: checks, and what they cost.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use std::time::Duration;

use common::lab::Lab;
use common::path;
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

const READ: &str = "GET /acme/app.git/info/refs";

fn value(prefix: &str) -> String {
    let count = if prefix == "github_pat_" { 82 } else { 36 };
    format!("{prefix}{}", "A".repeat(count))
}

/// `octocat`, who is an administrator of `acme/app`, and a token of theirs.
async fn lab(token: Token) -> Lab {
    let lab = Lab::cloud(Kind::GitHub, Provider::GitHub).await;
    lab.forge.add_user(User::new("octocat"));
    lab.forge.add_user(User::organization("acme").member("octocat", "member"));
    lab.forge.add_repository(Repository::private("acme/app").member("octocat", "admin")).unwrap();
    lab.forge.add_token(token);
    lab
}

fn classic(scopes: &[&str]) -> Token {
    Token::new(value("ghp_"), "classic", "octocat").scopes(scopes)
}

fn fine_grained() -> Token {
    Token::new(value("github_pat_"), "fine-grained", "octocat")
        .belongs_to("acme")
        .permission("contents", "write")
        .permission("repository_hooks", "write")
        .permission("pull_requests", "write")
}

async fn check(lab: &Lab, prefix: &str, repositories: &[&str]) -> Findings {
    lab.desk.check(&lab.login(&value(prefix)), repositories).await
}

fn status(status: u16) -> Behaviour {
    Behaviour::Status { status, headers: Vec::new(), body: String::new() }
}

fn codes(findings: &Findings) -> Vec<&str> {
    findings.remarks.iter().map(|it| it.code.as_str()).collect()
}

#[tokio::test]
async fn a_classic_token_is_read_in_one_call() {
    let lab = lab(classic(&["repo", "admin:repo_hook", "read:org", "delete_repo"])).await;
    let end = lab.desk.tools.clock.now().plus(Duration::from_secs(90 * 86_400));
    lab.forge.edit_token(&value("ghp_"), |it| it.expires_at = Some(end));
    let findings = check(&lab, "ghp_", &[]).await;
    assert_eq!(lab.desk.calls(), ["GET /cloud-api/user 200"]);
    assert_eq!((findings.verdict, findings.said.as_deref()), (Verdict::Accepted, None));
    assert_eq!((findings.expires_at, findings.expiry), (Some(end), ExpirySource::Reported));
    assert_eq!(findings.token_kind.as_deref(), Some("classic token"));
    for permission in ["repo", "admin:repo_hook", "read:org"] {
        assert_eq!(result(&findings, permission), Some(Finding::Proven), "{permission}");
    }
    let evidence = &findings.permissions[0].evidence;
    assert_eq!((evidence.endpoint.as_str(), evidence.status), ("GET /user", Some(200)));
    let line = "X-OAuth-Scopes: repo, admin:repo_hook, read:org, delete_repo";
    assert_eq!(evidence.header.as_deref(), Some(line));
    assert_eq!(codes(&findings), ["more_rights"]);
    let identity = findings.identity.unwrap();
    assert_eq!((identity.login.as_str(), identity.kind), ("octocat", Some(IdentityKind::Person)));
}

#[tokio::test]
async fn a_classic_token_without_scopes_lacks_them() {
    let lab = lab(classic(&[])).await;
    let findings = check(&lab, "ghp_", &[]).await;
    assert_eq!(findings.missing(), ["repo", "admin:repo_hook"]);
    assert_eq!(findings.expiry, ExpirySource::None);
    lab.forge.edit_token(&value("ghp_"), |it| it.scopes = vec!["repo".to_owned()]);
    let findings = check(&lab, "ghp_", &[]).await;
    assert!(findings.missing().is_empty());
    assert_eq!(codes(&findings), ["covered_scope"]);
}

#[tokio::test]
async fn a_bound_repository_costs_three_calls_more() {
    let lab = lab(classic(&["repo", "admin:repo_hook"])).await;
    let findings = check(&lab, "ghp_", &["acme/app"]).await;
    let repository = "GET /cloud-api/repos/acme/app 200".to_owned();
    let git = format!("{READ} 200");
    assert_eq!(
        lab.desk.calls(),
        ["GET /cloud-api/user 200".to_owned(), repository, git.clone(), git]
    );
    for permission in ["repository", "role:admin", "git:read", "git:write"] {
        assert_eq!(result(&findings, permission), Some(Finding::Proven), "{permission}");
    }
    assert_eq!(findings.repositories[0].is_private, Some(true));
    assert!(findings.repositories[0].is_bound);

    lab.forge.edit_repository("acme/app", |it| {
        it.members.insert("octocat".to_owned(), "pull".to_owned());
    });
    let findings = check(&lab, "ghp_", &["acme/app"]).await;
    assert_eq!(result(&findings, "role:admin"), Some(Finding::Missing));
    assert_eq!(result(&findings, "git:read"), Some(Finding::Proven));
    assert_eq!(result(&findings, "git:write"), Some(Finding::Missing));
    assert!(findings.missing().is_empty(), "pushing and hooks are not needed everywhere");
}

#[tokio::test]
async fn wrong_and_revoked_tokens_are_refused_after_one_call() {
    let lab = lab(classic(&["repo"])).await;
    lab.forge.revoke(&value("ghp_"));
    let findings = check(&lab, "ghp_", &["acme/app"]).await;
    assert_eq!(findings.verdict, Verdict::Refused);
    assert_eq!(findings.said.as_deref(), Some("GET /user answered 401: Bad credentials"));
    assert!(findings.permissions.is_empty() && findings.repositories.is_empty());
    assert_eq!(lab.desk.calls(), ["GET /cloud-api/user 401"]);
}

#[tokio::test]
async fn a_fine_grained_token_is_probed() {
    let lab = lab(fine_grained()).await;
    let findings = check(&lab, "github_pat_", &["acme/app"]).await;
    let api = |target: &str| format!("GET /cloud-api{target} 200");
    let expected = [
        api("/user"),
        api("/repos/acme/app"),
        api("/repos/acme/app/commits"),
        api("/repos/acme/app/hooks"),
        api("/repos/acme/app/pulls"),
        format!("{READ} 200"),
        format!("{READ} 200"),
    ];
    assert_eq!(lab.desk.calls(), expected);
    assert_eq!(findings.token_kind.as_deref(), Some("fine-grained token"));
    for permission in ["contents:read", "webhooks:read", "pull_requests:read", "git:write"] {
        assert_eq!(result(&findings, permission), Some(Finding::Proven), "{permission}");
    }
    for permission in ["webhooks:write", "pull_requests:write"] {
        assert_eq!(result(&findings, permission), Some(Finding::Unproven), "{permission}");
    }
}

#[tokio::test]
async fn writes_are_only_probed_where_that_is_allowed() {
    let lab = lab(fine_grained()).await;
    let login = lab.login(&value("github_pat_"));
    let findings = lab.desk.check_with(&login, &["acme/app"], true).await.unwrap();
    let calls = lab.desk.calls();
    assert_eq!(calls.len(), 9, "{calls:?}");
    assert!(calls.contains(&"PATCH /cloud-api/repos/acme/app/hooks/0 404".to_owned()));
    assert!(calls.contains(&"POST /cloud-api/repos/acme/app/pulls 422".to_owned()));
    assert_eq!(result(&findings, "webhooks:write"), Some(Finding::Proven));
    assert_eq!(result(&findings, "pull_requests:write"), Some(Finding::Proven));
    assert!(lab.forge.hooks("acme/app").is_empty());

    lab.forge.edit_token(&value("github_pat_"), |it| {
        it.permissions.insert("repository_hooks".to_owned(), "read".to_owned());
        it.permissions.remove("pull_requests");
    });
    let findings = lab.desk.check_with(&login, &["acme/app"], true).await.unwrap();
    assert_eq!(result(&findings, "webhooks:read"), Some(Finding::Proven));
    let missing = ["webhooks:write", "pull_requests:read", "pull_requests:write"];
    assert_eq!(findings.missing(), missing);
    let of_hooks = &findings.repositories[0].permissions[3];
    let line = of_hooks.evidence.header.as_deref();
    assert_eq!(line, Some("X-Accepted-GitHub-Permissions: repository_hooks=write"));
}

#[tokio::test]
async fn what_a_repository_hides_from_everybody_shows_nothing() {
    let lab = lab(fine_grained()).await;
    lab.forge.edit_repository("acme/app", |it| it.is_archived = true);
    let login = lab.login(&value("github_pat_"));
    let findings = lab.desk.check_with(&login, &["acme/app"], true).await.unwrap();
    assert_eq!(result(&findings, "webhooks:write"), Some(Finding::Unproven));
    assert!(findings.missing().is_empty(), "{findings:?}");
    let calls = lab.desk.calls();
    assert!(calls.iter().all(|call| call.starts_with("GET ")), "{calls:?}");

    lab.forge.edit_repository("acme/app", |it| (it.is_archived, it.is_private) = (false, false));
    let findings = lab.desk.check(&login, &["acme/app"]).await;
    for permission in ["contents:read", "pull_requests:read", "git:read"] {
        assert_eq!(result(&findings, permission), Some(Finding::Unproven), "{permission}");
    }
    assert_eq!(result(&findings, "webhooks:read"), Some(Finding::Proven));
    assert_eq!(result(&findings, "git:write"), Some(Finding::Proven));
}

#[tokio::test]
async fn without_a_repository_the_widest_private_one_is_probed() {
    let lab = lab(fine_grained()).await;
    for name in ["acme/aaa", "acme/old"] {
        let repository = Repository::private(name).member("octocat", "push");
        lab.forge.add_repository(repository).unwrap();
    }
    let findings = check(&lab, "github_pat_", &[]).await;
    let sample = &findings.repositories[0];
    assert_eq!((sample.repository.as_str(), sample.is_bound), ("acme/app", false));
    assert_eq!(result(&findings, "contents:read"), Some(Finding::Proven));
    assert_eq!(lab.desk.calls().len(), 6);

    lab.forge.edit_token(&value("github_pat_"), |it| it.repositories = Some(Vec::new()));
    let findings = check(&lab, "github_pat_", &[]).await;
    assert_eq!(result(&findings, "contents:read"), Some(Finding::Unproven));
    assert!(findings.repositories.is_empty() && findings.missing().is_empty());
    assert_eq!(lab.desk.calls().len(), 2);
}

#[tokio::test]
async fn a_repository_that_is_not_selected_is_missing() {
    let lab = lab(fine_grained().repositories(&[])).await;
    let findings = check(&lab, "github_pat_", &["acme/app"]).await;
    assert_eq!(findings.verdict, Verdict::Accepted);
    assert_eq!(findings.missing(), ["repository"]);
    assert_eq!(findings.repositories[0].is_visible, Some(false));
    assert_eq!(lab.desk.calls().len(), 2);
}

#[tokio::test]
async fn single_sign_on_tells_where_to_go() {
    let lab = lab(classic(&["repo", "admin:repo_hook"])).await;
    lab.forge.edit_token(&value("ghp_"), |it| it.is_sso_required = true);
    let findings = check(&lab, "ghp_", &["acme/app"]).await;
    assert_eq!(findings.verdict, Verdict::Accepted);
    assert_eq!(result(&findings, "repository"), Some(Finding::Unproven));
    let advice = findings.remarks.iter().find(|it| it.code == "single_sign_on").unwrap();
    let link = advice.link.as_deref().unwrap();
    assert!(link.starts_with(&format!("{}/orgs/acme/sso?", lab.forge.url())), "{link}");
    // Whoever answers may not send people anywhere else.
    for (url, is_shown) in [
        ("https://github.com/orgs/acme/sso?authorization_request=A1", true),
        ("https://github.com.evil.example/orgs/acme/sso", false),
        ("https://github.com@evil.example/orgs/acme/sso", false),
        ("https://github.com:444/orgs/acme/sso", false),
        ("http://github.com/orgs/acme/sso", false),
        ("javascript:alert(1)", false),
    ] {
        let line = ("x-github-sso".to_owned(), format!("required; url={url}"));
        let headers = vec![line, ("content-type".to_owned(), "application/json".to_owned())];
        let body = "{\"message\": \"Resource protected by organization SAML enforcement.\"}";
        let behaviour = Behaviour::Status { status: 403, headers, body: body.to_owned() };
        lab.forge.behave("/cloud-api/repos", Some(behaviour));
        let findings = check(&lab, "ghp_", &["acme/app"]).await;
        let advice = findings.remarks.iter().find(|it| it.code == "single_sign_on").unwrap();
        assert_eq!(advice.link.as_deref(), is_shown.then_some(url), "{url}");
    }
}

#[tokio::test]
async fn an_installations_token() {
    let lab = lab(classic(&[])).await;
    let app = forges::Application::new("Iv1.app", "secret")
        .permission("contents", "read")
        .permission("metadata", "read");
    lab.forge.add_application(app.clone());
    let installation = lab.forge.add_installation(forges::Installation::new(&app, "acme"));
    let mut token = Token::new(value("ghs_"), "installation", "acme-app[bot]")
        .permission("contents", "read")
        .permission("metadata", "read");
    token.installation = Some(installation);
    lab.forge.add_token(token);
    let findings = check(&lab, "ghs_", &[]).await;
    assert_eq!(findings.verdict, Verdict::Accepted, "{findings:?}");
    assert_eq!(findings.token_kind.as_deref(), Some("installation token"));
    assert_eq!(findings.repositories[0].repository, "acme/app");
    assert_eq!(result(&findings, "contents:read"), Some(Finding::Proven));
    assert_eq!(result(&findings, "webhooks:read"), Some(Finding::Missing));
    let calls = lab.desk.calls();
    assert_eq!(
        calls[..2],
        ["GET /cloud-api/user 403", "GET /cloud-api/installation/repositories 200"]
    );
    assert_eq!(calls.len(), 6);
}

#[tokio::test]
async fn limits_faults_and_nonsense_refuse_nothing() {
    let lab = lab(classic(&["repo"])).await;
    for behaviour in [Behaviour::Html, status(503), status(404)] {
        lab.forge.behave("/cloud-api/user", Some(behaviour.clone()));
        let findings = check(&lab, "ghp_", &["acme/app"]).await;
        assert_eq!(findings.verdict, Verdict::Unknown, "{behaviour:?}");
        assert!(findings.said.is_some() && findings.missing().is_empty());
    }
    lab.forge.behave("/cloud-api/user", None);
    lab.forge.behave("/cloud-api/repos", Some(status(502)));
    let findings = check(&lab, "ghp_", &["acme/app"]).await;
    assert_eq!(findings.verdict, Verdict::Accepted);
    assert_eq!(result(&findings, "repository"), Some(Finding::Unproven));
    assert_eq!(result(&findings, "git:read"), Some(Finding::Proven));
    lab.forge.behave("/cloud-api/repos", None);

    let reset = lab.desk.tools.clock.now().plus(Duration::from_secs(600));
    lab.forge.limit(0, reset);
    let findings = check(&lab, "ghp_", &["acme/app"]).await;
    assert_eq!(findings.verdict, Verdict::Unknown);
    assert!(findings.said.unwrap().contains("limits"));
}

#[tokio::test]
async fn a_renamed_repository_is_told_and_git_has_the_last_word() {
    let lab = lab(classic(&["repo", "admin:repo_hook"])).await;
    lab.forge.rename_repository("acme/app", "acme/application");
    let findings = check(&lab, "ghp_", &["acme/app"]).await;
    assert_eq!(result(&findings, "repository"), Some(Finding::Unproven));
    let note = findings.repositories[0].permissions[0].evidence.note.as_deref().unwrap();
    assert!(note.contains("redirect"), "{note}");
    assert_eq!(result(&findings, "git:read"), Some(Finding::Proven));
}

#[tokio::test]
async fn no_more_repositories_than_the_limit() {
    let lab = lab(classic(&["repo", "admin:repo_hook"])).await;
    let max = providers::limits::CHECKED_REPOSITORIES_MAX;
    let findings = check(&lab, "ghp_", &vec!["acme/app"; max + 1]).await;
    assert_eq!(findings.repositories.len(), max);
    assert_eq!(lab.desk.calls().len(), 1 + 3 * max);
    assert!(findings.said.unwrap().contains(&format!("first {max}")));
}

#[tokio::test]
async fn a_token_is_ended_without_a_login() {
    let lab = lab(classic(&["repo"])).await;
    let login = lab.login(&value("ghp_"));
    let api = login.api(&lab.desk.tools);
    let outcome = lab.adapter().revoke(&api).await.unwrap();
    assert_eq!(outcome, providers::shapes::Revocation::Ordered);
    let calls = lab.forge.journal();
    assert_eq!((calls[0].path.as_str(), calls[0].scheme.as_str()), ("/credentials/revoke", "none"));
    assert_eq!(lab.desk.check(&login, &[]).await.verdict, Verdict::Refused);

    let installation = lab.login(&value("ghs_"));
    let api = installation.api(&lab.desk.tools);
    let outcome = lab.adapter().revoke(&api).await.unwrap();
    assert_eq!(outcome, providers::shapes::Revocation::ByHand { link: None });
}

#[tokio::test]
async fn an_enterprise_server_is_asked_below_its_own_address() {
    let lab = lab(classic(&["repo", "admin:repo_hook"])).await;
    let server = common::site(Provider::GitHub, lab.forge.url());
    let login = common::Login::token(&server, &value("ghp_"));
    let findings = lab.desk.check(&login, &["acme/app"]).await;
    assert_eq!(findings.verdict, Verdict::Accepted);
    assert_eq!(lab.desk.calls()[0], "GET /api/v3/user 200");
    let api = login.api(&lab.desk.tools);
    assert_eq!(lab.adapter().repository(&api, &path("acme/app")).await.unwrap().name, "app");
    // There the token itself is the login.
    lab.adapter().revoke(&api).await.unwrap();
    assert_eq!(lab.forge.journal().last().unwrap().scheme, "bearer");
}

#[tokio::test]
async fn webhooks_that_are_not_shown_prove_no_right_to_write_them() {
    use common::script::Said;
    let answer = |request: &http::Request<bytes::Bytes>, target: &str| {
        let name = target.rsplit('/').next().unwrap_or_default();
        match (request.method().as_str(), name) {
            ("GET", "user") => Said::json(200, &serde_json::json!({"login": "octocat"})),
            ("GET", "app") => Said::json(200, &serde_json::json!({"private": true})),
            _ => Said::json(404, &serde_json::json!({"message": "Not Found"})),
        }
    };
    let script = common::script::Script::start(answer).await;
    let site = common::site(Provider::GitHub, &script.host.url());
    let login = common::Login::token(&site, &value("github_pat_"));
    let findings = common::Desk::new().check_with(&login, &["acme/app"], true).await.unwrap();
    assert_eq!(result(&findings, "webhooks:read"), Some(Finding::Missing));
    assert_eq!(result(&findings, "webhooks:write"), Some(Finding::Unproven));
    assert_eq!(result(&findings, "contents:read"), Some(Finding::Unproven));
}
