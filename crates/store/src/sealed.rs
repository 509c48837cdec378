//! What organizations' keys seal, in whatever table it lies: found by its key, and put in place of what
//! an older key sealed. For `admin rekey`, which has to miss none.

use domain::Result;
use domain::id::OrganizationId;
use domain::id::OrganizationKeyId;

use crate::row::Row;
use crate::row::execute;
use crate::row::row;
use crate::row::rows;
use crate::session::Session;

/// A table with a sealed column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedTable {
    /// Versions of credentials.
    SecretVersions,
    /// Addresses of channels, and keys that sign their messages.
    ChannelSecrets,
    /// Secrets of our webhooks.
    RepositoryHooks,
    /// Secret halves of access keys.
    AccessKeys,
}

/// An envelope, and what it authenticates beside its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The table.
    pub table: SealedTable,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The key that seals it.
    pub organization_key_id: OrganizationKeyId,
    /// The record it belongs to.
    pub record_id: String,
    /// Its number, where there are several.
    pub version: i64,
    /// What it was given for, where the table says it.
    pub given_for: String,
    /// The envelope; empty if it was destroyed.
    pub envelope: Vec<u8>,
}

/// The statements of a table.
struct Sql {
    table: &'static str,
    column: &'static str,
    select: &'static str,
    replace: &'static str,
}

macro_rules! sql {
    ($table:literal, $id:literal, $version:literal, $given_for:literal, $column:literal) => {
        Sql {
            table: $table,
            column: $column,
            select: concat!(
                "select organization_id, organization_key_id, ",
                $id,
                " as record_id, ",
                $version,
                " as version, ",
                $given_for,
                " as given_for, ",
                $column,
                " as envelope ",
                "from ",
                $table,
                " where organization_key_id = $1 order by ",
                $id,
                " limit $2"
            ),
            replace: concat!(
                "update ",
                $table,
                " set organization_key_id = $1, ",
                $column,
                " = $2 where ",
                $id,
                " = $3 and organization_key_id = $4 and ",
                $column,
                " = $5"
            ),
        }
    };
}

impl SealedTable {
    /// Every one.
    pub const ALL: [SealedTable; 4] = [
        SealedTable::SecretVersions,
        SealedTable::ChannelSecrets,
        SealedTable::RepositoryHooks,
        SealedTable::AccessKeys,
    ];

    #[rustfmt::skip]
    const fn sql(self) -> Sql {
        match self {
            SealedTable::SecretVersions =>
                sql!("secret_versions", "credential_id", "version", "bound_to", "envelope"),
            SealedTable::ChannelSecrets =>
                sql!("channel_secrets", "channel_id", "version", "purpose", "envelope"),
            SealedTable::RepositoryHooks =>
                sql!("repository_hooks", "id", "cast(1 as bigint)", "''", "secret"),
            SealedTable::AccessKeys =>
                sql!("access_keys", "id", "cast(1 as bigint)", "''", "secret"),
        }
    }

    /// The names of the table and of its sealed column.
    pub const fn names(self) -> (&'static str, &'static str) {
        let sql = self.sql();
        (sql.table, sql.column)
    }

    fn read(self, row: &Row) -> Result<Sealed> {
        Ok(Sealed {
            table: self,
            organization_id: row.parsed("organization_id")?,
            organization_key_id: row.parsed("organization_key_id")?,
            record_id: row.text("record_id")?,
            version: row.number("version")?,
            given_for: row.text("given_for")?,
            envelope: row.bytes("envelope")?,
        })
    }
}

/// Some envelopes of a table that a key seals.
pub async fn under_key(
    session: &mut Session,
    table: SealedTable,
    key: OrganizationKeyId,
    limit: i64,
) -> Result<Vec<Sealed>> {
    let found = rows!(session, table.sql().select, key.to_string(), limit)?;
    found.iter().map(|row| table.read(row)).collect()
}

/// Whether a key still seals anything.
pub async fn is_any_under(session: &mut Session, key: OrganizationKeyId) -> Result<bool> {
    for table in SealedTable::ALL {
        if row!(session, table.sql().select, key.to_string(), 1_i64)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Puts the same secret's envelope under another key in place of the one that was read. What was
/// changed or destroyed meanwhile stays as it is.
pub async fn replace(
    session: &mut Session,
    read: &Sealed,
    key: OrganizationKeyId,
    envelope: &[u8],
) -> Result<()> {
    execute!(
        session,
        read.table.sql().replace,
        key.to_string(),
        envelope.to_vec(),
        read.record_id.as_str(),
        read.organization_key_id.to_string(),
        read.envelope.clone()
    )?;
    Ok(())
}
