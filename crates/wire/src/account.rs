//! Accounts that members connect at providers.

use domain::Timestamp;
use serde::Deserialize;
use serde::Serialize;

/// Connects an account of the caller's.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConnectAccount {
    /// The provider's word.
    pub provider: String,
    /// The web address of its host; absent means the provider's cloud.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
}

/// A sign-in that was begun.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Connecting {
    /// The address to open in a browser; it is good once.
    pub authorize_url: String,
    /// Until when.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub expires_at: Timestamp,
}
