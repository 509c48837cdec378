//! The schema's history, embedded. Changes expand first and contract a release later.

use domain::Error;
use domain::Result;
use sqlx::AnyPool;
use sqlx::AssertSqlSafe;
use sqlx::SqlSafeStr;
use sqlx::migrate::MigrateError;
use sqlx::migrate::Migration;
use sqlx::migrate::MigrationType;
use sqlx::migrate::Migrator;

use crate::dialect::Engine;

const HISTORY: [(i64, &str, &str); 17] = [
    (1, "first", include_str!("../migrations/0001_first.sql")),
    (2, "checks", include_str!("../migrations/0002_checks.sql")),
    (3, "notifications", include_str!("../migrations/0003_notifications.sql")),
    (4, "grants", include_str!("../migrations/0004_grants.sql")),
    (5, "platform", include_str!("../migrations/0005_platform.sql")),
    (6, "refused_versions", include_str!("../migrations/0006_refused_versions.sql")),
    (7, "guessed_names", include_str!("../migrations/0007_guessed_names.sql")),
    (8, "access_keys", include_str!("../migrations/0008_access_keys.sql")),
    (9, "sessions", include_str!("../migrations/0009_sessions.sql")),
    (10, "authorizations", include_str!("../migrations/0010_authorizations.sql")),
    (11, "account_identities", include_str!("../migrations/0011_account_identities.sql")),
    (12, "use_counts", include_str!("../migrations/0012_use_counts.sql")),
    (13, "counted", include_str!("../migrations/0013_counted.sql")),
    (14, "memberships", include_str!("../migrations/0014_memberships.sql")),
    (15, "warning_days", include_str!("../migrations/0015_warning_days.sql")),
    (16, "given_by", include_str!("../migrations/0016_given_by.sql")),
    (17, "proven_identities", include_str!("../migrations/0017_proven_identities.sql")),
];

/// Runs what is missing. A schema from a later version is refused, untouched.
pub(crate) async fn run(pool: &AnyPool, engine: Engine) -> Result<()> {
    let migrations = HISTORY
        .iter()
        .map(|(version, name, text)| {
            let sql = AssertSqlSafe(engine.render(text)).into_sql_str();
            Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
        })
        .collect();
    Migrator::with_migrations(migrations).run(pool).await.map_err(|error| match error {
        MigrateError::VersionMissing(version) | MigrateError::VersionMismatch(version) => {
            Error::conflict(format!(
                "The data was written by another version of Claviger (its schema step {version} \
                 is not known here)."
            ))
            .hint("start the version that wrote it, or restore a backup; nothing was changed")
        }
        other => {
            Error::unavailable("The database schema could not be brought up to date.".to_owned())
                .hint("free disk space and rights are the usual causes; nothing was half done")
                .because(other)
        }
    })
}
