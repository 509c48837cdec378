//! Gitee. A token goes with the user's name, or with `oauth2`. Its API is shaped after GitHub's;
//! scopes and ends of tokens cannot be read there.

mod browse;
mod check;
mod hooks;
mod write;

use domain::credential::CredentialKind;
use domain::url::Segments;
use domain::url::WebUrl;

use crate::Can;
use crate::Capabilities;
use crate::Facts;
use crate::GitLogin;
use crate::Login;
use crate::LoginFacts;
use crate::detect::Ask;
use crate::detect::Mark;
use crate::detect::Shown;
use crate::detect::Told;

/// The adapter.
pub(crate) struct Gitee;

/// A stranger is refused in Gitee's own words.
static MARKS: [Mark; 1] = [Mark { ask: Ask::Get("/api/v5/user"), read: refusal }];

fn refusal(shown: &Shown) -> Option<Told> {
    let message = shown.text("/message").filter(|_| shown.status == 401)?;
    message.starts_with("401 Unauthorized").then(|| Told::of(None))
}

impl Facts for Gitee {
    fn capabilities(&self, kind: CredentialKind) -> Capabilities {
        match kind {
            CredentialKind::AccessToken => {
                Capabilities { tells_why_dead: Can::Sometimes, ..Capabilities::BROWSING }
            }
            // Its API takes tokens only.
            _ => Capabilities::NOTHING,
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
            _ => Login::Bearer,
        }
    }

    fn api_root(&self, web: &WebUrl) -> Option<WebUrl> {
        crate::below(web, "api/v5")
    }

    fn api_root_given(&self, api: WebUrl) -> WebUrl {
        crate::ending_in(api, "api/v5")
    }

    fn marks(&self) -> &'static [Mark] {
        &MARKS
    }

    fn token_page(&self, web: &WebUrl, _workspace: Option<&str>) -> Option<String> {
        Some(format!("{web}/profile/personal_access_tokens"))
    }
}
