//! What git's credential helper asks, and what it is told.

use serde::Deserialize;
use serde::Serialize;

/// A question of git's credential protocol, as the helper read it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GitQuestion {
    /// `https` or `http`.
    pub protocol: String,
    /// Host, with its port.
    pub host: String,
    /// Path, when git tells (`credential.useHttpPath`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Whether the git that asks understands `authtype`.
    #[serde(default)]
    pub can_authtype: bool,
}

/// What the helper tells git.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum GitAnswer {
    /// User name and password.
    Basic {
        /// User name.
        username: String,
        /// Password: a lease, or where policy allows the value itself.
        password: String,
        /// When it ends, in Unix seconds.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        password_expiry_utc: Option<i64>,
    },
    /// A scheme of its own, for a git that understands `authtype`.
    Scheme {
        /// As in `Bearer`.
        authtype: String,
        /// What follows it.
        credential: String,
        /// When it ends, in Unix seconds.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        password_expiry_utc: Option<i64>,
    },
    /// Not ours: another helper may try.
    Unknown,
    /// Ours, but no: git stops asking, and the sentence is shown.
    Quit {
        /// Why, and what to do.
        message: String,
    },
}
