//! SourceHut. HTTPS is for reading there; its paths have no `.git`. Its API is
//! GraphQL, one end point for each service; the git service's is below its web address.
//!
//! Deliberately not here: webhooks, which are queries of one's own there.

mod browse;
mod check;
mod decode;
mod grants;
mod query;
mod write;

use domain::credential::CredentialKind;
use domain::url::Segments;
use domain::url::WebUrl;

use crate::Can;
use crate::Capabilities;
use crate::Facts;
use crate::GitLogin;
use crate::Hooks;
use crate::Login;
use crate::LoginFacts;
use crate::detect::Ask;
use crate::detect::Mark;
use crate::detect::Shown;
use crate::detect::Told;

/// The adapter.
pub(crate) struct SourceHut;

/// Its API has one end point, which refuses strangers in its own words; older ones with a 403.
static MARKS: [Mark; 1] =
    [Mark { ask: Ask::Post("/query", r#"{"query":"{ version { major } }"}"#), read: refusal }];

fn refusal(shown: &Shown) -> Option<Told> {
    let message = shown.text("/errors/0/message")?;
    let is_one = matches!(shown.status, 401 | 403) && message.starts_with("Authentication error");
    is_one.then(|| Told::of(None))
}

impl Facts for SourceHut {
    fn capabilities(&self, kind: CredentialKind) -> Capabilities {
        match kind {
            // The token tells all three itself.
            CredentialKind::AccessToken => Capabilities {
                reads_scopes: Can::Yes,
                reads_expiry: Can::Yes,
                tells_why_dead: Can::Sometimes,
                browses: Can::Yes,
                ..Capabilities::NOTHING
            },
            _ => Capabilities::NOTHING,
        }
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

    fn api_root(&self, web: &WebUrl) -> Option<WebUrl> {
        Some(web.clone())
    }

    fn marks(&self) -> &'static [Mark] {
        &MARKS
    }

    fn token_page(&self, web: &WebUrl, _workspace: Option<&str>) -> Option<String> {
        let domain = web.authority.host().strip_prefix("git.")?;
        Some(format!("{}://meta.{domain}/oauth2", web.scheme.word()))
    }
}

impl Hooks for SourceHut {}
