//! The Git hosts: one trait, one file each, all of the same shape.
//!
//! Callers ask an [`Adapter`] what a provider wants; nobody else branches on a provider's name.
//! The rules come from the providers' own documentation; each file names what it relies on.
//!
//! Deliberately not here: secrets. An adapter says how a secret travels, and never sees it.

mod bitbucket;
mod bitbucket_dc;
mod forgejo;
mod generic;
mod gitea;
mod gitee;
mod github;
mod gitlab;
mod sourcehut;

use domain::credential::CredentialKind;
use domain::provider::Provider;
use domain::url::Segments;

/// How a secret travels to a Git host over HTTPS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GitLogin {
    /// Basic authentication with this user name; the secret is the password.
    Basic {
        /// The user name.
        username: String,
    },
    /// `Authorization: Bearer`, where the host refuses Basic for this kind of secret.
    Bearer,
}

/// What of a credential decides how it travels.
#[derive(Clone, Copy, Debug)]
pub struct LoginFacts<'a> {
    /// What sort of secret it is.
    pub kind: CredentialKind,
    /// The user name stored with it.
    pub username: Option<&'a str>,
}

/// One kind of Git host.
pub trait Adapter: Send + Sync {
    /// How this credential travels to git.
    fn git_login(&self, facts: LoginFacts<'_>) -> GitLogin;

    /// The provider's canonical clone path, so that no redirect is needed. `written_with_git` is
    /// whether the client wrote `.git`.
    fn clone_path(&self, repository: &Segments, written_with_git: bool) -> String;
}

/// The adapter of a provider.
pub fn adapter(provider: Provider) -> &'static dyn Adapter {
    match provider {
        Provider::GitHub => &github::GitHub,
        Provider::GitLab => &gitlab::GitLab,
        Provider::Bitbucket => &bitbucket::Bitbucket,
        Provider::BitbucketDc => &bitbucket_dc::BitbucketDc,
        Provider::Gitea => &gitea::Gitea,
        Provider::Forgejo => &forgejo::Forgejo,
        Provider::SourceHut => &sourcehut::SourceHut,
        Provider::Gitee => &gitee::Gitee,
        Provider::Generic => &generic::Generic,
    }
}

/// The stored user name, or the provider's own word for "the token says who".
fn basic(facts: LoginFacts<'_>, otherwise: &str) -> GitLogin {
    GitLogin::Basic { username: facts.username.unwrap_or(otherwise).to_owned() }
}

/// `path.git`, the clone path of most.
fn with_git(repository: &Segments) -> String {
    format!("{repository}.git")
}

#[cfg(test)]
mod tests;
