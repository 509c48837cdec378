//! Checks of hosts: the way to one, what answers there, and what to do about it.

use domain::Timestamp;
use serde::Deserialize;
use serde::Serialize;

/// Checks a host.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CheckHost {
    /// Its web address, registered or not. An address below a registered host is that host's.
    pub url: String,
    /// The provider's word, if it is to be this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
}

/// What was found on the way to a host, and there. What was not reached is absent.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HostCheck {
    /// Whether nothing stands in the way.
    pub ok: bool,
    /// The host's web address.
    pub url: String,
    /// Whether it is registered.
    pub registered: bool,
    /// Where it is really connected to, if its cloud was pointed elsewhere.
    pub connects_to: Option<String>,
    /// The proxy that is between.
    pub proxy: Option<String>,
    /// The addresses of its name; behind a proxy they may be unknown here.
    pub addresses: Vec<HostAddress>,
    /// What TLS showed; absent for plain http.
    pub tls: Option<HostTls>,
    /// The provider's word for what it is; `generic` for a kind that is not known.
    pub kind: Option<String>,
    /// Its version, if it tells without a login.
    pub version: Option<String>,
    /// By how many seconds its clock is ahead of the server's; negative if it is behind.
    pub clock_ahead_seconds: Option<i64>,
    /// What people should know, in the order of the way.
    pub findings: Vec<HostFinding>,
}

/// An address of a host.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HostAddress {
    /// The address.
    pub address: String,
    /// Whether it may be dialled; a finding names the flag if not.
    pub allowed: bool,
}

/// What a TLS handshake with a host showed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HostTls {
    /// The version, as in `TLS 1.3`; absent when the handshake failed.
    pub version: Option<String>,
    /// Whether the chain is trusted for this host.
    pub trusted: bool,
    /// In how many whole days the host's own certificate ends.
    pub days_left: Option<i64>,
    /// The certificates the host sent, its own first.
    pub chain: Vec<HostCertificate>,
}

/// A certificate, in the host's own words.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HostCertificate {
    /// Whose it is.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The names and addresses it is for, the first few.
    pub names: Vec<String>,
    /// When it begins.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub not_before: Timestamp,
    /// When it ends.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub not_after: Timestamp,
    /// Its SHA-256, in lower-case hexadecimal.
    pub sha256: String,
}

/// One thing people should know of a host.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HostFinding {
    /// Which sort it is, in the words of refusals: `forbidden`, `upstream`, `conflict`, …
    pub kind: String,
    /// Whether credentials of the host cannot be used because of it.
    pub blocking: bool,
    /// A sentence for people.
    pub sentence: String,
    /// What to do about it.
    pub hint: Option<String>,
}
