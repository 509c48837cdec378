//! A small file system of its own, to run out of space on.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A mounted tmpfs. Dropping it unmounts it.
pub struct Volume {
    directory: TempDir,
}

impl Volume {
    /// Mounts an empty volume of that size. Only root may, and only with `mount` allowed.
    pub fn new(size_mib: u32) -> Volume {
        let directory = match tempfile::Builder::new().prefix("clv-volume-").tempdir() {
            Ok(directory) => directory,
            Err(error) => panic!("no directory for a volume could be made: {error}"),
        };
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size_mib}m,mode=0700"), "claviger-test"]);
        if let Err(reason) = run(mount.arg(directory.path())) {
            panic!(
                "A volume of {size_mib} MiB could not be mounted: {reason} \
                 This test needs root and the right to mount a tmpfs."
            );
        }
        Volume { directory }
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        // Lazily if a file is still open: the last close then frees it.
        let _ = run(Command::new("umount").arg(self.path()))
            .or_else(|_| run(Command::new("umount").arg("--lazy").arg(self.path())));
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{error}."))?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::ErrorKind;

    use super::*;

    #[test]
    fn fills_up_and_goes_away() {
        let volume = Volume::new(1);
        let path = volume.path().to_owned();
        fs::write(path.join("small"), vec![0; 512 * 1024]).unwrap();
        let error = fs::write(path.join("large"), vec![0; 1024 * 1024]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        drop(volume);
        assert!(!path.exists());
    }
}
