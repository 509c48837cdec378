//! Channels of warnings, and the warnings.

use domain::Timestamp;
use serde::Deserialize;
use serde::Serialize;

/// A way to tell people. Its URL is a secret and in no answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Channel {
    /// Its id.
    pub id: String,
    /// Its name, unique in the organization.
    pub name: String,
    /// `email`, `slack` or `webhook`.
    pub kind: String,
    /// Mail addresses.
    pub recipients: Vec<String>,
    /// Scheme and host of its URL.
    pub address: Option<String>,
    /// The only kinds of warnings it is told; empty means all.
    pub only: Vec<String>,
    /// How many days before an end it warns, the most first; empty means 30, 14, 7 and 1.
    #[serde(default)]
    pub days: Vec<u16>,
    /// When it is left alone, as in `22:00-07:00 Europe/Berlin`.
    pub quiet_hours: Option<String>,
    /// Whether it is in use.
    pub enabled: bool,
    /// When it was added.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
}

/// Adds a channel.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddChannel {
    /// Its name.
    pub name: String,
    /// `email`, `slack` or `webhook`.
    pub kind: String,
    /// Mail addresses, for `email`.
    #[serde(default)]
    pub recipients: Vec<String>,
    /// Where messages go, for `slack` and `webhook`.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub url: Option<domain::Secret>,
    /// The only kinds of warnings it is told; empty means all.
    #[serde(default)]
    pub only: Vec<String>,
    /// How many days before an end it warns, up to eight numbers from 1 to 366; empty means 30, 14, 7
    /// and 1.
    #[serde(default)]
    pub days: Vec<u16>,
    /// When it is left alone: `22:00-07:00`, with a time zone behind it unless UTC is meant.
    pub quiet_hours: Option<String>,
}

/// An added channel; the only time its signing key is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedChannel {
    /// Its id.
    pub id: String,
    /// The key of its signatures, as Standard Webhooks writes it; only for `webhook`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub secret: Option<String>,
}

/// Changes a channel; absent fields stay as they are.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateChannel {
    /// Its name.
    pub name: Option<String>,
    /// Mail addresses, for `email`.
    pub recipients: Option<Vec<String>>,
    /// Where messages go, for `slack` and `webhook`.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub url: Option<domain::Secret>,
    /// The only kinds of warnings it is told; empty means all.
    pub only: Option<Vec<String>>,
    /// How many days before an end it warns; empty means 30, 14, 7 and 1.
    pub days: Option<Vec<u16>>,
    /// When it is left alone; empty takes it away.
    pub quiet_hours: Option<String>,
    /// Whether it is in use; switched off, it gives up what it was to tell.
    pub enabled: Option<bool>,
}

/// A warning.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notification {
    /// Its id.
    pub id: String,
    /// What happened: `expires_soon`, `expired`, `rejected`, `permissions_lost`, `recovered`,
    /// `renewal_failed` or `old_value`.
    pub kind: String,
    /// How many days ahead, for `expires_soon`.
    pub days: Option<u16>,
    /// The credential, unless it was deleted since.
    pub credential_id: Option<String>,
    /// The credential's handle.
    pub handle: String,
    /// The sentence that is told.
    pub sentence: String,
    /// When it happened.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
    /// How telling it went, one for each recipient.
    pub deliveries: Vec<NotificationDelivery>,
}

/// How telling a warning to one recipient went.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotificationDelivery {
    /// The channel's name.
    pub channel: String,
    /// The mail address; absent where a channel has one way only.
    pub recipient: Option<String>,
    /// `waiting`, `sent` or `failed`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, while it waits.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub next_attempt_at: Option<Timestamp>,
    /// Why it did not work the last time.
    pub error: Option<String>,
    /// When this was last changed.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub changed_at: Timestamp,
}
