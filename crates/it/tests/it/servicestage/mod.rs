//! The ServiceStage surface, as its official SDK meets it (the scripts in `sdk/servicestage`), and as
//! requests meet it that no SDK would send.

mod crowd;
mod paths;
mod raw;
mod rights;
mod signer;
mod suite;
mod surface;
mod tampering;
mod visibility;

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

/// A run of scripts may take this long.
const RUN_TIME_MAX: Duration = Duration::from_secs(300);

/// Runs a script with the SDK that `cargo xtask setup` installed; gives its exit code and all it said.
async fn python(script: &str, environment: &[(String, String)]) -> (i32, String) {
    let clients = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("clients");
    let sdk = clients.join("venv/bin/python");
    assert!(sdk.is_file(), "{} is missing: run cargo xtask setup", sdk.display());
    let child = Command::new(sdk)
        .args(["-B", "-W", "ignore", script])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("sdk/servicestage"))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("PYTHONIOENCODING", "utf-8")
        .envs(environment.iter().cloned())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let ended = tokio::time::timeout(RUN_TIME_MAX, child.wait_with_output()).await;
    let output = ended.expect("the script ends in time").unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&said).into_owned())
}
