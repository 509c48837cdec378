//! The kinds of Git host, as words. How each behaves is in the crate `providers`.

use crate::Error;
use crate::Result;

/// The kind of a Git host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Provider {
    /// github.com, GitHub Enterprise Server and data-residency tenants.
    #[serde(rename = "github")]
    GitHub,
    /// gitlab.com and self-managed GitLab.
    #[serde(rename = "gitlab")]
    GitLab,
    /// Bitbucket Cloud.
    Bitbucket,
    /// Bitbucket Data Center.
    BitbucketDc,
    /// Gitea.
    Gitea,
    /// Forgejo, Codeberg among them.
    Forgejo,
    /// SourceHut.
    #[serde(rename = "sourcehut")]
    SourceHut,
    /// Gitee.
    Gitee,
    /// Anything else that speaks git over HTTPS.
    Generic,
}

impl Provider {
    /// Every provider.
    pub const ALL: [Provider; 9] = [
        Provider::GitHub,
        Provider::GitLab,
        Provider::Bitbucket,
        Provider::BitbucketDc,
        Provider::Gitea,
        Provider::Forgejo,
        Provider::SourceHut,
        Provider::Gitee,
        Provider::Generic,
    ];

    /// The word on the wire and in the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Provider::GitHub => "github",
            Provider::GitLab => "gitlab",
            Provider::Bitbucket => "bitbucket",
            Provider::BitbucketDc => "bitbucket-dc",
            Provider::Gitea => "gitea",
            Provider::Forgejo => "forgejo",
            Provider::SourceHut => "sourcehut",
            Provider::Gitee => "gitee",
            Provider::Generic => "generic",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Result<Provider> {
        Provider::ALL.into_iter().find(|provider| provider.word() == word).ok_or_else(|| {
            let words: Vec<&str> = Provider::ALL.iter().map(|provider| provider.word()).collect();
            Error::invalid(format!("\"{}\" is not a provider.", crate::text::printable(word, 40)))
                .hint(format!("providers are {}", words.join(", ")))
        })
    }

    /// The address of the provider's own cloud, where it has one.
    pub const fn cloud_url(self) -> Option<&'static str> {
        match self {
            Provider::GitHub => Some("https://github.com"),
            Provider::GitLab => Some("https://gitlab.com"),
            Provider::Bitbucket => Some("https://bitbucket.org"),
            Provider::Gitea => Some("https://gitea.com"),
            Provider::Forgejo => Some("https://codeberg.org"),
            Provider::SourceHut => Some("https://git.sr.ht"),
            Provider::Gitee => Some("https://gitee.com"),
            Provider::BitbucketDc | Provider::Generic => None,
        }
    }

    /// Where the provider's API lives below a self-hosted web address; a URL that already ends
    /// so is accepted too.
    pub const fn api_suffix(self) -> Option<&'static str> {
        match self {
            Provider::GitHub => Some("api/v3"),
            Provider::GitLab => Some("api/v4"),
            Provider::BitbucketDc => Some("rest/api/latest"),
            Provider::Gitea | Provider::Forgejo => Some("api/v1"),
            _ => None,
        }
    }

    /// What git's paths begin with, and people leave out when they name a repository.
    pub const fn git_prefix(self) -> Option<&'static str> {
        match self {
            Provider::BitbucketDc => Some("scm"),
            _ => None,
        }
    }

    /// A repository's name as people say it, such as `acme/app`, for a path as git has it.
    pub fn repository_name(self, path: &str) -> &str {
        let inside = |prefix| path.strip_prefix(prefix)?.strip_prefix('/');
        // A name has two parts: a project may be called like the prefix.
        let named = self.git_prefix().and_then(inside).filter(|name| name.contains('/'));
        named.unwrap_or(path)
    }

    /// The path as git has it for a name as people say it. A path is taken too.
    pub fn git_path(self, name: &str) -> String {
        match self.git_prefix() {
            Some(prefix) if self.repository_name(name) == name => format!("{prefix}/{name}"),
            _ => name.to_owned(),
        }
    }

    /// Whether the provider takes `Acme/App` and `acme/app` for one repository.
    pub const fn folds_path_case(self) -> bool {
        !matches!(self, Provider::Generic | Provider::SourceHut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_repositories_there_and_back() {
        for (provider, path, name) in [
            (Provider::BitbucketDc, "scm/acme/app", "acme/app"),
            (Provider::BitbucketDc, "scm/scm/app", "scm/app"),
            (Provider::GitLab, "scm/acme/app", "scm/acme/app"),
            (Provider::GitHub, "acme/app", "acme/app"),
        ] {
            assert_eq!(provider.repository_name(path), name);
            assert_eq!(provider.git_path(name), path);
            assert_eq!(provider.git_path(path), path, "a path is taken too");
        }
    }
}
