//! The adapter of Gitea and Forgejo against forges that answer as they do: checks, and their cost.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use common::lab::Lab;
use common::result;
use domain::check::Finding;
use domain::check::Findings;
use domain::check::Verdict;
use domain::credential::ExpirySource;
use domain::provider::Provider;
use forges::Kind;
use forges::Repository;
use forges::Token;
use forges::User;
use providers::shapes::Revocation;

const KINDS: [(Kind, Provider); 2] =
    [(Kind::Gitea, Provider::Gitea), (Kind::Forgejo, Provider::Forgejo)];
const NEEDED: [&str; 3] = ["write:repository", "read:user", "read:organization"];
const PERMISSIONS: [&str; 5] =
    ["repository:read", "repository:write", "webhooks", "user:read", "organization:read"];

fn value() -> String {
    "0123456789".repeat(4)
}

/// `octocat`, who has a role in `acme/app`, and a token with these scopes.
async fn lab((kind, provider): (Kind, Provider), role: &str, scopes: &[&str]) -> Lab {
    let lab = Lab::cloud(kind, provider).await;
    lab.forge.add_user(User::new("octocat"));
    lab.forge.add_user(User::organization("acme"));
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
    for which in KINDS {
        let lab = lab(which, "admin", &NEEDED).await;
        let findings = check(&lab, &["acme/app"]).await;
        assert_eq!((findings.verdict, findings.said.as_deref()), (Verdict::Accepted, None));
        assert_eq!(results(&findings), [Some(Finding::Proven); 5], "{findings:?}");
        assert_eq!(result(&findings, "git:read"), Some(Finding::Proven));
        assert_eq!(result(&findings, "git:write"), Some(Finding::Proven));
        assert_eq!(findings.identity.as_ref().unwrap().login, "octocat");
        assert_eq!((findings.expires_at, findings.expiry), (None, ExpirySource::None));
        assert_eq!(findings.repositories[0].is_private, Some(true));
        assert_eq!(findings.remarks, []);
        let second = match which.0 {
            Kind::Gitea => "GET /api/v1/token 200",
            _ => "GET /api/v1/user/orgs 200",
        };
        let git = "GET /acme/app.git/info/refs 200";
        let wanted = [
            "GET /api/v1/user 200",
            second,
            "GET /api/v1/repos/acme/app 200",
            git,
            "GET /api/v1/repos/acme/app/hooks 200",
            git,
        ];
        assert_eq!(lab.desk.calls(), wanted);
    }
}

#[tokio::test]
async fn without_a_repository_a_private_one_is_the_sample() {
    for which in KINDS {
        let lab = lab(which, "admin", &NEEDED).await;
        let findings = check(&lab, &[]).await;
        assert_eq!(results(&findings), [Some(Finding::Proven); 5]);
        assert_eq!(findings.repositories.len(), 1);
        assert_eq!(findings.repositories[0].repository, "acme/app");
        assert!(!findings.repositories[0].is_bound);
        assert_eq!(result(&findings, "git:read"), None);
        assert_eq!(lab.desk.calls().len(), 6);
    }
}

#[tokio::test]
async fn an_older_gitea_is_judged_as_forgejo_is() {
    let root = tempfile::tempdir().unwrap();
    let version = Some("1.24.3".to_owned());
    let options = forges::Options { version, ..forges::Options::new(Kind::Gitea) };
    let forge = forges::Forge::start_with(options, root.path()).await.unwrap();
    forge.add_user(User::new("octocat"));
    forge.add_repository(Repository::private("octocat/app")).unwrap();
    forge.add_token(Token::new(value(), "token", "octocat").scopes(&["all"]));
    let desk = common::Desk::new();
    let site = common::site(Provider::Gitea, forge.url());
    let login = common::Login::token(&site, &value());
    let findings = desk.check(&login, &["octocat/app"]).await;
    assert_eq!(findings.scopes, None);
    assert_eq!(results(&findings), [Some(Finding::Proven); 5]);
    let revocation = providers::adapter(Provider::Gitea).revoke(&login.api(&desk.tools)).await;
    assert!(matches!(revocation.unwrap(), Revocation::ByHand { link: Some(_) }));
}

#[tokio::test]
async fn a_role_below_administrator() {
    for which in KINDS {
        for (role, writes) in [("write", Finding::Proven), ("read", Finding::Missing)] {
            let lab = lab(which, role, &NEEDED).await;
            let findings = check(&lab, &["acme/app"]).await;
            assert_eq!(result(&findings, "repository:read"), Some(Finding::Proven));
            assert_eq!(result(&findings, "repository:write"), Some(writes), "{role}");
            assert_eq!(result(&findings, "git:write"), Some(writes), "{role}: git lets readers in");
            assert_eq!(result(&findings, "webhooks"), Some(Finding::Missing));
        }
    }
}

#[tokio::test]
async fn narrow_scopes() {
    for which in KINDS {
        let lab = lab(which, "admin", &["read:repository"]).await;
        let findings = check(&lab, &["acme/app"]).await;
        assert_eq!(findings.verdict, Verdict::Accepted, "it may not say whose it is, but it lives");
        assert_eq!(result(&findings, "repository:read"), Some(Finding::Proven));
        assert_eq!(findings.missing(), ["repository:write"]);
        assert_eq!(result(&findings, "user:read"), Some(Finding::Missing));
        assert_eq!(result(&findings, "organization:read"), Some(Finding::Missing));
        let sampled = check(&lab, &[]).await;
        assert_eq!(sampled.repositories[0].repository, "acme/app", "found without read:user");

        lab.forge.edit_token(&value(), |it| it.scopes = vec!["read:issue".to_owned()]);
        let findings = check(&lab, &["acme/app"]).await;
        assert_eq!(findings.verdict, Verdict::Accepted);
        assert_eq!(result(&findings, "repository:read"), Some(Finding::Missing));
        assert_eq!(result(&findings, "git:read"), Some(Finding::Missing));
    }
}

#[tokio::test]
async fn only_public_repositories() {
    for which in KINDS {
        let lab = lab(which, "admin", &["all", "public-only"]).await;
        let findings = check(&lab, &["acme/app"]).await;
        assert!(findings.missing().contains(&"repository:read".to_owned()), "{findings:?}");
        let findings = check(&lab, &[]).await;
        assert_eq!(findings.repositories, []);
        assert_eq!(result(&findings, "webhooks"), Some(Finding::Unproven));
        assert_eq!(findings.missing(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn on_a_public_repository_reading_shows_nothing_unless_scopes_are_told() {
    for (which, reads) in KINDS.into_iter().zip([Finding::Proven, Finding::Unproven]) {
        let lab = lab(which, "admin", &NEEDED).await;
        let findings = check(&lab, &["acme/open"]).await;
        assert_eq!(result(&findings, "repository:read"), Some(reads));
        assert_eq!(result(&findings, "repository:write"), Some(Finding::Proven));
        assert_eq!(result(&findings, "git:read"), Some(Finding::Unproven));
    }
}

#[tokio::test]
async fn what_it_does_not_see_and_what_is_closed() {
    for which in KINDS {
        let lab = lab(which, "admin", &NEEDED).await;
        lab.forge.add_repository(Repository::private("acme/other")).unwrap();
        let closed = Repository::private("acme/closed").member("octocat", "admin").archived();
        lab.forge.add_repository(closed).unwrap();
        let findings = check(&lab, &["acme/app", "acme/other"]).await;
        assert_eq!(findings.repositories[1].is_visible, Some(false));
        assert_eq!(findings.missing(), ["repository:read"]);
        let findings = check(&lab, &["acme/closed"]).await;
        assert_eq!(result(&findings, "repository:write"), Some(Finding::Unproven));
    }
}

#[tokio::test]
async fn forgejo_tokens_for_chosen_repositories() {
    let lab = lab(KINDS[1], "admin", &NEEDED).await;
    lab.forge.edit_token(&value(), |it| it.repositories = Some(vec!["acme/open".to_owned()]));
    let findings = check(&lab, &["acme/app"]).await;
    assert_eq!(findings.verdict, Verdict::Accepted);
    assert_eq!(findings.missing(), ["repository:read"]);
}

#[tokio::test]
async fn a_dead_token_costs_one_call_and_a_living_one_can_end_itself() {
    for which in KINDS {
        let lab = lab(which, "admin", &["all"]).await;
        if which.0 == Kind::Gitea {
            assert_eq!(check(&lab, &[]).await.remarks[0].code, "more_rights");
        }
        let login = lab.login(&value());
        let revocation = lab.adapter().revoke(&login.api(&lab.desk.tools)).await.unwrap();
        match which.0 {
            Kind::Gitea => assert_eq!(revocation, Revocation::Ordered),
            _ => assert!(matches!(revocation, Revocation::ByHand { link: Some(_) })),
        }
        lab.forge.revoke(&value());
        lab.desk.calls();
        let findings = check(&lab, &["acme/app"]).await;
        assert_eq!(findings.verdict, Verdict::Refused);
        assert_eq!(lab.desk.calls(), ["GET /api/v1/user 401"]);
    }
}
