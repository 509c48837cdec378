//! Leases.

use domain::Timestamp;
use domain::access::Access;
use serde::Deserialize;
use serde::Serialize;

/// Asks for a lease.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateLease {
    /// The repository's URL at its provider.
    pub repository: String,
    /// `read` or `write`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub access: Access,
    /// Which refs a write may touch; empty means all.
    #[serde(default)]
    pub refs: Vec<String>,
    /// How long it lives, in seconds; 900 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl_seconds: Option<u64>,
    /// An explicit credential: an id, a handle or a unique name. It wins and never falls through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

/// A created lease; the only time its token is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedLease {
    /// Its id.
    pub id: String,
    /// Its token: the password for the gateway.
    pub token: String,
    /// When it ends.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub expires_at: Timestamp,
    /// The whole repository URL at the gateway, without the token.
    pub gateway_url: String,
}

/// A lease, without its token.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Lease {
    /// Its id.
    pub id: String,
    /// The repository.
    pub repository: String,
    /// `read` or `write`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub access: Access,
    /// Which refs a write may touch; empty means all.
    pub refs: Vec<String>,
    /// Whether it is good now.
    pub live: bool,
    /// The API token that made it.
    pub maker_id: String,
    /// The credential it drew on.
    pub credential_id: String,
    /// When it was made.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
    /// When it ends by itself.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub expires_at: Timestamp,
    /// When somebody ended it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub revoked_at: Option<Timestamp>,
}
