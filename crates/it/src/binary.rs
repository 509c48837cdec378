//! The binary under test, built once per test process with the cargo that runs the tests.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// Where the binary is; builds it first if it is not up to date.
pub fn binary() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(build).clone()
}

fn build() -> PathBuf {
    if let Some(given) = std::env::var_os("CLAVIGER_BINARY_UNDER_TEST") {
        return PathBuf::from(given);
    }
    // target/PROFILE/deps/test, or target/PROFILE/bench: the program lies in the profile's folder.
    let test = std::env::current_exe().expect("this test has a path");
    let folder = test.parent().expect("a target folder");
    let profile = if folder.ends_with("deps") { folder.parent() } else { Some(folder) };
    let profile = profile.expect("a target folder").to_owned();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--locked", "-p", "claviger", "--bin", "claviger"]);
    build.arg("--manifest-path").arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"));
    build.arg("--target-dir").arg(profile.parent().expect("a target folder"));
    if profile.ends_with("release") {
        build.arg("--release");
    }
    let done = build.status().expect("cargo runs");
    assert!(done.success(), "the binary under test does not build");
    profile.join("claviger")
}
