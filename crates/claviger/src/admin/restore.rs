//! `admin restore`: puts a backup in place. A new epoch begins: leases, sessions and API tokens end.
//!
//! Everything is done on a copy under another name; it gets its own only when it opens with the root
//! key, verifies, and holds no live lease or token. A crash before that leaves nothing that is served.

use std::fs::File;
use std::path::Path;
use std::path::PathBuf;

use domain::Error;
use domain::Result;
use store::Store;

use super::Said;
use super::new_epoch;
use crate::data::DataArgs;
use crate::data::DataLock;
use crate::data::shown;

pub(super) async fn run(data: &DataArgs, file: &Path) -> Result<Said> {
    let Some(target) = data.database_file() else {
        return Err(Error::new(
            domain::ErrorKind::Unsupported,
            "This command restores the embedded database only.",
        )
        .hint("use pg_restore for PostgreSQL, then `claviger admin new-epoch` before serving it"));
    };
    data.create()?;
    let lock = DataLock::take(&data.data)?;
    refuse_overwriting(&target)?;
    if !data.root_key_path()?.exists() {
        return Err(Error::unavailable(format!(
            "The root key file {} is missing.",
            shown(&data.root_key_path()?)
        ))
        .hint("put its copy back first; the backup cannot be opened without it"));
    }
    let beside = target.with_extension("restoring");
    remove(&beside);
    let outcome = prepare(data, file, &beside).await;
    let placed = match &outcome {
        Ok(_) => place(&beside, &target),
        Err(_) => Ok(()),
    };
    remove(&beside);
    drop(lock);
    placed?;
    outcome
}

/// A database, or what one left behind, is never overwritten: SQLite would replay an old journal.
fn refuse_overwriting(target: &Path) -> Result<()> {
    for file in with_companions(target) {
        if file.exists() {
            return Err(Error::conflict(format!("{} is there already.", shown(&file)))
                .hint("move it away first; a restore never overwrites"));
        }
    }
    Ok(())
}

fn with_companions(file: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|ending| {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    })
}

fn remove(file: &Path) {
    for file in with_companions(file) {
        // What is not there need not be removed.
        let _ = std::fs::remove_file(file);
    }
}

/// Copies, opens, verifies, and ends what was live – all under the other name.
async fn prepare(data: &DataArgs, file: &Path, beside: &Path) -> Result<Said> {
    std::fs::copy(file, beside).map_err(|error| {
        Error::unavailable(format!("{} could not be copied: {error}.", shown(file)))
    })?;
    refuse_other_files(beside).await?;
    let copy = DataArgs { database_url: Some(Store::sqlite_url(beside)), ..data.clone() };
    let opened = copy.open_offline().await?;
    let outcome = new_epoch::renew(&opened.broker).await;
    opened.broker.close().await;
    outcome
}

/// A file that is damaged, or holds no data of ours, is no backup; opening it would make new data.
async fn refuse_other_files(file: &Path) -> Result<()> {
    let no_backup = || {
        Error::conflict("This file is not a whole backup of Claviger's data.".to_owned())
            .hint("give a file that `claviger admin backup` wrote")
    };
    let store = Store::connect(&Store::sqlite_url(file))
        .await
        .map_err(|error| no_backup().because(error))?;
    let looked = async {
        let mut session = store.session().await?;
        store::backup::check(&mut session).await?;
        let ring = store::keys::ring(&mut session).await?;
        Ok::<bool, Error>(
            ring.is_some() && !store::organizations::all(&mut session).await?.is_empty(),
        )
    };
    let looked = looked.await;
    store.close().await;
    match looked {
        Ok(true) => Ok(()),
        Ok(false) => Err(no_backup()),
        Err(error) => Err(no_backup().because(error)),
    }
}

/// Syncs, and only then gives the file its name.
fn place(from: &Path, to: &Path) -> Result<()> {
    let failed = |error: std::io::Error| {
        Error::unavailable(format!("{} could not be put in place: {error}.", shown(to)))
    };
    if let [_, journal, _] = with_companions(from)
        && journal.metadata().is_ok_and(|found| found.len() > 0)
    {
        return Err(Error::internal("the restored copy was not closed"));
    }
    File::open(from).and_then(|file| file.sync_all()).map_err(failed)?;
    std::fs::rename(from, to).map_err(failed)?;
    match to.parent() {
        Some(parent) => {
            File::open(parent).and_then(|directory| directory.sync_all()).map_err(failed)
        }
        None => Ok(()),
    }
}
