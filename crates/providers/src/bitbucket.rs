//! Bitbucket Cloud.
//!
//! Repository, project and workspace access tokens go with `x-token-auth`. A user's API token goes
//! with the Bitbucket user name; an e-mail address does not work for git, so one is replaced by the
//! name Bitbucket reserves for such tokens.

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
pub(crate) struct Bitbucket;

impl Facts for Bitbucket {
    fn capabilities(&self, _kind: CredentialKind) -> Capabilities {
        Capabilities::BROWSING
    }

    fn liveness(&self) -> &'static str {
        "GET /repositories/{workspace}"
    }

    fn git_login(&self, facts: LoginFacts<'_>) -> GitLogin {
        match facts.username {
            Some(email) if email.contains('@') => {
                GitLogin::Basic { username: "x-bitbucket-api-token-auth".to_owned() }
            }
            _ => crate::basic(facts, "x-token-auth"),
        }
    }

    fn clone_path(&self, repository: &Segments, _written_with_git: bool) -> String {
        crate::with_git(repository)
    }

    fn api_login(&self, facts: LoginFacts<'_>) -> Login {
        match facts.username {
            Some(email) if email.contains('@') => crate::basic(facts, "x-token-auth").into(),
            _ => Login::Bearer,
        }
    }

    fn api_root(&self, web: &WebUrl) -> Option<WebUrl> {
        match web.authority.host() {
            "bitbucket.org" => WebUrl::parse("https://api.bitbucket.org/2.0").ok(),
            _ => crate::below(web, "2.0"),
        }
    }

    fn api_root_given(&self, api: WebUrl) -> WebUrl {
        crate::ending_in(api, "2.0")
    }

    fn token_page(&self, _web: &WebUrl, _workspace: Option<&str>) -> Option<String> {
        Some("https://id.atlassian.com/manage-profile/security/api-tokens".to_owned())
    }
}

#[async_trait]
impl Prove for Bitbucket {
    async fn check(&self, api: &Api<'_>, asked: &Asked<'_>) -> Result<Findings> {
        crate::prove::by_git(api, asked).await
    }
}

impl Browse for Bitbucket {}

impl Hooks for Bitbucket {}

impl Write for Bitbucket {}
