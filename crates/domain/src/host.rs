//! A registered Git host: a set of endpoints credentials belong to.

use crate::id::HostId;
use crate::id::OrganizationId;
use crate::provider::Provider;
use crate::url::Authority;
use crate::url::Scheme;
use crate::url::Segments;
use crate::url::WebUrl;

/// One instance of a provider, as one organization registered it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Its id.
    pub id: HostId,
    /// The organization that registered it.
    pub organization_id: OrganizationId,
    /// What kind of Git host it is.
    pub provider: Provider,
    /// Its web address: scheme, authority, path prefix. Git lives below it.
    pub url: WebUrl,
    /// A certificate authority of its own, PEM.
    pub ca_pem: Option<String>,
}

impl Host {
    /// The address of a repository on this host.
    pub fn repository_url(&self, repository: &Segments) -> WebUrl {
        WebUrl {
            scheme: self.url.scheme,
            authority: self.url.authority.clone(),
            path: self.url.path.join(repository),
        }
    }

    /// The repository's path below this host, if the URL is on it. Scheme, authority and prefix
    /// must all agree.
    pub fn repository_of(&self, url: &WebUrl) -> Option<Segments> {
        if url.scheme != self.url.scheme || url.authority != self.url.authority {
            return None;
        }
        url.path.after(&self.url.path).filter(|path| !path.is_empty())
    }

    /// The form repository paths of this host are compared by.
    pub fn path_key(&self, repository: &Segments) -> Segments {
        repository.key(self.provider.folds_path_case())
    }
}

/// The web address of a host given as people give it: a self-hosted URL may end in the API's path, a
/// cloud may be named by its API, and a page of a cloud means the cloud.
pub fn web_address(provider: Provider, mut url: WebUrl) -> WebUrl {
    let authority = url.authority.to_string();
    if let Some(cloud) = provider.cloud_url().filter(|_| url.scheme == Scheme::Https)
        && let Ok(cloud) = WebUrl::parse(cloud)
        && (cloud.authority == url.authority || authority == format!("api.{}", cloud.authority))
    {
        return cloud;
    }
    if provider == Provider::GitHub
        && let Some(tenant) = authority.strip_prefix("api.").filter(|it| it.ends_with(".ghe.com"))
        && let Ok(tenant) = WebUrl::parse(&format!("https://{tenant}"))
    {
        return tenant;
    }
    let Some(suffix) = provider.api_suffix() else {
        return url;
    };
    if let Some(head) = url.path.as_str().strip_suffix(suffix)
        && (head.is_empty() || head.ends_with('/'))
    {
        // A beginning of valid segments is valid.
        url.path = Segments::parse(head.trim_end_matches('/')).unwrap_or_default();
    }
    url
}

/// The gateway's form of a repository's address, below the public URL.
pub fn gateway_path(authority: &Authority, path: &Segments) -> String {
    format!("/git/{authority}/{path}")
}

/// Whether a plain-text address was given.
pub fn is_plain_text(url: &WebUrl) -> bool {
    url.scheme == Scheme::Http
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn api_addresses_are_accepted() {
        let read = |provider, text| web_address(provider, WebUrl::parse(text).unwrap()).to_string();
        assert_eq!(read(Provider::GitHub, "https://ghe.lan/api/v3/"), "https://ghe.lan");
        assert_eq!(read(Provider::GitLab, "https://h.lan/gitlab/api/v4"), "https://h.lan/gitlab");
        assert_eq!(read(Provider::GitLab, "https://h.lan/xapi/v4"), "https://h.lan/xapi/v4");
        assert_eq!(read(Provider::Generic, "https://h.lan/api/v4"), "https://h.lan/api/v4");
        for cloud in ["https://api.github.com", "https://github.com/octocat", "https://github.com/"]
        {
            assert_eq!(read(Provider::GitHub, cloud), "https://github.com");
        }
        assert_eq!(read(Provider::GitHub, "https://api.acme.ghe.com"), "https://acme.ghe.com");
        assert_eq!(read(Provider::GitLab, "https://gitlab.com/api/v4"), "https://gitlab.com");
        assert_eq!(
            read(Provider::Bitbucket, "https://api.bitbucket.org/2.0"),
            "https://bitbucket.org"
        );
        assert_eq!(read(Provider::GitLab, "http://gitlab.com"), "http://gitlab.com");
        assert_eq!(
            read(Provider::BitbucketDc, "https://h.lan/bb/rest/api/latest"),
            "https://h.lan/bb"
        );
    }
}
