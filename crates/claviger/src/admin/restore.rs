//! `admin restore`: puts a backup in place. A new epoch begins: leases and API tokens end.

use std::fs::File;
use std::path::Path;

use domain::Error;
use domain::Result;

use super::Said;
use crate::args::DataArgs;
use crate::data::DataLock;
use crate::data::offline_settings;
use crate::data::shown;

pub(super) async fn run(data: &DataArgs, file: &Path) -> Result<Said> {
    let Some(target) = data.database_file() else {
        return Err(Error::new(
            domain::ErrorKind::Unsupported,
            "This command restores the embedded database only.",
        )
        .hint("use pg_restore for PostgreSQL"));
    };
    data.create()?;
    let lock = DataLock::take(&data.data)?;
    if target.exists() {
        return Err(Error::conflict(format!("{} is there already.", shown(&target)))
            .hint("move it away first; a restore never overwrites"));
    }
    if !data.root_key_path()?.exists() {
        return Err(Error::unavailable(format!(
            "The root key file {} is missing.",
            shown(&data.root_key_path()?)
        ))
        .hint("put its copy back first; the backup cannot be opened without it"));
    }
    place(file, &target)?;
    let outcome = begin(data).await;
    drop(lock);
    if outcome.is_err() {
        // What does not open or verify must not be served.
        let _ = std::fs::remove_file(&target);
    }
    outcome
}

/// Copies, syncs, and only then gives the file its name.
fn place(from: &Path, to: &Path) -> Result<()> {
    let beside = to.with_extension("restoring");
    let failed = |error: std::io::Error| {
        Error::unavailable(format!("{} could not be copied: {error}.", shown(from)))
    };
    std::fs::copy(from, &beside).map_err(failed)?;
    File::open(&beside).and_then(|file| file.sync_all()).map_err(failed)?;
    std::fs::rename(&beside, to).map_err(failed)?;
    match to.parent() {
        Some(parent) => {
            File::open(parent).and_then(|directory| directory.sync_all()).map_err(failed)
        }
        None => Ok(()),
    }
}

async fn begin(data: &DataArgs) -> Result<Said> {
    let opened = data.open(offline_settings()?).await?;
    let outcome = renew(&opened.broker).await;
    opened.broker.stop().await;
    outcome
}

async fn renew(broker: &broker::Broker) -> Result<Said> {
    let verdict = broker.verify_all(&[]).await?;
    if !verdict.findings.is_empty() {
        return Err(Error::conflict("The audit log in this backup does not verify.".to_owned())
            .hint("restore another backup"));
    }
    let slugs = broker.begin_new_epoch().await?;
    let mut lines = vec![
        format!("The backup is in place; its {} audit records verify.", verdict.records),
        "All leases and API tokens in it were ended. New Owner tokens, shown this once:".to_owned(),
    ];
    let mut tokens = serde_json::Map::new();
    for slug in slugs {
        let created = broker.new_owner_token(&slug).await?;
        let token =
            created.token.expose_text().ok_or_else(|| Error::internal("a token is not text"))?;
        lines.push(format!("  {slug}  {token}"));
        tokens.insert(slug, serde_json::Value::from(token));
    }
    let json = serde_json::json!({ "audit_records": verdict.records, "api_tokens": tokens });
    Ok(Said::new(lines, json))
}
