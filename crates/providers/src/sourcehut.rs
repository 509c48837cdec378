//! SourceHut. HTTPS is for reading there; its paths have no `.git`.

use async_trait::async_trait;
use domain::Result;
use domain::check::Findings;
use domain::credential::CredentialKind;
use domain::url::Segments;
use domain::url::WebUrl;

use crate::Api;
use crate::Asked;
use crate::Browse;
use crate::Capabilities;
use crate::Facts;
use crate::GitLogin;
use crate::Hooks;
use crate::Login;
use crate::LoginFacts;
use crate::Prove;
use crate::Write;

/// The adapter.
pub(crate) struct SourceHut;

impl Facts for SourceHut {
    fn capabilities(&self, _kind: CredentialKind) -> Capabilities {
        Capabilities::BROWSING
    }

    fn liveness(&self) -> &'static str {
        "POST /query { me { canonicalName } }"
    }

    fn git_login(&self, facts: LoginFacts<'_>) -> GitLogin {
        crate::basic(facts, "git")
    }

    fn clone_path(&self, repository: &Segments, _written_with_git: bool) -> String {
        repository.to_string()
    }

    fn api_login(&self, facts: LoginFacts<'_>) -> Login {
        match facts.kind {
            CredentialKind::Password => crate::basic(facts, "git").into(),
            _ => Login::Bearer,
        }
    }

    fn api_root(&self, _web: &WebUrl) -> Option<WebUrl> {
        None
    }

    fn token_page(&self, _web: &WebUrl, _workspace: Option<&str>) -> Option<String> {
        Some("https://meta.sr.ht/oauth2".to_owned())
    }
}

#[async_trait]
impl Prove for SourceHut {
    async fn check(&self, api: &Api<'_>, asked: &Asked<'_>) -> Result<Findings> {
        crate::prove::by_git(api, asked).await
    }
}

impl Browse for SourceHut {}

impl Hooks for SourceHut {}

impl Write for SourceHut {}
