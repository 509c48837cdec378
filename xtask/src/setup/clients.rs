//! Programs that others wrote and that our tests run against what we made: Python clients of Git
//! providers, and descriptions of their APIs. They are installed below the target folder, pinned,
//! and nowhere else.

use super::component::Presence;
use crate::failure::Failure;
use crate::process;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// The Python clients, one a line; the folder of the tests that use them has it.
const REQUIREMENTS: &str = "crates/forges/tests/clients/requirements.txt";
/// Packages that are only read: descriptions of APIs.
const DESCRIPTIONS: &[(&str, &str)] = &[("@octokit/openapi", "23.0.2")];

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
        let wanted = fs::read_to_string(process::root().ok()?.join(REQUIREMENTS)).ok()?;
        let folder = folder().ok()?.join("venv");
        let python = folder.join("bin/python");
        process::output(&python.to_string_lossy(), &["-c", ""])?;
        let installed = fs::read_to_string(folder.join("installed.txt")).ok()?;
        (installed == wanted).then(|| "as pinned".to_owned())
    };
    found().map_or(Presence::Missing, Presence::Here)
}

/// Makes a virtual environment with them.
pub fn install_python() -> Result<(), Failure> {
    let requirements = process::root()?.join(REQUIREMENTS);
    let folder = emptied("venv")?;
    let place = folder.to_string_lossy();
    run("python3", &["-m", "venv", &place])?;
    let python = folder.join("bin/python");
    let pip = ["-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--requirement"];
    let line: Vec<&str> = pip.into_iter().chain(requirements.to_str()).collect();
    run(&python.to_string_lossy(), &line)?;
    // Last, so that what was cut off is made anew.
    fs::copy(&requirements, folder.join("installed.txt")).map_err(|error| not_written(&error))?;
    Ok(())
}

/// Whether the descriptions are as pinned.
pub fn look_for_descriptions() -> Presence {
    let is_here = |(name, version): &(&str, &str)| {
        let Ok(folder) = folder() else { return false };
        let manifest = folder.join("node/node_modules").join(name).join("package.json");
        let wanted = format!("\"version\": \"{version}\"");
        fs::read_to_string(manifest).is_ok_and(|text| text.contains(&wanted))
    };
    match DESCRIPTIONS.iter().all(is_here) {
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
    for (name, _) in DESCRIPTIONS {
        drop_expanded(&folder.join("node_modules").join(name).join("generated"));
    }
    Ok(())
}

/// The same descriptions with every reference expanded are of no use here, and very large.
fn drop_expanded(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|it| it.path().to_string_lossy().ends_with(".deref.json"))
    {
        // What stays only takes room.
        let _ = fs::remove_file(entry.path());
    }
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
    use super::REQUIREMENTS;
    use crate::process;

    #[test]
    fn every_client_is_pinned() {
        let text = std::fs::read_to_string(process::root().unwrap().join(REQUIREMENTS)).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let lines: Vec<&str> = lines.collect();
        assert!(lines.len() >= 3 && lines.iter().all(|line| line.contains("==")), "{text}");
    }
}
