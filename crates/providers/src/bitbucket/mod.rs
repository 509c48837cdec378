//! Bitbucket Cloud.
//!
//! Repository, project and workspace access tokens and OAuth tokens go to git with `x-token-auth` and
//! to the API as Bearer. A user's API token goes to the API with the account's e-mail address; git
//! does not take that, so it is replaced there by the name Bitbucket reserves for such tokens. Nearly
//! every call is below a workspace: lists across workspaces were removed in 2026 and answer 410.

mod browse;
mod check;
mod form;
mod hooks;
mod identity;
mod refs;
mod scopes;
mod write;

use domain::Secret;
use domain::credential::CredentialKind;
use domain::url::Segments;
use domain::url::WebUrl;

use crate::Can;
use crate::Capabilities;
use crate::Facts;
use crate::GitLogin;
use crate::Login;
use crate::LoginFacts;
use crate::OAuthRules;
use crate::api::path;

/// The name git gives access tokens with; also where one is stored as a password.
const ACCESS_TOKEN_USER: &str = "x-token-auth";

/// The adapter.
pub(crate) struct Bitbucket;

impl Facts for Bitbucket {
    fn capabilities(&self, kind: CredentialKind) -> Capabilities {
        match kind {
            CredentialKind::Password => Capabilities::BROWSING,
            _ => Capabilities { reads_scopes: Can::Yes, ..Capabilities::BROWSING },
        }
    }

    fn liveness(&self) -> &'static str {
        "GET /repositories/{workspace}, or GET /user/workspaces where no workspace is known"
    }

    fn git_login(&self, facts: LoginFacts<'_>) -> GitLogin {
        match facts.username {
            Some(username) if is_email(username) => {
                GitLogin::Basic { username: "x-bitbucket-api-token-auth".to_owned() }
            }
            _ => crate::basic(facts, ACCESS_TOKEN_USER),
        }
    }

    fn clone_path(&self, repository: &Segments, _written_with_git: bool) -> String {
        crate::with_git(repository)
    }

    fn api_login(&self, facts: LoginFacts<'_>) -> Login {
        if is_of_user(facts) {
            crate::basic(facts, ACCESS_TOKEN_USER).into()
        } else {
            Login::Bearer
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

    fn token_page(&self, web: &WebUrl, workspace: Option<&str>) -> Option<String> {
        Some(match workspace {
            Some(workspace) => {
                format!("{web}/{}/workspace/settings/access-tokens", path::segment(workspace))
            }
            None => "https://id.atlassian.com/manage-profile/security/api-tokens".to_owned(),
        })
    }

    fn form_hint(&self, secret: &Secret) -> Option<String> {
        form::hint(secret)
    }

    fn oauth(&self) -> Option<OAuthRules> {
        Some(OAuthRules {
            authorize: "site/oauth2/authorize",
            token: "site/oauth2/access_token",
            scopes: &[],
            sign_in_scopes: &[],
            has_pkce: false,
            is_client_in_basic: true,
            ending: None,
        })
    }
}

fn is_email(username: &str) -> bool {
    username.contains('@')
}

/// Whether it is a user's own secret, which goes to the API with a user name.
fn is_of_user(facts: LoginFacts<'_>) -> bool {
    let is_password = facts.kind == CredentialKind::Password;
    facts.username.map_or(is_password, |it| is_email(it) || is_password && it != ACCESS_TOKEN_USER)
}

/// `/repositories/WORKSPACE/NAME` and what follows.
fn repo(repository: &Segments, rest: &str) -> String {
    format!("/repositories/{}{rest}", path::segments(repository.as_str()))
}
