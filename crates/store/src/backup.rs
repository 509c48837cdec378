//! Copying the embedded database while it is in use. PostgreSQL has tools of its own.

use std::path::Path;

use domain::Error;
use domain::Result;

use crate::dialect::Engine;
use crate::row::row;
use crate::row::touch;
use crate::session::Session;

/// Writes a whole, consistent copy to a file that is not there yet.
pub async fn copy_to(session: &mut Session, file: &Path) -> Result<()> {
    if session.engine() != Engine::Sqlite {
        return Err(Error::new(
            domain::ErrorKind::Unsupported,
            "This command copies the embedded database only.",
        )
        .hint("use pg_dump for PostgreSQL, and keep the root key file apart from it"));
    }
    touch!(session, "vacuum into $1", file.display().to_string())
        .map_err(crate::dialect::failed)?;
    Ok(())
}

/// Asks the database whether its own structure is whole.
pub async fn check(session: &mut Session) -> Result<()> {
    if session.engine() != Engine::Sqlite {
        return Ok(());
    }
    let said = row!(session, "select integrity_check as said from pragma_integrity_check limit 1")?
        .map_or(Ok(String::new()), |row| row.text("said"))?;
    if said == "ok" {
        return Ok(());
    }
    Err(Error::conflict("The database file is damaged.".to_owned()).hint("restore a backup"))
}
