//! GitHub: cloud, Enterprise Server, data-residency tenants.
//!
//! Every kind of token goes in git's password; in the user name fine-grained tokens are refused.
//! `x-access-token` suits them all, so a stored user name is used for passwords only. The API is at
//! `api.github.com`, at `api.TENANT.ghe.com`, or below `/api/v3` of an Enterprise Server.

mod app;
mod app_check;
mod browse;
mod check;
mod form;
mod hooks;
mod look;
mod scopes;
mod tokens;
mod write;

use domain::Secret;
use domain::credential::CredentialKind;
use domain::url::Scheme;
use domain::url::Segments;
use domain::url::WebUrl;
use http::HeaderName;
use http::header;

use crate::Can;
use crate::Capabilities;
use crate::Facts;
use crate::GitLogin;
use crate::Login;
use crate::LoginFacts;
use crate::OAuthRules;
use crate::detect::Ask;
use crate::detect::Mark;
use crate::detect::Shown;
use crate::detect::Told;
use crate::detect::version;
use crate::like_github::repo;
use crate::oauth::Ending;

pub use app::AppKey;
pub use app::Minted;
pub use app::installation;
pub use app::mint;
pub use app::sees_installation;

/// The page where Apps are made and changed.
pub fn app_page(web: &WebUrl) -> String {
    format!("{web}/settings/apps")
}

/// The adapter.
pub(crate) struct GitHub;

/// What tells a version of the API apart from its successors.
static HEADERS: [(HeaderName, &str); 2] = [
    (header::ACCEPT, "application/vnd.github+json"),
    (HeaderName::from_static("x-github-api-version"), "2022-11-28"),
];

/// What tells an Enterprise Server, also one in private mode, which refuses strangers.
static MARKS: [Mark; 1] = [Mark { ask: Ask::Get("/api/v3/meta"), read: server }];

fn server(shown: &Shown) -> Option<Told> {
    let said = shown.header("x-github-enterprise-version").and_then(version);
    Some(Told::of(Some(said.or_else(|| shown.version("/installed_version"))?)))
}

impl Facts for GitHub {
    fn capabilities(&self, kind: CredentialKind) -> Capabilities {
        match kind {
            CredentialKind::Password => Capabilities::BROWSING,
            CredentialKind::GitHubApp => Capabilities {
                reads_scopes: Can::Yes,
                reads_expiry: Can::Yes,
                mints: Can::Yes,
                ..Capabilities::BROWSING
            },
            _ => Capabilities {
                reads_scopes: Can::Sometimes,
                reads_expiry: Can::Yes,
                revokes_itself: Can::Yes,
                ..Capabilities::BROWSING
            },
        }
    }

    fn liveness(&self) -> &'static str {
        "GET /user"
    }

    fn git_login(&self, facts: LoginFacts<'_>) -> GitLogin {
        match facts.kind {
            CredentialKind::Password => crate::basic(facts, "git"),
            _ => GitLogin::Basic { username: "x-access-token".to_owned() },
        }
    }

    fn api_login(&self, facts: LoginFacts<'_>) -> Login {
        match facts.kind {
            CredentialKind::Password => crate::basic(facts, "git").into(),
            _ => Login::Bearer,
        }
    }

    fn api_headers(&self) -> &'static [(HeaderName, &'static str)] {
        &HEADERS
    }

    fn api_root(&self, web: &WebUrl) -> Option<WebUrl> {
        let host = web.authority.host();
        if host == "github.com" || host.ends_with(".ghe.com") {
            return WebUrl::parse(&format!("https://api.{host}")).ok();
        }
        crate::below(web, "api/v3")
    }

    fn clone_path(&self, repository: &Segments, _written_with_git: bool) -> String {
        crate::with_git(repository)
    }

    fn marks(&self) -> &'static [Mark] {
        &MARKS
    }

    fn is_cloud(&self, web: &WebUrl) -> bool {
        web.authority.port().is_none()
            && web.path.is_empty()
            && web.scheme == Scheme::Https
            && web.authority.host().ends_with(".ghe.com")
    }

    fn token_page(&self, web: &WebUrl, _workspace: Option<&str>) -> Option<String> {
        Some(format!(
            "{web}/settings/tokens/new?scopes=repo,admin:repo_hook,read:org&description=Claviger"
        ))
    }

    fn form_hint(&self, secret: &Secret) -> Option<String> {
        form::hint(secret)
    }

    fn oauth(&self) -> Option<OAuthRules> {
        Some(OAuthRules {
            authorize: "login/oauth/authorize",
            token: "login/oauth/access_token",
            scopes: &["repo", "admin:repo_hook", "read:org"],
            sign_in_scopes: &["repo", "admin:repo_hook", "read:org", "user:email"],
            has_pkce: true,
            is_client_in_basic: false,
            ending: Some(Ending::OfApplication),
        })
    }
}
