//! Bitbucket Data Center.
//!
//! A user's token goes with the user's name; project and repository tokens have no user, and Basic is
//! refused for them: Bearer only.

use domain::url::Segments;

use crate::Adapter;
use crate::GitLogin;
use crate::LoginFacts;

/// The adapter.
pub(crate) struct BitbucketDc;

impl Adapter for BitbucketDc {
    fn git_login(&self, facts: LoginFacts<'_>) -> GitLogin {
        match facts.username {
            Some(_) => crate::basic(facts, "git"),
            None => GitLogin::Bearer,
        }
    }

    fn clone_path(&self, repository: &Segments, _written_with_git: bool) -> String {
        crate::with_git(repository)
    }
}
