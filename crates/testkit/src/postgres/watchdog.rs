//! Stops a server and removes its files when its owner is gone.
//!
//! A shell waits on a pipe that only this process holds open. However the process ends, also
//! killed, the kernel closes the pipe and the shell does its work. It is in a process group of
//! its own, so that an interrupt at the terminal does not reach it.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

/// SIGQUIT is PostgreSQL's immediate shutdown. The wait has a limit: 100 × 0.1 s.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
read -r _
if read -r pid < "$1/data/postmaster.pid"; then
    kill -QUIT "$pid"
    rounds=0
    while kill -0 "$pid" && [ "$rounds" -lt 100 ]; do
        sleep 0.1
        rounds=$((rounds + 1))
    done
    kill -KILL "$pid"
fi
# A program that is still setting the server up may write meanwhile.
rm -rf "$1" || { sleep 2; rm -rf "$1"; }
"#;

pub(super) struct Watchdog(Child);

impl Watchdog {
    /// Watches over a cluster's directory from now on.
    pub(super) fn over(directory: &Path) -> Watchdog {
        let spawned = Command::new("/bin/sh")
            .args(["-c", SCRIPT, "watchdog"])
            .arg(directory)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn();
        match spawned {
            Ok(child) => Watchdog(child),
            Err(error) => panic!("the watchdog of PostgreSQL could not be started: {error}"),
        }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // Nothing is left to do if it cannot be waited for.
        let _ = self.0.wait();
    }
}
