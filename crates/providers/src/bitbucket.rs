//! Bitbucket Cloud.
//!
//! Repository, project and workspace access tokens go with `x-token-auth`. A user's API token goes
//! with the Bitbucket user name; an e-mail address does not work for git, so one is replaced by the
//! name Bitbucket reserves for such tokens.

use domain::url::Segments;

use crate::Adapter;
use crate::GitLogin;
use crate::LoginFacts;

/// The adapter.
pub(crate) struct Bitbucket;

impl Adapter for Bitbucket {
    fn git_login(&self, facts: LoginFacts<'_>) -> GitLogin {
        match facts.username {
            Some(email) if email.contains('@') => {
                GitLogin::Basic { username: "x-bitbucket-api-token-auth".to_owned() }
            }
            _ => crate::basic(facts, "x-token-auth"),
        }
    }

    fn clone_path(&self, repository: &Segments, _written_with_git: bool) -> String {
        crate::with_git(repository)
    }
}
