//! Anything else that speaks git over HTTPS: the user name as stored, else `git`; the path as written.

use domain::url::Segments;

use crate::Adapter;
use crate::GitLogin;
use crate::LoginFacts;

/// The adapter.
pub(crate) struct Generic;

impl Adapter for Generic {
    fn git_login(&self, facts: LoginFacts<'_>) -> GitLogin {
        crate::basic(facts, "git")
    }

    fn clone_path(&self, repository: &Segments, written_with_git: bool) -> String {
        if written_with_git { crate::with_git(repository) } else { repository.to_string() }
    }
}
