//! Gitee. A token goes with the user's name, or with `oauth2`.

use domain::url::Segments;

use crate::Adapter;
use crate::GitLogin;
use crate::LoginFacts;

/// The adapter.
pub(crate) struct Gitee;

impl Adapter for Gitee {
    fn git_login(&self, facts: LoginFacts<'_>) -> GitLogin {
        crate::basic(facts, "oauth2")
    }

    fn clone_path(&self, repository: &Segments, _written_with_git: bool) -> String {
        crate::with_git(repository)
    }
}
