//! Gitea and what came from it. Any user name goes with a token; the owner's login is the honest one.
//!
//! Forgejo is the same adapter with other facts (see `forgejo`). Tokens have scopes and no end.

mod browse;
mod check;
mod hooks;
mod marks;
mod scopes;
mod tokens;
mod write;

use domain::credential::CredentialKind;
use domain::url::Segments;
use domain::url::WebUrl;

use crate::Can;
use crate::Capabilities;
use crate::Deliveries;
use crate::Facts;
use crate::GitLogin;
use crate::Login;
use crate::LoginFacts;
use crate::OAuthRules;
use crate::detect::Mark;

/// The adapter, and in what its kinds differ.
pub(crate) struct Gitea {
    /// Whether newer versions tell a token about itself (`GET /token`).
    pub(crate) tells_of_tokens: bool,
    /// What its webhooks are called.
    pub(crate) hook_type: &'static str,
    /// How it is known.
    pub(crate) marks: &'static [Mark],
    /// How their deliveries are read.
    pub(crate) deliveries: &'static Deliveries,
}

pub(crate) use marks::FORGEJO as FORGEJO_MARKS;

/// Gitea itself.
pub(crate) static GITEA: Gitea = Gitea {
    tells_of_tokens: true,
    hook_type: "gitea",
    marks: &marks::GITEA,
    deliveries: &hooks::DELIVERIES,
};

impl Facts for Gitea {
    fn capabilities(&self, kind: CredentialKind) -> Capabilities {
        let by_version = if self.tells_of_tokens { Can::Sometimes } else { Can::No };
        match kind {
            CredentialKind::AccessToken => Capabilities {
                reads_scopes: by_version,
                // That there is none is known without asking.
                reads_expiry: Can::Yes,
                revokes_itself: by_version,
                ..Capabilities::BROWSING
            },
            _ => Capabilities::BROWSING,
        }
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

    fn marks(&self) -> &'static [Mark] {
        self.marks
    }

    fn token_page(&self, web: &WebUrl, _workspace: Option<&str>) -> Option<String> {
        Some(format!("{web}/user/settings/applications"))
    }

    fn oauth(&self) -> Option<OAuthRules> {
        Some(OAuthRules {
            authorize: "login/oauth/authorize",
            token: "login/oauth/access_token",
            scopes: &["write:repository", "read:user", "read:organization"],
            sign_in_scopes: &["write:repository", "read:user", "read:organization"],
            has_pkce: true,
            is_client_in_basic: false,
            ending: None,
        })
    }
}
