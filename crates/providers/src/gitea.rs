//! Gitea. Any user name goes with a token; the owner's login is the honest one.

use domain::url::Segments;

use crate::Adapter;
use crate::GitLogin;
use crate::LoginFacts;

/// The adapter.
pub(crate) struct Gitea;

impl Adapter for Gitea {
    fn git_login(&self, facts: LoginFacts<'_>) -> GitLogin {
        crate::basic(facts, "oauth2")
    }

    fn clone_path(&self, repository: &Segments, _written_with_git: bool) -> String {
        crate::with_git(repository)
    }
}
