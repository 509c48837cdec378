//! What providers are asked for and answer, in one shape for all of them.

use bytes::Bytes;
use domain::Timestamp;
use domain::url::Segments;

/// A list, and whether it is all there is; longer ones are cut at a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// What was read.
    pub items: Vec<T>,
    /// Whether nothing was left out.
    pub is_complete: bool,
}

impl<T> Listed<T> {
    /// The same list of what was read out of its items; those that cannot be read are left out.
    pub(crate) fn filter_map<U>(self, read: impl FnMut(T) -> Option<U>) -> Listed<U> {
        let items = self.items.into_iter().filter_map(read).collect();
        Listed { items, is_complete: self.is_complete }
    }
}

/// A place repositories live in: a user, an organization, a group, a workspace, a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// The provider's id.
    pub id: String,
    /// Its path, as in repository paths.
    pub path: String,
    /// The shown name.
    pub name: String,
    /// Whether it is a person's own.
    pub is_user: bool,
    /// A picture.
    pub avatar_url: Option<String>,
}

/// A repository as its provider describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// The provider's own id.
    pub id: String,
    /// Its path on the host.
    pub path: Segments,
    /// Its last segment or shown name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// The branch that is shown first; none in an empty repository.
    pub default_branch: Option<String>,
    /// The page about it.
    pub web_url: Option<String>,
    /// Where git reaches it.
    pub clone_url: Option<String>,
    /// Whether the public may not see it.
    pub is_private: Option<bool>,
    /// Whether it is archived.
    pub is_archived: Option<bool>,
    /// Whether the credential may administer it, where the provider says so.
    pub may_administer: Option<bool>,
    /// Whether the credential may push to it, where the provider says so.
    pub may_push: Option<bool>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
}

/// Which repositories are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RepositoryQuery {
    /// Only in this namespace.
    pub namespace: Option<String>,
    /// Only with this in their name or path.
    pub search: Option<String>,
}

/// A repository to be made, empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRepository {
    /// Where it is to live (see [`Namespace::path`]).
    pub namespace: String,
    /// Its name, the last segment of its path.
    pub name: String,
    /// Whether the public may not see it.
    pub is_private: bool,
    /// What it is.
    pub description: Option<String>,
}

/// A branch or a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ref {
    /// Its short name.
    pub name: String,
    /// The commit it points at.
    pub commit: String,
    /// Whether it is protected, where that is known.
    pub is_protected: Option<bool>,
}

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its hash.
    pub id: String,
    /// Its message.
    pub message: String,
    /// Who wrote it.
    pub author_name: String,
    /// Their address.
    pub author_email: Option<String>,
    /// Their picture.
    pub author_avatar_url: Option<String>,
    /// When.
    pub created_at: Option<Timestamp>,
    /// The page about it.
    pub web_url: Option<String>,
}

/// Which commits are wanted, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CommitQuery {
    /// From this branch, tag or commit; the default branch when absent.
    pub reference: Option<String>,
    /// Only those that touch this path.
    pub path: Option<String>,
    /// At most so many; capped.
    pub count: usize,
}

/// What an entry of a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// Another repository.
    Submodule,
}

/// An entry of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeEntry {
    /// Its path from the root of the repository.
    pub path: String,
    /// Its last segment.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
    /// The object's hash, where the provider tells.
    pub id: Option<String>,
    /// Its size in bytes, where the provider tells.
    pub size: Option<u64>,
}

/// A file's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path.
    pub path: String,
    /// Its content.
    pub content: Bytes,
    /// The blob's hash, or whatever else the provider wants back for an update.
    pub id: Option<String>,
}

/// What a webhook listens for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HookEvent {
    /// Pushes of branches.
    Push,
    /// Tags made and removed.
    Tag,
    /// Pull or merge requests.
    PullRequest,
}

/// A webhook at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// The provider's id.
    pub id: String,
    /// Where it sends to.
    pub url: String,
    /// What it listens for, of what we know.
    pub events: Vec<HookEvent>,
    /// Whether it is switched on.
    pub is_active: bool,
    /// How its deliveries prove themselves, where the provider tells.
    pub is_signed: Option<bool>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
}

/// A webhook to be made or changed. The secret signs what it sends.
pub struct WantedHook<'a> {
    /// Where it sends to.
    pub url: &'a str,
    /// What it listens for.
    pub events: &'a [HookEvent],
    /// The secret, as text that fits the provider.
    pub secret: Option<&'a domain::Secret>,
    /// Whether it is switched on.
    pub is_active: bool,
}

/// A change of one file by a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// Its path.
    pub path: String,
    /// The branch it is committed to.
    pub branch: String,
    /// The commit's message.
    pub message: String,
    /// The new content; none deletes the file.
    pub content: Option<Bytes>,
    /// The blob the change is based on (see [`File::id`]); a file that must not exist yet has none.
    pub based_on: Option<String>,
}

/// A tag to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTag {
    /// Its name.
    pub name: String,
    /// What it points at: a branch or a commit.
    pub target: String,
    /// Its message; without one it is a lightweight tag.
    pub message: Option<String>,
}

/// What became of ending a token at its provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// The provider took the order, or says that it was revoked before; whether it is dead is for the
    /// liveness call to say.
    Ordered,
    /// There is no API for it; people do it on this page.
    ByHand {
        /// The page.
        link: Option<String>,
    },
}
