//! Files of the user's own: read within limits, written whole or not at all, private.

use std::fs;
use std::fs::File;
use std::io;
use std::io::Read;
use std::io::Write;
use std::path::Path;

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use zeroize::Zeroizing;

/// Reads all of `source`, into memory that is wiped.
pub(crate) fn read_limited(
    source: impl Read,
    shown: &str,
    bytes_max: usize,
) -> Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(bytes_max + 2));
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    source.take(limit).read_to_end(&mut bytes).map_err(|error| unreadable(shown, &error))?;
    if bytes.len() > bytes_max {
        return Err(Error::new(ErrorKind::TooLarge, format!("{shown} is too long."))
            .hint(format!("at most {bytes_max} bytes")));
    }
    Ok(bytes)
}

/// Reads a file, or standard input when it is `-`.
pub(crate) fn read_file_or_stdin(path: &Path, bytes_max: usize) -> Result<Zeroizing<Vec<u8>>> {
    if path == Path::new("-") {
        return read_limited(io::stdin().lock(), "Standard input", bytes_max);
    }
    let shown = path.display().to_string();
    let file = File::open(path).map_err(|error| unreadable(&shown, &error))?;
    read_limited(file, &shown, bytes_max)
}

/// Reads a text file, or standard input when it is `-`.
pub(crate) fn read_text(path: &Path, bytes_max: usize) -> Result<String> {
    let bytes = read_file_or_stdin(path, bytes_max)?;
    String::from_utf8(bytes.to_vec())
        .map_err(|_| Error::invalid(format!("{} is not UTF-8 text.", path.display())))
}

fn unreadable(shown: &str, error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::NotFound => Error::not_found(&format!("file: {shown}")),
        _ => Error::invalid(format!("{shown} cannot be read: {error}.")),
    }
}

/// Writes a file that only its owner can read: all of it, or the old one stays.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let unwritable = |error: io::Error| {
        Error::invalid(format!("{} cannot be written: {error}.", path.display()))
    };
    let directory = path.parent().unwrap_or(Path::new("/"));
    create_private_directory(directory).map_err(unwritable)?;
    // A temporary file is created for its owner alone (0600), and keeps that when it is renamed.
    let mut file = tempfile::NamedTempFile::new_in(directory).map_err(unwritable)?;
    file.write_all(bytes).map_err(unwritable)?;
    file.as_file().sync_all().map_err(unwritable)?;
    file.persist(path).map_err(|error| unwritable(error.error))?;
    // The rename is durable once the directory is; not every system can do that.
    let _ = File::open(directory).and_then(|directory| directory.sync_all());
    Ok(())
}

fn create_private_directory(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// Removes a file; says whether there was one.
pub(crate) fn remove(path: &Path) -> Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => {
            Err(Error::invalid(format!("{} cannot be removed: {error}.", path.display())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_hold() {
        assert_eq!(&**read_limited(&b"abc"[..], "It", 3).unwrap(), b"abc");
        let error = read_limited(&b"abcd"[..], "It", 3).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        let missing = read_text(Path::new("/nowhere/at/all"), 3).unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::NotFound);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_written_is_private_and_whole() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a/b/file");
        write_private(&path, b"one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        write_private(&path, b"two").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        assert!(remove(&path).unwrap());
        assert!(!remove(&path).unwrap());
    }
}
