//! What organizations' keys seal: every sealed column is found, and nothing is brought back.

use std::collections::BTreeSet;

use sqlx::Connection as _;
use sqlx::Row as _;
use store::sealed::SealedTable;

use crate::world::World;
use crate::world::on_both_engines;

on_both_engines!(no_sealed_column_is_forgotten);

/// Columns of bytes that no organization's key seals.
const OTHERS: [(&str, &str); 6] = [
    // Told apart by the root key; what it wraps is wrapped again, not sealed.
    ("key_ring", "check_value"),
    ("key_ring", "next_check_value"),
    ("system_keys", "wrapped"),
    ("organization_keys", "wrapped"),
    // Sealed for the minutes of a sign-in, which is begun again if its key went meanwhile.
    ("oauth_flows", "verifier"),
    // As it came from the provider; no secret.
    ("events", "body"),
];

async fn no_sealed_column_is_forgotten(world: World) {
    let columns = match world.url.starts_with("sqlite:") {
        true => {
            "select m.name as tbl, p.name as col from sqlite_master m \
             join pragma_table_info(m.name) p where m.type = 'table' and lower(p.type) = 'blob'"
        }
        false => {
            "select cast(table_name as text) as tbl, cast(column_name as text) as col \
             from information_schema.columns where table_schema = 'public' and data_type = 'bytea'"
        }
    };
    let mut raw = sqlx::AnyConnection::connect(&world.url).await.unwrap();
    let found = sqlx::query(columns).fetch_all(&mut raw).await.unwrap();
    let found: BTreeSet<(String, String)> = found
        .iter()
        .map(|row| (row.get::<String, _>("tbl"), row.get::<String, _>("col")))
        .filter(|(table, _)| table != "_sqlx_migrations")
        .collect();
    let known = SealedTable::ALL.map(SealedTable::names).into_iter().chain(OTHERS);
    let known: BTreeSet<(String, String)> =
        known.map(|(table, column)| (table.to_owned(), column.to_owned())).collect();
    assert_eq!(found, known, "`admin rekey` seals again what SealedTable lists, and nothing else");
}
