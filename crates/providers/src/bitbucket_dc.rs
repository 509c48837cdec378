//! Bitbucket Data Center.
//!
//! A user's token goes with the user's name; project and repository tokens have no user, and Basic is
//! refused for them: Bearer only.

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
pub(crate) struct BitbucketDc;

impl Facts for BitbucketDc {
    fn capabilities(&self, _kind: CredentialKind) -> Capabilities {
        Capabilities::BROWSING
    }

    fn liveness(&self) -> &'static str {
        "GET /repos"
    }

    fn git_login(&self, facts: LoginFacts<'_>) -> GitLogin {
        match facts.username {
            Some(_) => crate::basic(facts, "git"),
            None => GitLogin::Bearer,
        }
    }

    fn clone_path(&self, repository: &Segments, _written_with_git: bool) -> String {
        crate::with_git(repository)
    }

    fn api_login(&self, facts: LoginFacts<'_>) -> Login {
        match facts.kind {
            CredentialKind::Password => crate::basic(facts, "git").into(),
            _ => Login::Bearer,
        }
    }

    fn api_root(&self, web: &WebUrl) -> Option<WebUrl> {
        crate::below(web, "rest/api/latest")
    }

    fn api_root_given(&self, api: WebUrl) -> WebUrl {
        crate::ending_in(api, "rest/api/latest")
    }

    fn token_page(&self, web: &WebUrl, _workspace: Option<&str>) -> Option<String> {
        Some(format!("{web}/plugins/servlet/access-tokens/manage"))
    }
}

#[async_trait]
impl Prove for BitbucketDc {
    async fn check(&self, api: &Api<'_>, asked: &Asked<'_>) -> Result<Findings> {
        crate::prove::by_git(api, asked).await
    }
}

impl Browse for BitbucketDc {}

impl Hooks for BitbucketDc {}

impl Write for BitbucketDc {}
