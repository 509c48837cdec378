//! This surface's words: its three providers, its roles, the dates it writes.

use broker::CredentialView;
use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::credential::CredentialKind;
use domain::host::web_address;
use domain::provider::Provider;
use domain::role::Role;
use domain::url::WebUrl;
use serde::Deserialize;
use serde::Serialize;

/// The providers this surface can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum GitProvider {
    Bitbucket,
    Github,
    Gitlab,
}

impl GitProvider {
    /// What it means at this address: Bitbucket elsewhere than in its cloud is Data Center.
    pub fn at(self, url: Option<&WebUrl>) -> Provider {
        match self {
            GitProvider::Github => Provider::GitHub,
            GitProvider::Gitlab => Provider::GitLab,
            GitProvider::Bitbucket => match url {
                Some(url) if !is_cloud(Provider::Bitbucket, url) => Provider::BitbucketDc,
                _ => Provider::Bitbucket,
            },
        }
    }

    /// The word for a provider, if there is one.
    pub fn of(provider: Provider) -> Option<GitProvider> {
        match provider {
            Provider::GitHub => Some(GitProvider::Github),
            Provider::GitLab => Some(GitProvider::Gitlab),
            Provider::Bitbucket | Provider::BitbucketDc => Some(GitProvider::Bitbucket),
            _ => None,
        }
    }

    /// The word in a path.
    pub fn in_path(word: &str) -> Result<GitProvider> {
        match word {
            "github" => Ok(GitProvider::Github),
            "gitlab" => Ok(GitProvider::Gitlab),
            "bitbucket" => Ok(GitProvider::Bitbucket),
            _ => Err(Error::not_found("path in this API")),
        }
    }

    /// The word in a body.
    pub fn deserialize_word(word: &serde_json::Value) -> Result<GitProvider> {
        GitProvider::deserialize(word).map_err(|_| {
            Error::invalid("This is no provider.").hint("give GITHUB, GITLAB or BITBUCKET")
        })
    }

    /// The word as people read it.
    pub const fn word(self) -> &'static str {
        match self {
            GitProvider::Bitbucket => "BITBUCKET",
            GitProvider::Github => "GITHUB",
            GitProvider::Gitlab => "GITLAB",
        }
    }

    /// The address that stands for the provider's own cloud.
    pub const fn default_url(self) -> &'static str {
        match self {
            GitProvider::Bitbucket => "https://api.bitbucket.org",
            GitProvider::Github => "https://api.github.com",
            GitProvider::Gitlab => "https://gitlab.com",
        }
    }
}

/// Whether an address means a provider's own cloud.
pub(crate) fn is_cloud(provider: Provider, url: &WebUrl) -> bool {
    let address = web_address(provider, url.clone()).to_string();
    provider.cloud_url() == Some(address.as_str())
}

/// The provider's word for a credential that this surface can show: an access token of the whole
/// organization at one of its three providers.
pub(crate) fn shown_as(view: &CredentialView) -> Option<GitProvider> {
    let credential = &view.credential;
    let is_token = credential.kind == CredentialKind::AccessToken;
    let is_organizations = credential.member_id.is_none() && credential.repository.is_none();
    GitProvider::of(view.host.provider).filter(|_| is_token && is_organizations)
}

/// A role as people read it, and the id it has in every organization.
pub(crate) const fn role_words(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Owner => ("Owner", "c1a71b00-0001-4000-8000-000000000001"),
        Role::Admin => ("Admin", "c1a71b00-0001-4000-8000-000000000002"),
        Role::DevOps => ("DevOps", "c1a71b00-0001-4000-8000-000000000003"),
        Role::Billing => ("Billing Manager", "c1a71b00-0001-4000-8000-000000000004"),
        Role::Viewer => ("Viewer", "c1a71b00-0001-4000-8000-000000000005"),
    }
}

/// The role with this id.
pub(crate) fn role_by_id(id: &str) -> Result<Role> {
    let id = id.to_ascii_lowercase();
    Role::ALL.into_iter().find(|role| role_words(*role).1 == id).ok_or_else(|| {
        Error::invalid("There is no role with this role_id.")
            .hint("the organization's available roles list them")
    })
}

/// The four words of older clients.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum LegacyRole {
    Admin,
    Developer,
    Owner,
    Viewer,
}

impl LegacyRole {
    pub const fn of(role: Role) -> LegacyRole {
        match role {
            Role::Owner => LegacyRole::Owner,
            Role::Admin => LegacyRole::Admin,
            Role::DevOps => LegacyRole::Developer,
            Role::Billing | Role::Viewer => LegacyRole::Viewer,
        }
    }

    pub const fn role(self) -> Role {
        match self {
            LegacyRole::Owner => Role::Owner,
            LegacyRole::Admin => Role::Admin,
            LegacyRole::Developer => Role::DevOps,
            LegacyRole::Viewer => Role::Viewer,
        }
    }
}

/// The day of a moment, in UTC.
pub(crate) fn day(moment: Timestamp) -> String {
    moment.to_string().chars().take("2026-01-02".len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bitbucket_elsewhere_is_data_center() {
        let at = |url: &str| GitProvider::Bitbucket.at(Some(&WebUrl::parse(url).unwrap()));
        assert_eq!(at("https://bitbucket.acme.lan"), Provider::BitbucketDc);
        for cloud in
            ["https://api.bitbucket.org", "https://api.bitbucket.org/2.0", "https://bitbucket.org/"]
        {
            assert_eq!(at(cloud), Provider::Bitbucket);
        }
        assert_eq!(GitProvider::Bitbucket.at(None), Provider::Bitbucket);
        for provider in [GitProvider::Bitbucket, GitProvider::Github, GitProvider::Gitlab] {
            let default = WebUrl::parse(provider.default_url()).unwrap();
            assert!(is_cloud(provider.at(Some(&default)), &default), "{provider:?}");
        }
    }

    #[test]
    fn a_day_is_what_clients_compare() {
        assert_eq!(day(Timestamp::parse("2026-12-31T23:59:59Z").unwrap()), "2026-12-31");
    }

    #[test]
    fn roles_have_ids_of_their_own() {
        for role in Role::ALL {
            assert_eq!(role_by_id(role_words(role).1).unwrap(), role);
        }
        assert!(role_by_id("c1a71b00-0001-4000-8000-000000000009").is_err());
    }
}
