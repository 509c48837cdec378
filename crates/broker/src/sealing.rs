//! Where a sealed secret lies, as its envelope authenticates it: one rule for sealing it, opening it, and
//! sealing it again.

use domain::id::OrganizationId;
use store::access_keys::AccessKey;
use store::channels::SealedChannelSecret;
use store::repository_hooks::RepositoryHook;
use store::sealed::Sealed;
use store::sealed::SealedTable;
use store::secrets::SealedVersion;
use vault::Place;

/// What tells a sealed secret from all others.
pub(crate) struct SealedAt {
    organization_id: OrganizationId,
    record_kind: &'static str,
    record_id: String,
    version: i64,
    purpose: String,
}

impl SealedAt {
    /// `given_for` is what the rows of some tables say.
    fn new(
        table: SealedTable,
        organization_id: OrganizationId,
        record_id: String,
        version: i64,
        given_for: &str,
    ) -> SealedAt {
        let (record_kind, purpose) = match table {
            SealedTable::SecretVersions => ("credential", format!("secret for {given_for}")),
            SealedTable::ChannelSecrets => ("channel", given_for.to_owned()),
            SealedTable::RepositoryHooks => ("repository hook", "signs deliveries".to_owned()),
            SealedTable::AccessKeys => ("access key", "signs requests".to_owned()),
        };
        SealedAt { organization_id, record_kind, record_id, version, purpose }
    }
}

impl From<&Sealed> for SealedAt {
    fn from(of: &Sealed) -> SealedAt {
        let id = of.record_id.clone();
        SealedAt::new(of.table, of.organization_id, id, of.version, &of.given_for)
    }
}

impl From<&SealedVersion> for SealedAt {
    fn from(of: &SealedVersion) -> SealedAt {
        let (table, id) = (SealedTable::SecretVersions, of.credential_id.to_string());
        SealedAt::new(table, of.organization_id, id, of.version, &of.bound_to)
    }
}

impl From<&SealedChannelSecret> for SealedAt {
    fn from(of: &SealedChannelSecret) -> SealedAt {
        let (table, id) = (SealedTable::ChannelSecrets, of.channel_id.to_string());
        SealedAt::new(table, of.organization_id, id, of.version, &of.purpose)
    }
}

impl From<&RepositoryHook> for SealedAt {
    fn from(of: &RepositoryHook) -> SealedAt {
        let (table, id) = (SealedTable::RepositoryHooks, of.id.to_string());
        SealedAt::new(table, of.organization_id, id, 1, "")
    }
}

impl From<&AccessKey> for SealedAt {
    fn from(of: &AccessKey) -> SealedAt {
        let (table, id) = (SealedTable::AccessKeys, of.id.to_string());
        SealedAt::new(table, of.organization_id, id, 1, "")
    }
}

/// Runs with the place of a sealed secret.
pub(crate) fn at_place<T>(of: impl Into<SealedAt>, run: impl FnOnce(&Place<'_>) -> T) -> T {
    let at = of.into();
    run(&Place {
        organization: Some(at.organization_id),
        record_kind: at.record_kind,
        record_id: &at.record_id,
        version: at.version,
        purpose: &at.purpose,
    })
}
