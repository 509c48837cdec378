//! What the tests of every adapter share: a way out that counts its calls, and sites to call.
#![expect(dead_code, reason = "every test file uses its own part of this")]
#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

pub mod lab;
pub mod script;

use std::sync::Arc;
use std::sync::Mutex;

use domain::Result;
use domain::Secret;
use domain::check::Finding;
use domain::check::Findings;
use domain::check::PermissionFinding;
use domain::credential::CredentialKind;
use domain::provider::Provider;
use domain::url::Segments;
use domain::url::WebUrl;
use outbound::Journal;
use outbound::Limits;
use outbound::Outbound;
use outbound::Reach;
use outbound::Trust;
use providers::Api;
use providers::Asked;
use providers::LoginFacts;
use providers::Site;
use providers::Tools;
use testkit::ManualClock;

/// The way out of one test.
pub struct Desk {
    pub tools: Tools,
    pub clock: Arc<ManualClock>,
    journal: Arc<Journal>,
}

impl Desk {
    pub fn new() -> Desk {
        Desk::within(Limits::default())
    }

    /// One that waits for answers no longer than this.
    pub fn within(limits: Limits) -> Desk {
        let journal = Arc::new(Journal::default());
        let clock = Arc::new(ManualClock::default());
        let outbound = Outbound::new(Reach::Anywhere, limits).with_journal(Arc::clone(&journal));
        let tools = Tools::new(Arc::new(outbound), Arc::clone(&clock) as _);
        Desk { tools, clock, journal }
    }

    /// The calls since the last time, as in `GET /api/v1/user 200`, without their queries.
    pub fn calls(&self) -> Vec<String> {
        let line = |it: outbound::Exchange| {
            let uri: http::Uri = it.url.parse().unwrap();
            let outcome = match it.outcome {
                Ok(status) => status.as_u16().to_string(),
                Err(kind) => format!("{kind:?}"),
            };
            format!("{} {} {outcome}", it.method, uri.path())
        };
        self.journal.take().into_iter().map(line).collect()
    }

    /// Checks a secret for repositories, without write probes.
    pub async fn check(&self, login: &Login<'_>, repositories: &[&str]) -> Findings {
        self.check_with(login, repositories, false).await.unwrap()
    }

    /// The same with the choice and with errors.
    pub async fn check_with(
        &self,
        login: &Login<'_>,
        repositories: &[&str],
        allows_write_probes: bool,
    ) -> Result<Findings> {
        let repositories: Vec<Segments> = repositories.iter().map(|it| path(it)).collect();
        let asked = Asked { repositories: &repositories, allows_write_probes, installation: None };
        self.watched(login, &asked).await
    }

    /// A check that is watched: every permission is told, and each once.
    pub async fn watched(&self, login: &Login<'_>, asked: &Asked<'_>) -> Result<Findings> {
        let told = Mutex::new(Vec::new());
        let hears = |one: &PermissionFinding| told.lock().unwrap().push(one.clone());
        let findings = providers::check(&login.api(&self.tools).telling(&hears), asked).await?;
        let everywhere = findings.repositories.iter().flat_map(|it| &it.permissions);
        let mut found: Vec<_> = findings.permissions.iter().chain(everywhere).cloned().collect();
        let mut told = told.into_inner().unwrap();
        found.sort_by_key(|it| format!("{it:?}"));
        told.sort_by_key(|it| format!("{it:?}"));
        assert_eq!(told, found);
        Ok(findings)
    }
}

/// One credential at one site.
pub struct Login<'a> {
    pub site: &'a Site,
    pub kind: CredentialKind,
    pub username: Option<&'a str>,
    pub workspace: Option<&'a str>,
    pub secret: Secret,
}

impl<'a> Login<'a> {
    /// A token without a user name.
    pub fn token(site: &'a Site, value: &str) -> Login<'a> {
        Login {
            site,
            kind: CredentialKind::AccessToken,
            username: None,
            workspace: None,
            secret: Secret::from(value.to_owned()),
        }
    }

    /// The same with a user name.
    pub fn username(self, name: &'a str) -> Login<'a> {
        Login { username: Some(name), ..self }
    }

    pub fn api<'b>(&'b self, tools: &'b Tools) -> Api<'b> {
        let facts = LoginFacts { kind: self.kind, username: self.username };
        Api::new(tools, self.site, facts, self.workspace, &self.secret).unwrap()
    }
}

/// A self-hosted instance at this address.
pub fn site(provider: Provider, url: &str) -> Site {
    let web = WebUrl::parse(url).unwrap();
    let api = providers::adapter(provider).api_root(&web);
    Site { provider, shown: web.clone(), web, api, trust: Trust::Roots }
}

/// The same whose API is elsewhere, as the clouds have it.
pub fn cloud(provider: Provider, url: &str, api_url: &str) -> Site {
    let api = WebUrl::parse(api_url).unwrap();
    let api = Some(providers::adapter(provider).api_root_given(api));
    Site { api, ..site(provider, url) }
}

pub fn path(text: &str) -> Segments {
    Segments::parse(text).unwrap()
}

/// What is known of a permission, over all repositories.
pub fn result(findings: &Findings, permission: &str) -> Option<Finding> {
    let found = findings.summary().into_iter().find(|it| it.permission == permission);
    found.map(|it| it.result)
}
