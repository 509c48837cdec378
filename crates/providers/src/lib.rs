//! The Git hosts: one trait, one folder or file each, all of the same shape.
//!
//! Callers ask an [`Adapter`] what a provider wants and can; nobody else branches on a provider's
//! name. The rules come from the providers' own documentation; each file names what it relies on.
//! Everything a provider answers is taken for hostile: bounded, never followed elsewhere with a
//! secret, and never enough on its own to end a credential except its liveness call (invariant 8).
//!
//! Deliberately not here: what follows from an answer, storing anything, who may ask.

mod adapter;
mod api;
mod authorization;
mod bitbucket;
mod bitbucket_dc;
mod calls;
mod capabilities;
mod creation;
mod delivery;
mod detect;
mod forgejo;
mod generic;
mod gitea;
mod gitee;
mod github;
mod gitlab;
mod json;
mod like_github;
pub mod limits;
mod oauth;
mod oauth_end;
mod person;
mod prove;
mod role;
pub mod shapes;
mod sourcehut;

use domain::Result;
use domain::check::Findings;
use domain::provider::Provider;
use domain::url::Segments;
use domain::url::WebUrl;

pub use adapter::Adapter;
pub use adapter::Asked;
pub use adapter::Browse;
pub use adapter::Facts;
pub use adapter::Hooks;
pub use adapter::Prove;
pub use adapter::Write;
pub use api::Api;
pub use api::Download;
pub use api::LoginFacts;
pub use api::Memory;
pub use api::Site;
pub use api::Told;
pub use api::Tools;
pub use authorization::Authorization;
pub use authorization::GitLogin;
pub use authorization::Login;
pub use calls::CallLabels;
pub use calls::Calls;
pub use capabilities::Can;
pub use capabilities::Capabilities;
pub use delivery::Announced;
pub use delivery::Delivered;
pub use delivery::Deliveries;
pub use detect::Detected;
pub use detect::cloud_at;
pub use detect::detect;
pub use github::AppKey;
pub use github::Minted;
pub use github::app_page;
pub use github::installation;
pub use github::mint;
pub use github::sees_installation;
pub use oauth::Granted;
pub use oauth::OAuthClient;
pub use oauth::OAuthRules;
pub use oauth::Presents;
pub use oauth::Ungranted;
pub use oauth::authorize_url;
pub use oauth::redeem;
pub use oauth_end::end_grant;
pub use person::Person;
pub use person::person;

/// The adapter of a provider.
pub fn adapter(provider: Provider) -> &'static dyn Adapter {
    match provider {
        Provider::GitHub => &github::GitHub,
        Provider::GitLab => &gitlab::GitLab,
        Provider::Bitbucket => &bitbucket::Bitbucket,
        Provider::BitbucketDc => &bitbucket_dc::BitbucketDc,
        Provider::Gitea => &gitea::GITEA,
        Provider::Forgejo => &forgejo::FORGEJO,
        Provider::SourceHut => &sourcehut::SourceHut,
        Provider::Gitee => &gitee::Gitee,
        Provider::Generic => &generic::Generic,
    }
}

/// Checks a credential. Faults of the host become findings from which nothing follows; only what is
/// ours to refuse – an address that may not be dialled, a secret that cannot travel – is an error.
pub async fn check(api: &Api<'_>, asked: &Asked<'_>) -> Result<Findings> {
    let work = adapter(api.site.provider).check(api, asked);
    let found = match tokio::time::timeout(limits::CHECK_TIME_MAX, work).await {
        Ok(found) => found,
        Err(_) => Err(prove::too_slow(api)),
    };
    match found {
        Ok(findings) => Ok(prove::within_the_calendar(prove::scrubbed(api, findings))),
        Err(error) if is_theirs(&error) => Ok(prove::nothing_known(&error)),
        Err(error) => Err(error),
    }
}

fn is_theirs(error: &domain::Error) -> bool {
    use domain::ErrorKind;
    matches!(error.kind(), ErrorKind::Upstream | ErrorKind::Busy | ErrorKind::TooLarge)
}

/// The stored user name, or the provider's own word for "the token says who".
fn basic(facts: LoginFacts<'_>, otherwise: &str) -> GitLogin {
    GitLogin::Basic { username: facts.username.unwrap_or(otherwise).to_owned() }
}

/// `path.git`, the clone path of most.
fn with_git(repository: &Segments) -> String {
    format!("{repository}.git")
}

/// An address with more segments at its end.
fn below(url: &WebUrl, path: &str) -> Option<WebUrl> {
    let path = url.path.join(&Segments::parse(path).ok()?);
    Some(WebUrl { path, ..url.clone() })
}

/// An address that ends in these segments, whether it was given with them or without.
fn ending_in(url: WebUrl, path: &str) -> WebUrl {
    let given = url.path.as_str();
    if given == path || given.ends_with(&format!("/{path}")) {
        return url;
    }
    below(&url, path).unwrap_or(url)
}

#[cfg(test)]
mod tests;
