//! Gitea. Any user name goes with a token; the owner's login is the honest one.

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
pub(crate) struct Gitea;

impl Facts for Gitea {
    fn capabilities(&self, _kind: CredentialKind) -> Capabilities {
        Capabilities::BROWSING
    }

    fn liveness(&self) -> &'static str {
        "GET /user"
    }

    fn git_login(&self, facts: LoginFacts<'_>) -> GitLogin {
        crate::basic(facts, "oauth2")
    }

    fn clone_path(&self, repository: &Segments, _written_with_git: bool) -> String {
        crate::with_git(repository)
    }

    fn api_login(&self, facts: LoginFacts<'_>) -> Login {
        match facts.kind {
            CredentialKind::Password => crate::basic(facts, "git").into(),
            _ => Login::Token,
        }
    }

    fn api_root(&self, web: &WebUrl) -> Option<WebUrl> {
        crate::below(web, "api/v1")
    }

    fn api_root_given(&self, api: WebUrl) -> WebUrl {
        crate::ending_in(api, "api/v1")
    }

    fn token_page(&self, web: &WebUrl, _workspace: Option<&str>) -> Option<String> {
        Some(format!("{web}/user/settings/applications"))
    }
}

#[async_trait]
impl Prove for Gitea {
    async fn check(&self, api: &Api<'_>, asked: &Asked<'_>) -> Result<Findings> {
        crate::prove::by_git(api, asked).await
    }
}

impl Browse for Gitea {}

impl Hooks for Gitea {}

impl Write for Gitea {}
