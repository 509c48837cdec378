//! Looks for a secret in everything below a folder: as it is, and in base64 wherever it begins.
//!
//! Not found: what is compressed or encrypted, and a secret cut in two.

use std::fs;
use std::io;
use std::io::Read;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Result;

use super::limits;
use super::machine::unwritten;

/// What a search saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Files and links that were looked at.
    pub files: usize,
    /// Those that hold the secret.
    pub findings: usize,
}

/// Searches a folder. A file that vanishes meanwhile is passed over.
pub fn search(secret: &str, folder: &Path) -> Result<Found> {
    let mut found = Found::default();
    walk(&needles(secret), folder, &mut found).map_err(unwritten)?;
    Ok(found)
}

/// The secret, and the part of it that base64 always writes the same way, for each of the three
/// places in a group of bytes where it may begin (behind `user:`, say).
fn needles(secret: &str) -> Vec<Vec<u8>> {
    let mut needles = vec![secret.as_bytes().to_vec()];
    for skipped in 0..3 {
        let rest = secret.as_bytes().get(skipped..).unwrap_or_default();
        let whole = rest.get(..rest.len() / 3 * 3).unwrap_or_default();
        needles.push(STANDARD.encode(whole).into_bytes());
    }
    needles.retain(|needle| !needle.is_empty());
    needles
}

fn walk(needles: &[Vec<u8>], folder: &Path, found: &mut Found) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(needles, &entry.path(), found)?;
            continue;
        }
        let has_it = if kind.is_symlink() {
            let target = fs::read_link(entry.path())?;
            holds(needles, target.as_os_str().as_encoded_bytes())
        } else if kind.is_file() {
            match fs::File::open(entry.path()) {
                Ok(file) => file_holds(needles, file)?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            }
        } else {
            continue;
        };
        found.files += 1;
        let in_name = holds(needles, entry.file_name().as_encoded_bytes());
        found.findings += usize::from(has_it || in_name);
    }
    Ok(())
}

/// Reads piece by piece; the end of one is kept, so that nothing is missed in between.
fn file_holds(needles: &[Vec<u8>], mut file: fs::File) -> io::Result<bool> {
    let kept_bytes = needles.iter().map(Vec::len).max().unwrap_or(1).saturating_sub(1);
    let mut piece = Vec::new();
    loop {
        let excess = piece.len().saturating_sub(kept_bytes);
        piece.drain(..excess);
        let limit = u64::try_from(limits::SEARCH_PIECE_BYTES).unwrap_or(u64::MAX);
        if file.by_ref().take(limit).read_to_end(&mut piece)? == 0 {
            return Ok(false);
        }
        if holds(needles, &piece) {
            return Ok(true);
        }
    }
}

fn holds(needles: &[Vec<u8>], bytes: &[u8]) -> bool {
    needles.iter().any(|needle| bytes.windows(needle.len()).any(|window| window == needle))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";

    fn findings(content: &[u8]) -> usize {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("below")).unwrap();
        fs::write(folder.path().join("below/file"), content).unwrap();
        fs::write(folder.path().join("other"), "nothing").unwrap();
        let found = search(SECRET, folder.path()).unwrap();
        assert_eq!(found.files, 2);
        found.findings
    }

    #[test]
    fn the_secret_is_found_raw_and_in_base64_behind_any_user() {
        assert_eq!(findings(b"nothing"), 0);
        assert_eq!(findings(format!("a{SECRET}b").as_bytes()), 1);
        for user in ["", "x", "xy", "x-access-token"] {
            let pair = STANDARD.encode(format!("{user}:{SECRET}"));
            assert_eq!(
                findings(format!("Authorization: Basic {pair}\r\n").as_bytes()),
                1,
                "{user}"
            );
        }
    }

    #[test]
    fn the_secret_is_found_between_two_pieces_and_in_names_and_links() {
        let mut content = vec![b'x'; limits::SEARCH_PIECE_BYTES - 7];
        content.extend_from_slice(SECRET.as_bytes());
        assert_eq!(findings(&content), 1);
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(SECRET), "").unwrap();
        std::os::unix::fs::symlink(SECRET, folder.path().join("link")).unwrap();
        assert_eq!(search(SECRET, folder.path()).unwrap(), Found { files: 2, findings: 2 });
    }
}
