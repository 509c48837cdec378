//! GitLab: gitlab.com and self-managed.
//!
//! The user name is ignored for personal, project and group tokens; a deploy token needs its own.

use domain::url::Segments;

use crate::Adapter;
use crate::GitLogin;
use crate::LoginFacts;

/// The adapter.
pub(crate) struct GitLab;

impl Adapter for GitLab {
    fn git_login(&self, facts: LoginFacts<'_>) -> GitLogin {
        crate::basic(facts, "oauth2")
    }

    fn clone_path(&self, repository: &Segments, _written_with_git: bool) -> String {
        crate::with_git(repository)
    }
}
