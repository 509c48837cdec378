//! Where a sealed thing belongs: what the cipher authenticates beside the content.

use domain::id::OrganizationId;

/// The place of a sealed thing. Two different places never have the same bytes.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The tenant; `None` for keys of the instance itself.
    pub organization: Option<OrganizationId>,
    /// The kind of record, as in `credential`.
    pub record_kind: &'a str,
    /// The record's id.
    pub record_id: &'a str,
    /// The version of the secret.
    pub version: i64,
    /// What it is for, as in `secret`.
    pub purpose: &'a str,
}

impl Place<'_> {
    /// The authenticated bytes: a label, then every field with its length before it.
    pub(crate) fn bytes(&self, label: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(160);
        let organization = self.organization.map(|id| *id.bytes());
        let organization: &[u8] = organization.as_ref().map_or(&[], |bytes| bytes.as_slice());
        let version = self.version.to_be_bytes();
        let fields: [&[u8]; 6] = [
            label.as_bytes(),
            organization,
            self.record_kind.as_bytes(),
            self.record_id.as_bytes(),
            &version,
            self.purpose.as_bytes(),
        ];
        for field in fields {
            let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(field);
        }
        bytes
    }
}
