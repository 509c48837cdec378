//! Bitbucket Data Center.
//!
//! A user's token goes to git with the user's name; project and repository tokens have no user, and
//! Basic is refused for them: Bearer only. Git's paths are `scm/PROJECT/NAME`, the API's
//! `projects/PROJECT/repos/NAME`. A repository's path here is git's: the gateway, what a credential
//! covers and the registered URLs are compared with what git asks for. Where people name a repository,
//! [`domain::provider::Provider::repository_name`] leaves the beginning out.

mod browse;
mod check;
mod form;
mod hooks;
mod write;

use domain::Secret;
use domain::credential::CredentialKind;
use domain::url::Segments;
use domain::url::WebUrl;
use http::HeaderName;

use crate::Capabilities;
use crate::Facts;
use crate::GitLogin;
use crate::Login;
use crate::LoginFacts;
use crate::api::path;
use crate::detect::Ask;
use crate::detect::Mark;
use crate::detect::Shown;
use crate::detect::Told;

/// The adapter.
pub(crate) struct BitbucketDc;

/// Forms are taken for a browser's, and refused, without it.
static HEADERS: [(HeaderName, &str); 1] =
    [(HeaderName::from_static("x-atlassian-token"), "no-check")];

/// The name it shows is the administrator's choice; the rest is not.
static MARKS: [Mark; 1] =
    [Mark { ask: Ask::Get("/rest/api/latest/application-properties"), read: properties }];

fn properties(shown: &Shown) -> Option<Told> {
    let has = |field: &str| shown.text(field).is_some();
    let version = shown.version("/version").filter(|_| has("/buildNumber") && has("/displayName"));
    Some(Told::of(Some(version?)))
}

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

    fn api_headers(&self) -> &'static [(HeaderName, &'static str)] {
        &HEADERS
    }

    fn api_root(&self, web: &WebUrl) -> Option<WebUrl> {
        crate::below(web, "rest/api/latest")
    }

    fn api_root_given(&self, api: WebUrl) -> WebUrl {
        crate::ending_in(api, "rest/api/latest")
    }

    fn marks(&self) -> &'static [Mark] {
        &MARKS
    }

    fn token_page(&self, web: &WebUrl, _workspace: Option<&str>) -> Option<String> {
        Some(format!("{web}/plugins/servlet/access-tokens/manage"))
    }

    fn form_hint(&self, secret: &Secret) -> Option<String> {
        form::hint(secret)
    }
}

/// What git's paths begin with.
const SCM: &str = "scm";

/// `/projects/PROJECT/repos/NAME` and what follows, for a path as git has it.
fn repo(repository: &Segments, rest: &str) -> String {
    let (project, name) = repository.as_str().rsplit_once('/').unwrap_or_default();
    format!("{}/repos/{}{rest}", project_path(project), path::segment(name))
}

/// `/projects/PROJECT`, for a key with or without what git puts before it.
fn project_path(key: &str) -> String {
    let key = key.strip_prefix(SCM).and_then(|it| it.strip_prefix('/')).unwrap_or(key);
    format!("/projects/{}", path::segment(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_api() {
        let of = |text: &str| repo(&Segments::parse(text).unwrap(), "/webhooks");
        assert_eq!(of("scm/acme/app"), "/projects/acme/repos/app/webhooks");
        assert_eq!(of("acme/app"), "/projects/acme/repos/app/webhooks");
        assert_eq!(of("scm/~jane/app"), "/projects/~jane/repos/app/webhooks");
        assert_eq!(of("scm/app"), "/projects/scm/repos/app/webhooks");
        assert_eq!(project_path("scm/acme"), "/projects/acme");
    }
}
