//! Credentials, and which one serves a URL.

use domain::Timestamp;
use serde::Deserialize;
use serde::Serialize;

/// A credential, without its secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Credential {
    /// Its id.
    pub id: String,
    /// Its handle; never changes.
    pub handle: String,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// Its status: valid, expiring, expired, rejected, insufficient, unchecked or disabled.
    pub status: String,
    /// Why it cannot be used as it stands, and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attention: Option<String>,
    /// Its provider's word.
    pub provider: String,
    /// The web address of its host.
    pub host: String,
    /// The host's id.
    pub host_id: String,
    /// Workspace.
    pub workspace: Option<String>,
    /// `access_token`, `password`, `oauth` or `github_app`.
    pub kind: String,
    /// User name.
    pub username: Option<String>,
    /// The number or client id of the GitHub App whose key it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// The App's installation; without one it is looked for by the repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installation_id: Option<String>,
    /// The member whose connected account it is; the organization's has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_id: Option<String>,
    /// The one repository it is for.
    pub repository: Option<String>,
    /// Path prefixes it serves; empty means the whole host.
    pub covers: Vec<String>,
    /// Whether it wins among equals.
    pub default: bool,
    /// When it ends.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub expires_at: Option<Timestamp>,
    /// How that is known: reported, entered, none or unknowable.
    pub expiry_source: String,
    /// The version of the value in use.
    pub version: i64,
    /// Every version that is still kept.
    pub versions: Vec<i64>,
    /// How many services use it.
    pub services_count: i64,
    /// When its provider was last asked about it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub last_checked_at: Option<Timestamp>,
    /// Who added it.
    pub created_by: String,
    /// When.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
    /// When anything about it was last changed.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub updated_at: Timestamp,
    /// When it was last used, to the minute.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub last_used_at: Option<Timestamp>,
}

/// Adds a credential.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddCredential {
    /// Its name.
    pub name: String,
    /// The provider's word.
    pub provider: String,
    /// The secret.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub secret: Option<domain::Secret>,
    /// Its description.
    #[serde(default)]
    pub description: String,
    /// The web address of its host; absent means the provider's cloud.
    pub host: Option<String>,
    /// A certificate authority of the host's own, PEM.
    pub ca_pem: Option<String>,
    /// Workspace.
    pub workspace: Option<String>,
    /// `access_token` (default), `password` or `github_app`, whose secret is the App's key (PEM).
    pub kind: Option<String>,
    /// User name.
    pub username: Option<String>,
    /// The number or client id of the GitHub App whose key it is.
    pub app_id: Option<String>,
    /// The App's installation; absent means that it is looked for by the repository.
    pub installation_id: Option<String>,
    /// The one repository it is for.
    pub repository: Option<String>,
    /// Path prefixes it serves; empty means the whole host.
    #[serde(default)]
    pub covers: Vec<String>,
    /// Whether it wins among equals.
    #[serde(default)]
    pub default: bool,
    /// When it ends.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub expires_at: Option<Timestamp>,
    /// Whether the provider is asked about it first; true when absent.
    pub check: Option<bool>,
}

/// Changes a credential; absent fields stay as they are. A new `host` makes it wait for its secret.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateCredential {
    /// Its name; the handle stays.
    pub name: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// The web address of its host.
    pub host: Option<String>,
    /// A certificate authority of the host's own, PEM.
    pub ca_pem: Option<String>,
    /// Workspace; empty takes it away.
    pub workspace: Option<String>,
    /// User name; empty takes it away.
    pub username: Option<String>,
    /// The App's installation; empty means that it is looked for by the repository.
    pub installation_id: Option<String>,
    /// The one repository it is for; empty takes it away.
    pub repository: Option<String>,
    /// Path prefixes it serves.
    pub covers: Option<Vec<String>>,
    /// Whether it wins among equals.
    pub default: Option<bool>,
    /// Whether people want it used.
    pub enabled: Option<bool>,
    /// When it ends; empty takes it away.
    pub expires_at: Option<String>,
    /// A new secret: the next version, in use at once; the old one is kept until retired.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub secret: Option<domain::Secret>,
    /// Whether the provider is asked about a new secret first; true when absent.
    pub check: Option<bool>,
    /// Whether a new secret may belong to somebody else, or do less than the old one.
    #[serde(default)]
    pub force: bool,
    /// `updated_at` as last seen: refused if somebody else changed it since.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub if_unchanged_since: Option<Timestamp>,
}

/// Puts an older version in use again, or destroys it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeVersion {
    /// Which version.
    pub version: i64,
}

/// Asks for the value.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Reveal {
    /// Why; written into the audit log.
    pub reason: String,
}

/// The value of a credential.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RevealedValue {
    /// The credential.
    pub id: String,
    /// Which version.
    pub version: i64,
    /// The user name that goes with it.
    pub username: Option<String>,
    /// The value.
    pub value: String,
}

/// Which credential would serve a URL, and why the others would not.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Why {
    /// The URL as Claviger reads it.
    pub url: String,
    /// The handle of the credential that would serve.
    pub chosen: Option<String>,
    /// The answer as a sentence.
    pub answer: String,
    /// Every candidate looked at.
    pub candidates: Vec<WhyCandidate>,
}

/// One candidate and what became of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WhyCandidate {
    /// Its id.
    pub id: String,
    /// Its handle.
    pub handle: String,
    /// Its status.
    pub status: String,
    /// The prefix by which it matches; empty means the whole host.
    pub covers: String,
    /// Whether it would serve.
    pub chosen: bool,
    /// What became of it.
    pub reason: String,
}
