//! SourceHut. HTTPS is for reading there; its paths have no `.git`.

use domain::url::Segments;

use crate::Adapter;
use crate::GitLogin;
use crate::LoginFacts;

/// The adapter.
pub(crate) struct SourceHut;

impl Adapter for SourceHut {
    fn git_login(&self, facts: LoginFacts<'_>) -> GitLogin {
        crate::basic(facts, "git")
    }

    fn clone_path(&self, repository: &Segments, _written_with_git: bool) -> String {
        repository.to_string()
    }
}
