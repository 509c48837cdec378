//! Sessions of the console, and the links that begin them.

use domain::Timestamp;
use domain::role::Role;
use serde::Deserialize;
use serde::Serialize;

/// A link that signs its maker in to the console; the only time it is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedSignInLink {
    /// The address to open in a browser; it is good once.
    pub url: String,
    /// Until when.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub expires_at: Timestamp,
}

/// A browser that is or was signed in to the console.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// Its id.
    pub id: String,
    /// Whom it stands for: a member's address, or an API token's name.
    pub name: String,
    /// Their role now.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub role: Role,
    /// The API token it stands for, if it is one.
    pub api_token_id: Option<String>,
    /// The member it stands for, if it is one.
    pub member_id: Option<String>,
    /// How it was made: link, setup, oidc, or a provider's word.
    pub signed_in_by: String,
    /// What the browser calls itself.
    pub user_agent: String,
    /// Whether it is good now.
    pub live: bool,
    /// When it was made.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
    /// When it was used last, to some minutes.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub last_used_at: Timestamp,
    /// When it ends, if nobody uses it until then.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub expires_at: Timestamp,
    /// When somebody ended it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub ended_at: Option<Timestamp>,
}
