//! GitHub: cloud, Enterprise Server, data-residency tenants.
//!
//! Every kind of token goes in the password; in the user name fine-grained tokens are refused.
//! `x-access-token` suits them all, so a stored user name is used for passwords only.

use domain::credential::CredentialKind;
use domain::url::Segments;

use crate::Adapter;
use crate::GitLogin;
use crate::LoginFacts;

/// The adapter.
pub(crate) struct GitHub;

impl Adapter for GitHub {
    fn git_login(&self, facts: LoginFacts<'_>) -> GitLogin {
        match facts.kind {
            CredentialKind::Password => crate::basic(facts, "git"),
            CredentialKind::AccessToken => {
                GitLogin::Basic { username: "x-access-token".to_owned() }
            }
        }
    }

    fn clone_path(&self, repository: &Segments, _written_with_git: bool) -> String {
        crate::with_git(repository)
    }
}
