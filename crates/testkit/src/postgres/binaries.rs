//! Where PostgreSQL's programs are, and as whom they run.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// Programs a cluster needs; all lie beside each other.
const NEEDED: [&str; 4] = ["initdb", "pg_ctl", "postgres", "psql"];

/// An account of this machine.
#[derive(Clone, Copy)]
pub(super) struct Account {
    pub(super) user: u32,
    pub(super) group: u32,
}

/// The directory of the programs: the one behind `PATH`, else the newest Debian keeps.
pub(super) fn find() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path = std::env::split_paths(&path).filter_map(|directory| {
        // What is in PATH may be links to only some of the programs.
        let initdb = fs::canonicalize(directory.join("initdb")).ok()?;
        initdb.parent().map(Path::to_owned)
    });
    let found = in_path.chain(of_debian()).find(|directory| is_complete(directory));
    match found {
        Some(directory) => directory,
        None => panic!(
            "PostgreSQL's programs ({}) are neither in PATH nor in /usr/lib/postgresql. \
             Install them with: cargo xtask setup",
            NEEDED.join(", ")
        ),
    }
}

/// `/usr/lib/postgresql/*/bin`, the newest version first.
fn of_debian() -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir("/usr/lib/postgresql") else { return Vec::new() };
    let mut versions: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    versions.into_iter().map(|(_, directory)| directory).collect()
}

fn is_complete(directory: &Path) -> bool {
    NEEDED.iter().all(|name| directory.join(name).is_file())
}

/// Whom to run as: nobody else, unless we are root, which PostgreSQL refuses to run as.
pub(super) fn account() -> Option<Account> {
    let probe = match tempfile::tempfile().and_then(|file| file.metadata()) {
        Ok(probe) => probe,
        Err(error) => panic!("no temporary file could be made: {error}"),
    };
    if std::os::unix::fs::MetadataExt::uid(&probe) != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let found = ["postgres", "nobody"].into_iter().find_map(|name| parse_account(&users, name));
    match found {
        Some(account) => Some(account),
        None => panic!(
            "PostgreSQL does not run as root, and this machine has neither a user \"postgres\" \
             nor \"nobody\". Install it with: cargo xtask setup"
        ),
    }
}

fn parse_account(users: &str, name: &str) -> Option<Account> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next()? != name {
            return None;
        }
        let user = fields.nth(1)?.parse().ok()?;
        let group = fields.next()?.parse().ok()?;
        Some(Account { user, group })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_read_from_the_user_list() {
        let users = "root:x:0:0:root:/root:/bin/sh\npostgres:x:101:104:,,,:/var/lib:/bin/bash\n";
        let account = parse_account(users, "postgres").unwrap();
        assert_eq!((account.user, account.group), (101, 104));
        assert!(parse_account(users, "nobody").is_none());
    }
}
