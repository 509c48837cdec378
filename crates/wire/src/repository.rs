//! Repositories at their providers, as seen through a stored credential.

use domain::Timestamp;
use serde::Deserialize;
use serde::Serialize;

/// A list that a provider gave, read over all of its pages up to a limit.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Listing<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Whether nothing was left out.
    pub complete: bool,
}

/// A place repositories live in: a user, an organization, a group, a workspace, a project.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Namespace {
    /// The provider's id.
    pub id: String,
    /// Its path, as in repository paths.
    pub path: String,
    /// The shown name.
    pub name: String,
    /// Whether it is a person's own.
    pub user: bool,
    /// A picture.
    pub avatar_url: Option<String>,
}

/// A repository as its provider describes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Repository {
    /// The provider's own id.
    pub id: String,
    /// Its URL, as this API takes it.
    pub url: String,
    /// Its path on its host.
    pub path: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// The branch that is shown first.
    pub default_branch: Option<String>,
    /// The page about it.
    pub web_url: Option<String>,
    /// Where its provider says git reaches it.
    pub clone_url: Option<String>,
    /// Whether the public may not see it, where that is known.
    pub private: Option<bool>,
    /// Whether it is archived, where that is known.
    pub archived: Option<bool>,
    /// Whether the credential may administer it, where the provider says so.
    pub may_administer: Option<bool>,
    /// Whether the credential may push to it, where the provider says so.
    pub may_push: Option<bool>,
    /// When it was made.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub created_at: Option<Timestamp>,
    /// When it last changed.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub updated_at: Option<Timestamp>,
}

/// Makes an empty repository.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateRepository {
    /// The credential to make it with, by id, handle or unique name.
    pub credential: String,
    /// The user, organization, group, workspace or project it is to live in.
    pub namespace: String,
    /// Its name, the last part of its path.
    pub name: String,
    /// Whether the public may not see it; true when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A repository that was made.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedRepository {
    /// As its provider describes it.
    #[serde(flatten)]
    pub repository: Repository,
    /// Where git reaches it through the gateway.
    pub gateway_url: String,
}

/// A branch or a tag.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ref {
    /// Its short name.
    pub name: String,
    /// The commit it points at.
    pub commit: String,
    /// Whether it is protected, where that is known.
    pub protected: Option<bool>,
}

/// A commit.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub created_at: Option<Timestamp>,
    /// The page about it.
    pub web_url: Option<String>,
}

/// An entry of a folder.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TreeEntry {
    /// Its path from the root of the repository.
    pub path: String,
    /// Its last segment.
    pub name: String,
    /// `file`, `folder`, `link` or `submodule`.
    pub kind: String,
    /// The object's hash, where the provider tells.
    pub id: Option<String>,
    /// Its size in bytes, where the provider tells.
    pub size: Option<u64>,
}

/// Puts a file, by a commit of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutFile {
    /// Its path from the root of the repository.
    pub path: String,
    /// The branch it is committed to.
    pub branch: String,
    /// The commit's message.
    pub message: String,
    /// The new content, in base64.
    pub content: String,
    /// The blob the change is based on, as the ETag of the file; absent for a file that is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub based_on: Option<String>,
}

/// A file after it was put.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangedFile {
    /// Its path.
    pub path: String,
    /// The branch.
    pub branch: String,
    /// The new blob, where the provider tells.
    pub id: Option<String>,
}

/// Makes a tag.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateTag {
    /// Its name.
    pub name: String,
    /// The branch or commit it points at.
    pub target: String,
    /// Its message; without one it is a lightweight tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A webhook of a repository at its provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hook {
    /// The provider's id.
    pub id: String,
    /// Where it sends to.
    pub url: String,
    /// What it listens for, of `push`, `tag` and `pull_request`.
    pub events: Vec<String>,
    /// Whether it is switched on.
    pub active: bool,
    /// Whether its deliveries prove themselves, where the provider tells.
    pub signed: Option<bool>,
    /// When it was made.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub created_at: Option<Timestamp>,
}

/// Makes a webhook.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateHook {
    /// Where it sends to.
    pub url: String,
    /// What it listens for: `push`, `tag`, `pull_request`.
    pub events: Vec<String>,
    /// The secret that signs what it sends.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub secret: Option<domain::Secret>,
    /// Whether it is switched on; true when absent.
    pub active: Option<bool>,
}

/// Changes a webhook; absent fields stay as they are.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateHook {
    /// Where it sends to.
    pub url: Option<String>,
    /// What it listens for: `push`, `tag`, `pull_request`.
    pub events: Option<Vec<String>>,
    /// A new secret.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub secret: Option<domain::Secret>,
    /// Whether it is switched on.
    pub active: Option<bool>,
}
