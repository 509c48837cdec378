//! Checks: what is known about what a credential can do.

use domain::Timestamp;
use domain::check::Identity;
use domain::check::PermissionFinding;
use domain::check::RepositoryFindings;
use serde::Deserialize;
use serde::Serialize;

/// What the last check of a credential found.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Check {
    /// The credential's id.
    pub id: String,
    /// Its handle.
    pub handle: String,
    /// Its status after the check.
    pub status: String,
    /// What the provider's answer means: `accepted`, `expired`, `refused`, `unknown`; absent before
    /// the first check.
    pub verdict: Option<String>,
    /// What happened, where that is not plain acceptance.
    pub said: Option<String>,
    /// When it was checked.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub checked_at: Option<Timestamp>,
    /// Whose it is: `id`, `login`, `name`, `kind` (person or bot), `avatar_url`, `home_url`.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub identity: Option<Identity>,
    /// What sort of token it is, in the provider's words.
    pub token_kind: Option<String>,
    /// Its scopes, where they can be read.
    pub scopes: Option<Vec<String>>,
    /// When it ends.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub expires_at: Option<Timestamp>,
    /// How that is known: reported, entered, none or unknowable.
    pub expiry_source: String,
    /// Each permission: `permission`, `level` (required, conditional, advised), `result` (proven,
    /// missing, unproven) and `evidence` (`endpoint`, `status`, `header`, `note`).
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub permissions: Vec<PermissionFinding>,
    /// The same for single repositories.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub repositories: Vec<RepositoryFindings>,
    /// What people would do better; refuses nothing.
    pub advice: Vec<Advice>,
    /// How the status changed, newest first.
    pub history: Vec<StatusChange>,
}

/// A piece of advice.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Advice {
    /// A word for programs, as in `no_expiry`.
    pub code: String,
    /// A sentence for people.
    pub sentence: String,
    /// Where to go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// A change of a status.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusChange {
    /// When.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// The status from then on.
    pub status: String,
    /// Why.
    pub reason: String,
}

/// What became of an old value at its provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RevokedVersion {
    /// The version.
    pub version: i64,
    /// Whether the provider does not accept it any more; our copy is destroyed then.
    pub dead: bool,
    /// The page where people end it, where there is no API for it.
    pub link: Option<String>,
    /// What happened.
    pub said: String,
}
