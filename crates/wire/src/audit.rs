//! The audit log.

use serde::Deserialize;
use serde::Serialize;

/// Which records are wanted.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// Only those of this credential: an id, a handle or a unique name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// Only those of whoever has this id, or this in their name, in upper or lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Only those of this action, as in `credential.add`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Only those that ended so: `done`, `refused`, `begun` or `ended`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Only those of this request, by the `x-request-id` of its answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Only those since this moment (RFC 3339 or a date).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Only those up to this moment (RFC 3339), or to the end of this date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// `next_cursor` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200; 50 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// One audit record and its place in the chain.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditRecord {
    /// The lane it is in.
    pub lane: i64,
    /// Its number in the lane.
    pub sequence: i64,
    /// Its MAC, hexadecimal; covers everything before it.
    pub mac: String,
    /// The record.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub record: domain::audit::Record,
}

/// The heads of all lanes: keep them outside to find a cut tail later.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AuditHead {
    /// One head a lane.
    pub lanes: Vec<LaneHead>,
}

/// The end of one lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LaneHead {
    /// The lane.
    pub lane: i64,
    /// The number of its last record.
    pub sequence: i64,
    /// The MAC of its last record, hexadecimal.
    pub mac: String,
}

/// Asks for a verification, against a head kept outside if there is one.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VerifyAudit {
    /// The head kept outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<AuditHead>,
}

/// What a verification found.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditVerdict {
    /// Whether nothing was found.
    pub intact: bool,
    /// How many records were checked.
    pub records: i64,
    /// How many lanes.
    pub lanes: i64,
    /// What was found, at most 100.
    pub findings: Vec<AuditFinding>,
}

/// One thing that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditFinding {
    /// The lane.
    pub lane: i64,
    /// The first record concerned.
    pub sequence: i64,
    /// Its id, as far as it can still be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_id: Option<String>,
    /// `edited`, `deleted`, `reordered`, `cut`, `index`.
    pub what: String,
    /// The same as a sentence.
    pub sentence: String,
}
