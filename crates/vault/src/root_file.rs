//! The root key file: `root.key`, readable by its owner only, one key a line, the newest last.
//!
//! ```text
//! clvroot1 3f1c…(id) base64…(32 bytes)
//! ```
//!
//! It holds two keys only while `admin rekey` is under way. It is made before the database knows of
//! it, and is on disk (file and directory synced) before anything is sealed with it.

use std::fs::File;
use std::fs::OpenOptions;
use std::io::Read;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Entropy;
use domain::Error;
use domain::Result;
use domain::text::printable;
use zeroize::Zeroizing;

use crate::aead::KEY_BYTES;
use crate::keys::RootKey;

const MAGIC: &str = "clvroot1";
/// More than two keys means that two changes were started at once.
const KEYS_MAX: usize = 2;
const FILE_BYTES_MAX: u64 = 1024;

/// A root key file and the keys in it.
pub struct RootKeyFile {
    path: PathBuf,
    keys: Vec<RootKey>,
}

impl RootKeyFile {
    /// Creates a file with one new key. Refuses to touch a file that is there. The file gets its name
    /// only when it is whole and on disk.
    pub fn create(path: &Path, entropy: &dyn Entropy) -> Result<RootKeyFile> {
        let file = RootKeyFile { path: path.to_owned(), keys: vec![RootKey::generate(entropy)?] };
        let mut suffix = [0u8; 8];
        entropy.fill(&mut suffix);
        // Several first starts may be at this at once, each beside the others.
        let beside = with_ending(path, &format!(".{:016x}.new", u64::from_be_bytes(suffix)));
        let outcome = file.write(&beside).and_then(|()| {
            // Unlike a rename, a link never replaces what is there.
            std::fs::hard_link(&beside, path).map_err(|error| failed("create", path, error))
        });
        // Its second name, or what a failure left; nothing was sealed with it yet.
        let _ = std::fs::remove_file(&beside);
        outcome?;
        sync_directory(path)?;
        Ok(file)
    }

    /// Reads a file; `None` if there is none.
    pub fn read(path: &Path) -> Result<Option<RootKeyFile>> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed("read", path, error)),
        };
        check_permissions(path, &file)?;
        let mut text = Zeroizing::new(String::new());
        file.take(FILE_BYTES_MAX)
            .read_to_string(&mut text)
            .map_err(|error| failed("read", path, error))?;
        let keys = parse(&text).ok_or_else(|| {
            Error::invalid(format!("The root key file {} is not whole.", shown(path)))
                .hint("restore it from where you keep its copy; nothing can be opened without it")
        })?;
        Ok(Some(RootKeyFile { path: path.to_owned(), keys }))
    }

    /// The key with this id.
    pub fn key(&self, id: &str) -> Option<&RootKey> {
        self.keys.iter().find(|key| key.id() == id)
    }

    /// The newest key.
    pub fn newest(&self) -> Result<&RootKey> {
        self.keys.last().ok_or_else(|| Error::internal("a root key file without keys"))
    }

    /// How many keys are in it.
    pub fn key_count(&self) -> usize {
        self.keys.len()
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a new key as the newest; the file is replaced whole or not at all.
    pub fn add_key(&mut self, entropy: &dyn Entropy) -> Result<()> {
        if self.keys.len() >= KEYS_MAX {
            return Err(Error::conflict("The root key file already holds a new key.".to_owned()));
        }
        self.keys.push(RootKey::generate(entropy)?);
        self.replace()
    }

    /// Drops every key but the newest, once nothing is wrapped by the others.
    pub fn drop_older_keys(&mut self) -> Result<()> {
        let older = self.keys.len().saturating_sub(1);
        self.keys.drain(..older);
        self.replace()
    }

    fn replace(&self) -> Result<()> {
        let beside = with_ending(&self.path, ".new");
        // What a crash left behind was never named by anything.
        let _ = std::fs::remove_file(&beside);
        self.write(&beside)?;
        std::fs::rename(&beside, &self.path)
            .map_err(|error| failed("replace", &self.path, error))?;
        sync_directory(&self.path)
    }

    /// Writes the keys to a new file and syncs it.
    fn write(&self, path: &Path) -> Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(|error| failed("create", path, error))?;
        file.write_all(render(&self.keys).as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(|error| failed("write", path, error))
    }
}

/// Held by whoever changes a root key file: a lock on a file beside it, since the file itself is
/// replaced. It ends with the process.
pub struct RootKeyLock(#[expect(dead_code, reason = "held until it is dropped")] File);

impl RootKeyLock {
    /// Takes the lock, or says that somebody else has it.
    pub fn take(path: &Path) -> Result<RootKeyLock> {
        let beside = with_ending(path, ".lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&beside)
            .map_err(|error| failed("lock", &beside, error))?;
        rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive).map_err(
            |_| {
                Error::conflict("Another rekey is under way.".to_owned())
                    .hint("let it finish, then look again")
            },
        )?;
        Ok(RootKeyLock(file))
    }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn check_permissions(path: &Path, file: &File) -> Result<()> {
    let mode = file.metadata().map_err(|error| failed("read", path, error))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(Error::invalid(format!(
            "Others may read the root key file {} (mode {:o}).",
            shown(path),
            mode & 0o777
        ))
        .hint(format!("run: chmod 600 {}", shown(path))));
    }
    Ok(())
}

fn parse(text: &str) -> Option<Vec<RootKey>> {
    let mut keys = Vec::new();
    for line in text.strip_suffix('\n')?.split('\n') {
        let mut words = line.split(' ');
        let (magic, id, body) = (words.next()?, words.next()?, words.next()?);
        if magic != MAGIC || words.next().is_some() {
            return None;
        }
        let decoded = Zeroizing::new(STANDARD.decode(body).ok()?);
        let bytes: [u8; KEY_BYTES] = decoded.as_slice().try_into().ok()?;
        let key = RootKey::from_bytes(Zeroizing::new(bytes)).ok()?;
        // The id doubles as a checksum: a truncated or mistyped key does not carry it.
        if key.id() != id {
            return None;
        }
        keys.push(key);
    }
    (!keys.is_empty() && keys.len() <= KEYS_MAX).then_some(keys)
}

fn render(keys: &[RootKey]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::new());
    for key in keys {
        let body = Zeroizing::new(STANDARD.encode(key.bytes()));
        text.push_str(&format!("{MAGIC} {} {}\n", key.id(), body.as_str()));
    }
    text
}

fn sync_directory(path: &Path) -> Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    File::open(parent)
        .and_then(|directory| directory.sync_all())
        .map_err(|error| failed("sync the directory of", path, error))
}

fn failed(verb: &str, path: &Path, error: std::io::Error) -> Error {
    Error::unavailable(format!("Could not {verb} the root key file {}: {error}.", shown(path)))
        .because(error)
}

fn shown(path: &Path) -> String {
    printable(&path.display().to_string(), 300)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    #[test]
    fn a_file_round_trips_and_is_private() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("root.key");
        assert!(RootKeyFile::read(&path).unwrap().is_none());
        let mut made = RootKeyFile::create(&path, &SystemEntropy).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(RootKeyFile::create(&path, &SystemEntropy).is_err());
        let first = made.newest().unwrap().id().to_owned();
        made.add_key(&SystemEntropy).unwrap();
        assert!(made.add_key(&SystemEntropy).is_err());
        let mut read = RootKeyFile::read(&path).unwrap().unwrap();
        assert!(read.key(&first).is_some());
        assert_ne!(read.newest().unwrap().id(), first);
        read.drop_older_keys().unwrap();
        assert!(RootKeyFile::read(&path).unwrap().unwrap().key(&first).is_none());
    }

    #[test]
    fn damage_is_refused_in_words() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("root.key");
        RootKeyFile::create(&path, &SystemEntropy).unwrap();
        let whole = std::fs::read(&path).unwrap();
        for cut in 0..whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            assert!(RootKeyFile::read(&path).is_err(), "cut at {cut}");
        }
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            std::fs::write(&path, &bytes).unwrap();
            assert!(RootKeyFile::read(&path).is_err(), "flipped at {at}");
        }
        std::fs::write(&path, &whole).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let refused = RootKeyFile::read(&path).err().unwrap().to_string();
        assert!(refused.contains("chmod 600"), "{refused}");
    }
}
