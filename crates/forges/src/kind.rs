//! The providers there are, and what each brings. A further one is a folder and a line here.

use domain::Entropy;
use githost::Ask;
use githost::Verdict;

use crate::Inner;
use crate::bitbucket;
use crate::bitbucket_dc;
use crate::call::Call;
use crate::call::Reply;
use crate::change_requests::Changed;
use crate::deliver::Parcel;
use crate::deliver::Push;
use crate::gitea;
use crate::gitee;
use crate::github;
use crate::gitlab;
use crate::records::Hook;
use crate::route::Route;
use crate::sourcehut;

/// A provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// github.com under its first API prefix, Enterprise Server under the other.
    GitHub,
    /// Bitbucket Cloud.
    Bitbucket,
    /// Bitbucket Data Center, which has no cloud.
    BitbucketDc,
    /// gitea.com or one's own Gitea.
    Gitea,
    /// Codeberg or one's own Forgejo.
    Forgejo,
    /// Gitee.
    Gitee,
    /// SourceHut.
    SourceHut,
    /// GitLab, the cloud and self-managed alike.
    GitLab,
}

/// What a provider is made of; every folder has one as `PROVIDER`.
pub(crate) struct Provider {
    /// Where its API is below the address. The first stands for the cloud's own address, the
    /// others are where a self-hosted one has it.
    pub(crate) prefixes: &'static [&'static str],
    /// What is answered below these.
    pub(crate) api: &'static [&'static [Route]],
    /// What is answered beside them: sign-in, archives, pages.
    pub(crate) web: &'static [&'static [Route]],
    /// Answers a request for which a route was found, or none. What all answers of the provider
    /// have in common is done here: who is asking, limits, headers, the shape of errors.
    pub(crate) serve: fn(Call<'_>) -> Reply,
    /// Decides about git over HTTP.
    pub(crate) judge: fn(&Inner, &Ask) -> Verdict,
    /// A new value for a token of a kind.
    pub(crate) fresh: fn(&dyn Entropy, &str) -> String,
    /// What a hook is told of a push, signed; none if it does not want to know.
    pub(crate) push: fn(&Inner, &Hook, &Push) -> Option<Parcel>,
}

/// Writes what a hook is told of a change request; none if it does not want to know.
type PackChange = fn(&Inner, &Hook, &Changed) -> Option<Parcel>;

impl Kind {
    /// The path of a repository's address, `/acme/app.git`.
    pub(crate) fn clone_path(self, path: &str) -> String {
        match self {
            Kind::BitbucketDc => format!("/scm/{path}.git"),
            Kind::SourceHut => format!("/{path}"),
            _ => format!("/{path}.git"),
        }
    }

    /// What a hook is told of a change request, where the provider's folder has it.
    pub(crate) fn pack_change(self) -> Option<PackChange> {
        match self {
            Kind::GitHub => Some(github::pack_change),
            Kind::GitLab => Some(gitlab::pack_change),
            Kind::Gitea | Kind::Forgejo => Some(gitea::pack_change),
            Kind::Bitbucket => Some(bitbucket::pack_change),
            Kind::BitbucketDc => Some(bitbucket_dc::pack_change),
            Kind::Gitee => Some(gitee::pack_change),
            Kind::SourceHut => None,
        }
    }

    pub(crate) fn provider(self) -> &'static Provider {
        match self {
            Kind::GitHub => &github::PROVIDER,
            Kind::Bitbucket => &bitbucket::PROVIDER,
            Kind::BitbucketDc => &bitbucket_dc::PROVIDER,
            Kind::Gitea => &gitea::GITEA,
            Kind::Gitee => &gitee::PROVIDER,
            Kind::SourceHut => &sourcehut::PROVIDER,
            Kind::Forgejo => &gitea::FORGEJO,
            Kind::GitLab => &gitlab::PROVIDER,
        }
    }
}
