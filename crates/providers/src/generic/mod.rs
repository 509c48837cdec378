//! Anything else that speaks git over HTTPS: the user name as stored, else `git`; the path as written.
//!
//! It has no API: there is nothing to browse, to hook into or to write but through git.

mod check;
mod names;

pub(crate) use check::by_git;

use domain::credential::CredentialKind;
use domain::url::Segments;
use domain::url::WebUrl;

use crate::Browse;
use crate::Capabilities;
use crate::Facts;
use crate::GitLogin;
use crate::Hooks;
use crate::Login;
use crate::LoginFacts;
use crate::Write;

/// The adapter.
pub(crate) struct Generic;

impl Facts for Generic {
    fn capabilities(&self, _kind: CredentialKind) -> Capabilities {
        Capabilities::NOTHING
    }

    fn liveness(&self) -> &'static str {
        "the ref advertisement of a repository it read before"
    }

    fn git_login(&self, facts: LoginFacts<'_>) -> GitLogin {
        crate::basic(facts, names::DEFAULT)
    }

    fn clone_path(&self, repository: &Segments, written_with_git: bool) -> String {
        if written_with_git { crate::with_git(repository) } else { repository.to_string() }
    }

    fn api_login(&self, facts: LoginFacts<'_>) -> Login {
        crate::basic(facts, names::DEFAULT).into()
    }

    fn api_root(&self, _web: &WebUrl) -> Option<WebUrl> {
        None
    }

    fn token_page(&self, _web: &WebUrl, _workspace: Option<&str>) -> Option<String> {
        None
    }
}

impl Browse for Generic {}

impl Hooks for Generic {}

impl Write for Generic {}
