//! Forgejo, Codeberg among them. Any user name goes with a token.

use domain::url::Segments;

use crate::Adapter;
use crate::GitLogin;
use crate::LoginFacts;

/// The adapter.
pub(crate) struct Forgejo;

impl Adapter for Forgejo {
    fn git_login(&self, facts: LoginFacts<'_>) -> GitLogin {
        crate::basic(facts, "oauth2")
    }

    fn clone_path(&self, repository: &Segments, _written_with_git: bool) -> String {
        crate::with_git(repository)
    }
}
