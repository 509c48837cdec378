//! The Qovery surface, as its official SDK meets it. What is tried lies in `sdk/qovery`: scripts that
//! use the SDK, and a checker that reads answers as a strict client does.

mod raw;
mod suite;
mod surface;
mod world;

use std::path::Path;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

/// A run of scripts may take this long.
const RUN_TIME_MAX: Duration = Duration::from_secs(600);

/// Where `cargo xtask setup` puts the SDK.
fn sdk() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("clients/qovery");
    let is_here = folder.join("installed.json").is_file();
    assert!(is_here, "{} is missing: run cargo xtask setup", folder.display());
    folder
}

/// Runs node in the folder of the scripts; gives its exit code and all it said.
async fn node(arguments: &[&str], environment: &[(String, String)]) -> (i32, String) {
    let child = Command::new("node")
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("sdk/qovery"))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("QOVERY_SDK", sdk())
        .envs(environment.iter().cloned())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let ended = tokio::time::timeout(RUN_TIME_MAX, child.wait_with_output()).await;
    let output = ended.expect("node ends in time").unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&said).into_owned())
}
