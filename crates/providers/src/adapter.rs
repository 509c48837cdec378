//! The shape every provider has: facts about it, and what can be asked of it.
//!
//! What a provider cannot do answers with a sentence ([`unsupported`]); nothing is made up.

use async_trait::async_trait;
use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::check::Findings;
use domain::credential::CredentialKind;
use domain::url::Segments;
use domain::url::WebUrl;
use http::HeaderName;

use crate::Api;
use crate::Capabilities;
use crate::Deliveries;
use crate::Download;
use crate::GitLogin;
use crate::Login;
use crate::LoginFacts;
use crate::detect::Mark;
use crate::oauth::OAuthRules;
use crate::shapes::Commit;
use crate::shapes::CommitQuery;
use crate::shapes::File;
use crate::shapes::FileChange;
use crate::shapes::Hook;
use crate::shapes::Listed;
use crate::shapes::Namespace;
use crate::shapes::NewRepository;
use crate::shapes::NewTag;
use crate::shapes::Ref;
use crate::shapes::Repository;
use crate::shapes::RepositoryQuery;
use crate::shapes::Revocation;
use crate::shapes::TreeEntry;
use crate::shapes::WantedHook;

/// What a check is to look at.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The repositories the credential is bound to; without one, the widest private one it sees.
    pub repositories: &'a [Segments],
    /// Whether harmless writes may be tried to prove a right to write.
    pub allows_write_probes: bool,
    /// The installation of an App that is asked about; without one it is looked for.
    pub installation: Option<&'a str>,
}

/// Facts about a provider.
pub trait Facts: Send + Sync {
    /// What can be promised for a kind of credential.
    fn capabilities(&self, kind: CredentialKind) -> Capabilities;

    /// The call whose 401 alone means that a secret is not known any more.
    fn liveness(&self) -> &'static str;

    /// How this credential travels to git.
    fn git_login(&self, facts: LoginFacts<'_>) -> GitLogin;

    /// How this credential travels to the API.
    fn api_login(&self, facts: LoginFacts<'_>) -> Login;

    /// Headers every call of the API wants.
    fn api_headers(&self) -> &'static [(HeaderName, &'static str)] {
        &[]
    }

    /// The API's root for a web address; none where there is no API.
    fn api_root(&self, web: &WebUrl) -> Option<WebUrl>;

    /// The API's root where its address was given by hand.
    fn api_root_given(&self, api: WebUrl) -> WebUrl {
        api
    }

    /// The provider's canonical clone path, so that no redirect is needed. `written_with_git` is
    /// whether the client wrote `.git`.
    fn clone_path(&self, repository: &Segments, written_with_git: bool) -> String;

    /// The page where a token with the right permissions is made or changed.
    fn token_page(&self, web: &WebUrl, workspace: Option<&str>) -> Option<String>;

    /// What the form of a token suggests, such as a bad paste. Never a reason to refuse.
    fn form_hint(&self, secret: &Secret) -> Option<String> {
        let _ = secret;
        None
    }

    /// Calls without a login by whose answers this provider is known; none where there are none.
    fn marks(&self) -> &'static [Mark] {
        &[]
    }

    /// Whether an address belongs to the provider's cloud, beside the one everybody knows.
    fn is_cloud(&self, web: &WebUrl) -> bool {
        let _ = web;
        false
    }

    /// Why a secret that the provider does not take is of no use anyway, by its form.
    fn hopeless(&self, secret: &Secret) -> Option<&'static str> {
        let _ = secret;
        None
    }

    /// How an OAuth grant is asked for; none where we do not offer it.
    fn oauth(&self) -> Option<OAuthRules> {
        None
    }
}

/// Proving what a credential can do, and ending it.
#[async_trait]
pub trait Prove: Send + Sync {
    /// Finds out all that can be known. An error means that nothing is known.
    async fn check(&self, api: &Api<'_>, asked: &Asked<'_>) -> Result<Findings>;

    /// Tells the provider that the secret is not to be accepted any more.
    async fn revoke(&self, api: &Api<'_>) -> Result<Revocation> {
        let link = api.token_page();
        Ok(Revocation::ByHand { link })
    }
}

/// Looking around with a credential.
#[async_trait]
pub trait Browse: Send + Sync {
    /// Where repositories live that the credential sees.
    async fn namespaces(&self, api: &Api<'_>) -> Result<Listed<Namespace>> {
        Err(unsupported(api, "listing namespaces"))
    }

    /// The repositories it sees.
    async fn repositories(
        &self,
        api: &Api<'_>,
        query: &RepositoryQuery,
    ) -> Result<Listed<Repository>> {
        let _ = query;
        Err(unsupported(api, "listing repositories"))
    }

    /// One repository.
    async fn repository(&self, api: &Api<'_>, path: &Segments) -> Result<Repository> {
        let _ = path;
        Err(unsupported(api, "describing a repository"))
    }

    /// Its branches; `search` is a part of their name.
    async fn branches(
        &self,
        api: &Api<'_>,
        path: &Segments,
        search: Option<&str>,
    ) -> Result<Listed<Ref>> {
        let _ = (path, search);
        Err(unsupported(api, "listing branches"))
    }

    /// Its tags; `search` is a part of their name.
    async fn tags(
        &self,
        api: &Api<'_>,
        path: &Segments,
        search: Option<&str>,
    ) -> Result<Listed<Ref>> {
        let _ = (path, search);
        Err(unsupported(api, "listing tags"))
    }

    /// Its commits, newest first.
    async fn commits(
        &self,
        api: &Api<'_>,
        path: &Segments,
        query: &CommitQuery,
    ) -> Result<Listed<Commit>> {
        let _ = (path, query);
        Err(unsupported(api, "listing commits"))
    }

    /// The entries of a folder, `""` being the root.
    async fn tree(
        &self,
        api: &Api<'_>,
        path: &Segments,
        reference: &str,
        folder: &str,
    ) -> Result<Listed<TreeEntry>> {
        let _ = (path, reference, folder);
        Err(unsupported(api, "listing folders"))
    }

    /// A file's content.
    async fn file(
        &self,
        api: &Api<'_>,
        path: &Segments,
        reference: &str,
        file: &str,
    ) -> Result<File> {
        let _ = (path, reference, file);
        Err(unsupported(api, "reading files"))
    }

    /// The whole tree as a gzipped tar file.
    async fn archive(&self, api: &Api<'_>, path: &Segments, reference: &str) -> Result<Download> {
        let _ = (path, reference);
        Err(unsupported(api, "archives"))
    }
}

/// Webhooks of a repository.
#[async_trait]
pub trait Hooks: Send + Sync {
    /// Those that are there.
    async fn hooks(&self, api: &Api<'_>, path: &Segments) -> Result<Listed<Hook>> {
        let _ = path;
        Err(unsupported(api, "webhooks"))
    }

    /// Makes one.
    async fn create_hook(
        &self,
        api: &Api<'_>,
        path: &Segments,
        wanted: &WantedHook<'_>,
    ) -> Result<Hook> {
        let _ = (path, wanted);
        Err(unsupported(api, "webhooks"))
    }

    /// Changes one; its secret is replaced if one is given.
    async fn update_hook(
        &self,
        api: &Api<'_>,
        path: &Segments,
        id: &str,
        wanted: &WantedHook<'_>,
    ) -> Result<Hook> {
        let _ = (path, id, wanted);
        Err(unsupported(api, "webhooks"))
    }

    /// How its deliveries are read; none where there are no webhooks.
    fn deliveries(&self) -> Option<&'static Deliveries> {
        None
    }

    /// Removes one.
    async fn delete_hook(&self, api: &Api<'_>, path: &Segments, id: &str) -> Result<()> {
        let _ = (path, id);
        Err(unsupported(api, "webhooks"))
    }
}

/// Small writes: single files and tags, and repositories with nothing in them.
#[async_trait]
pub trait Write: Send + Sync {
    /// Commits the creation, change or deletion of one file; gives the blob's new id.
    async fn change_file(
        &self,
        api: &Api<'_>,
        path: &Segments,
        change: &FileChange,
    ) -> Result<Option<String>> {
        let _ = (path, change);
        Err(unsupported(api, "changing files"))
    }

    /// Makes a tag.
    async fn create_tag(&self, api: &Api<'_>, path: &Segments, tag: &NewTag) -> Result<Ref> {
        let _ = (path, tag);
        Err(unsupported(api, "making tags"))
    }

    /// Removes a tag.
    async fn delete_tag(&self, api: &Api<'_>, path: &Segments, name: &str) -> Result<()> {
        let _ = (path, name);
        Err(unsupported(api, "removing tags"))
    }

    /// Makes an empty repository; what is wanted was checked ([`NewRepository::check`]).
    async fn create_repository(&self, api: &Api<'_>, wanted: &NewRepository) -> Result<Repository> {
        let _ = wanted;
        Err(unsupported(api, "making repositories"))
    }
}

/// One kind of Git host.
pub trait Adapter: Facts + Prove + Browse + Hooks + Write {}

impl<T: Facts + Prove + Browse + Hooks + Write> Adapter for T {}

/// The answer where a provider has no such thing.
pub(crate) fn unsupported(api: &Api<'_>, what: &str) -> Error {
    let provider = api.site.provider.word();
    Error::new(ErrorKind::Unsupported, format!("The provider {provider} does not offer {what}."))
}
