//! GitLab: gitlab.com and self-managed.
//!
//! Personal, project, group and OAuth tokens all travel as `Bearer` to the API, and as the password
//! of any user name to git. A deploy token needs its own user name and is for git alone, so that it
//! is checked by git alone. A relative root of an instance stays in front of everything.

mod browse;
mod check;
mod form;
mod hooks;
mod look;
mod role;
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
use crate::detect::Ask;
use crate::detect::Mark;
use crate::detect::Shown;
use crate::detect::Told;
use crate::oauth::Ending;

/// The adapter.
pub(crate) struct GitLab;

/// The level of a Maintainer; an Owner's is higher.
const MAINTAINER: u64 = 40;
/// The level of a Developer, who may push.
const DEVELOPER: u64 = 30;

/// Strangers are not told the version, but refused in GitLab's own way.
static MARKS: [Mark; 1] = [Mark { ask: Ask::Get("/api/v4/version"), read: instance }];

fn instance(shown: &Shown) -> Option<Told> {
    let version = shown.version("/version").filter(|_| shown.text("/revision").is_some());
    let is_refusal = shown.status == 401 && shown.text("/message") == Some("401 Unauthorized");
    (version.is_some() || is_refusal).then(|| Told::of(version))
}

impl Facts for GitLab {
    fn capabilities(&self, kind: CredentialKind) -> Capabilities {
        match kind {
            // Its API takes no passwords.
            CredentialKind::Password => Capabilities::NOTHING,
            CredentialKind::AccessToken => Capabilities {
                reads_scopes: Can::Yes,
                reads_expiry: Can::Yes,
                rotates_itself: Can::Yes,
                revokes_itself: Can::Yes,
                tells_why_dead: Can::Yes,
                ..Capabilities::BROWSING
            },
            _ => Capabilities {
                reads_scopes: Can::Yes,
                reads_expiry: Can::Yes,
                tells_why_dead: Can::Yes,
                ..Capabilities::BROWSING
            },
        }
    }

    fn liveness(&self) -> &'static str {
        "GET /personal_access_tokens/self"
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
            _ => Login::Bearer,
        }
    }

    fn api_root(&self, web: &WebUrl) -> Option<WebUrl> {
        crate::below(web, "api/v4")
    }

    fn api_root_given(&self, api: WebUrl) -> WebUrl {
        crate::ending_in(api, "api/v4")
    }

    fn marks(&self) -> &'static [Mark] {
        &MARKS
    }

    fn token_page(&self, web: &WebUrl, _workspace: Option<&str>) -> Option<String> {
        Some(format!(
            "{web}/-/user_settings/personal_access_tokens?name=Claviger&scopes=api,read_repository"
        ))
    }

    fn form_hint(&self, secret: &Secret) -> Option<String> {
        form::hint(secret)
    }

    fn hopeless(&self, secret: &Secret) -> Option<&'static str> {
        form::hopeless(secret)
    }

    fn oauth(&self) -> Option<OAuthRules> {
        Some(OAuthRules {
            authorize: "oauth/authorize",
            token: "oauth/token",
            scopes: &["api"],
            sign_in_scopes: &["api"],
            has_pkce: true,
            is_client_in_basic: false,
            ending: Some(Ending::Revocation("oauth/revoke")),
        })
    }
}

/// `/projects/PATH` and what follows; the whole path is one segment.
fn project(repository: &Segments, rest: &str) -> String {
    format!("/projects/{}{rest}", path::segment(repository.as_str()))
}
