//! GitHub Apps against a forge that answers as GitHub does: checks, what they cost, and what is minted.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use std::time::Duration;

use common::Login;
use common::lab::Lab;
use common::path;
use common::result;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::access::Access;
use domain::access::Purpose;
use domain::check::Finding;
use domain::check::Findings;
use domain::check::IdentityKind;
use domain::check::Verdict;
use domain::credential::CredentialKind;
use domain::credential::ExpirySource;
use domain::provider::Provider;
use forges::Application;
use forges::Installation;
use forges::Kind;
use forges::Repository;
use forges::User;
use providers::AppKey;
use providers::Asked;
use providers::Minted;

/// An App at `acme`, which has two repositories, and its key.
struct AppLab {
    lab: Lab,
    app: Application,
    app_id: String,
    key: String,
    installation: u64,
}

impl AppLab {
    async fn new(permissions: &[(&str, &str)]) -> AppLab {
        let lab = Lab::cloud(Kind::GitHub, Provider::GitHub).await;
        for account in ["acme", "other"] {
            lab.forge.add_user(User::organization(account));
            lab.forge.add_repository(Repository::private(&format!("{account}/app"))).unwrap();
        }
        lab.forge.add_repository(Repository::private("acme/lib")).unwrap();
        let (key, public) = forges::new_key().unwrap();
        let mut app = Application::new("Iv1.claviger", "secret").public_key(&public);
        for (resource, level) in permissions {
            app = app.permission(resource, level);
        }
        let app_id = lab.forge.add_application(app.clone()).to_string();
        let installation = lab.forge.add_installation(Installation::new(&app, "acme"));
        AppLab { lab, app, app_id, key, installation }
    }

    /// One that may do everything.
    async fn able() -> AppLab {
        let write = |resource: &'static str| (resource, "write");
        let all = ["administration", "contents", "repository_hooks", "pull_requests"];
        AppLab::new(&all.map(write)).await
    }

    /// What it signs.
    fn word(&self, app_id: &str, key: &str) -> Login<'_> {
        let key = AppKey::read(app_id, &Secret::from(key.to_owned())).unwrap();
        let secret = key.word(self.lab.desk.tools.clock.now()).unwrap();
        let login = self.lab.login("");
        Login { kind: CredentialKind::GitHubApp, secret, ..login }
    }

    async fn check(&self, repositories: &[&str], installation: Option<&str>) -> Findings {
        let login = self.word(&self.app_id, &self.key);
        self.check_with(&login, repositories, installation).await
    }

    async fn check_with(
        &self,
        login: &Login<'_>,
        repositories: &[&str],
        installation: Option<&str>,
    ) -> Findings {
        let repositories: Vec<_> = repositories.iter().map(|it| path(it)).collect();
        let asked = Asked { repositories: &repositories, allows_write_probes: false, installation };
        self.lab.desk.watched(login, &asked).await.unwrap()
    }

    /// The calls since the last time, without where this cloud's API is.
    fn calls(&self) -> Vec<String> {
        let calls = self.lab.desk.calls();
        calls.into_iter().map(|call| call.replace(" /cloud-api/", " /")).collect()
    }

    async fn mint(&self, repository: Option<&str>, purpose: Purpose) -> Result<Minted> {
        let login = self.word(&self.app_id, &self.key);
        let api = login.api(&self.lab.desk.tools);
        let repository = repository.map(path);
        let minted =
            providers::mint(&api, &self.installation.to_string(), repository.as_ref(), purpose)
                .await;
        assert_eq!(api.mints(), u32::from(minted.is_ok()));
        minted
    }
}

#[tokio::test]
async fn an_app_is_a_bot_whose_permissions_are_read_where_its_token_is_made() {
    let lab = AppLab::able().await;
    let findings = lab.check(&["acme/app"], None).await;
    assert_eq!(findings.verdict, Verdict::Accepted, "{findings:#?}");
    let identity = findings.identity.as_ref().unwrap();
    assert_eq!(
        (identity.login.as_str(), identity.kind),
        ("Iv1.claviger[bot]", Some(IdentityKind::Bot))
    );
    assert_eq!((findings.expires_at, findings.expiry), (None, ExpirySource::None));
    for permission in [
        "metadata:read",
        "contents:read",
        "contents:write",
        "webhooks:write",
        "pull_requests:write",
        "repository",
        "git:read",
        "git:write",
    ] {
        assert_eq!(result(&findings, permission), Some(Finding::Proven), "{permission}");
    }
    let contents = findings.permissions.iter().find(|it| it.permission == "contents:read").unwrap();
    assert_eq!(
        (contents.evidence.status, contents.evidence.note.as_deref()),
        (Some(201), Some("contents: write"))
    );
    let tokens = format!("POST /app/installations/{}/access_tokens 201", lab.installation);
    assert_eq!(
        lab.calls(),
        [
            "GET /app 200",
            "GET /repos/acme/app/installation 200",
            &tokens,
            "GET /acme/app.git/info/refs 200",
            "GET /acme/app.git/info/refs 200",
            "DELETE /installation/token 204",
        ]
    );
    // Its client id is as good as its number.
    let login = lab.word("Iv1.claviger", &lab.key);
    assert_eq!(lab.check_with(&login, &[], None).await.missing(), Vec::<String>::new());
    assert_eq!(lab.calls().len(), 4);
    let given = lab.installation.to_string();
    assert_eq!(lab.check(&[], Some(&given)).await.missing(), Vec::<String>::new());
    assert_eq!(lab.calls().len(), 3);
}

#[tokio::test]
async fn what_is_not_there_is_missing_by_name() {
    let lab = AppLab::new(&[("issues", "write")]).await;
    let findings = lab.check(&["acme/app", "other/app"], None).await;
    assert_eq!(findings.missing(), ["contents:read", "repository", "git:read"]);
    assert_eq!(result(&findings, "webhooks:write"), Some(Finding::Missing));
    assert_eq!(findings.repositories[1].is_visible, Some(false));
    assert_eq!(findings.repositories[0].is_visible, Some(true));
    // An installation that was chosen is the only one that counts.
    let other = lab.lab.forge.add_installation(Installation::new(&lab.app, "other"));
    let findings = lab.check(&["acme/app"], Some(&other.to_string())).await;
    let seen = &findings.repositories[0].permissions[0];
    assert_eq!(seen.result, Finding::Missing);
    let note = format!("Another installation reaches it: {}.", lab.installation);
    assert_eq!(seen.evidence.note, Some(note));
    // On hold, it gives no token.
    assert!(lab.lab.forge.edit_installation(lab.installation, |it| it.is_suspended = true));
    let findings = lab.check(&["acme/app"], None).await;
    assert_eq!(
        (findings.verdict, findings.missing()),
        (Verdict::Accepted, vec!["installation".to_owned()])
    );
    let note = findings.permissions[0].evidence.note.as_deref();
    assert_eq!(note, Some("This installation has been suspended"));
}

#[tokio::test]
async fn only_its_own_key_is_accepted() {
    let lab = AppLab::able().await;
    let (stranger, _) = forges::new_key().unwrap();
    let findings = lab.check_with(&lab.word(&lab.app_id, &stranger), &["acme/app"], None).await;
    assert_eq!(findings.verdict, Verdict::Refused);
    assert!(findings.said.unwrap().starts_with("GET /app answered 401: "));
    assert_eq!(lab.calls(), ["GET /app 401"]);
    // A number that no App has is no proof against the key.
    let findings = lab.check_with(&lab.word("999999", &lab.key), &[], None).await;
    assert_eq!(findings.verdict, Verdict::Unknown);
    let public = lab.app.public_key.clone().unwrap();
    let shown = format!("{}{}", "ghp_", "A".repeat(36));
    for wrong in
        [shown, public, "-----BEGIN RSA PRIVATE KEY-----\n".to_owned(), lab.key[..200].to_owned()]
    {
        let error = AppKey::read("1", &Secret::from(wrong.clone())).map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(!format!("{error:?}").contains(&wrong));
    }
}

#[tokio::test]
async fn a_word_ends_within_ten_minutes() {
    let lab = AppLab::able().await;
    let login = lab.word(&lab.app_id, &lab.key);
    for (seconds, verdict) in [(530, Verdict::Accepted), (20, Verdict::Refused)] {
        lab.lab.desk.clock.advance(Duration::from_secs(seconds));
        assert_eq!(lab.check_with(&login, &[], None).await.verdict, verdict);
    }
}

#[tokio::test]
async fn a_token_is_good_for_one_purpose() {
    let lab = AppLab::able().await;
    let granted = |lab: &AppLab, minted: &Minted| {
        let token = lab.lab.forge.token(minted.token.expose_text().unwrap()).unwrap();
        let permissions: Vec<String> =
            token.permissions.iter().map(|(name, level)| format!("{name}:{level}")).collect();
        (permissions.join(" "), token.repositories)
    };
    let only = |path: &str| Some(vec![path.to_owned()]);
    for (repository, purpose, permissions) in [
        (Some("acme/app"), Purpose::Contents(Access::Read), "contents:read metadata:read"),
        (Some("acme/app"), Purpose::Contents(Access::Write), "contents:write metadata:read"),
        (Some("acme/app"), Purpose::Hooks(Access::Read), "metadata:read repository_hooks:read"),
        (Some("acme/app"), Purpose::Hooks(Access::Write), "metadata:read repository_hooks:write"),
        (None, Purpose::Lists, "metadata:read"),
        (None, Purpose::Creation, "administration:write metadata:read"),
    ] {
        let minted = lab.mint(repository, purpose).await.unwrap();
        assert_eq!(granted(&lab, &minted), (permissions.to_owned(), repository.and_then(only)));
        let hour = lab.lab.desk.tools.clock.now().plus(Duration::from_secs(3600));
        assert!(minted.expires_at <= hour && minted.permissions["metadata"] == "read");
    }
}

#[tokio::test]
async fn what_is_not_given_is_not_minted_and_said_in_words() {
    let lab = AppLab::new(&[("contents", "read")]).await;
    let read = Purpose::Contents(Access::Read);
    let refused = lab.mint(Some("acme/app"), Purpose::Contents(Access::Write)).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Forbidden);
    assert!(refused.message().contains("permissions requested are not granted"), "{refused}");
    let refused = lab.mint(Some("other/elsewhere"), read).await.unwrap_err();
    assert!(refused.message().contains("does not exist or is not accessible"), "{refused}");
    lab.lab.forge.edit_installation(lab.installation, |it| it.is_suspended = true);
    let refused = lab.mint(Some("acme/app"), read).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Forbidden);
    assert!(refused.message().contains("has been suspended"), "{refused}");
    let login = lab.word(&lab.app_id, &lab.key);
    let api = login.api(&lab.lab.desk.tools);
    let found = providers::installation(&api, Some(&path("acme/lib"))).await.unwrap();
    assert_eq!(found, lab.installation.to_string());
    let refused = providers::installation(&api, Some(&path("other/app"))).await.unwrap_err();
    assert_eq!(refused.message(), "The GitHub App is not installed where other/app is.");
}
