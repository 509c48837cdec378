//! What repositories tell, and the webhooks that make them.

use domain::Timestamp;
use serde::Deserialize;
use serde::Serialize;

/// What a repository told by its webhook.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    /// Its id.
    pub id: String,
    /// The provider.
    pub provider: String,
    /// The repository's canonical URL.
    pub repository: String,
    /// What sort of thing happened: `push`, `tag`, `pull_request`, `ping` or `other`.
    pub kind: String,
    /// The provider's name of the delivery.
    pub delivery: String,
    /// When it came.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub received_at: Timestamp,
}

/// How it stands with the webhook of a service's repository.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceHook {
    /// `active`, `not_configured`, `misconfigured` or `unable_to_verify`.
    pub status: String,
    /// The provider, if it is known.
    pub provider: Option<String>,
    /// What it should listen for and does not, of `push`, `tag` and `pull_request`.
    pub missing_events: Vec<String>,
    /// Why it is not active, as a sentence.
    pub reason: Option<String>,
}
