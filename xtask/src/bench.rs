//! `cargo xtask bench [NAME]`: builds in release, then runs the benchmark of the crate `it`.
//!
//! Figures are printed beside each other, never asserted: a timed test would fail on a busy machine
//! and prove nothing. NAME runs one group: lends, writes, clones, checks or console.

use crate::failure::Failure;
use crate::process;

/// Runs the command.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    let mut line =
        vec!["run", "--release", "--locked", "--quiet", "-p", "it", "--bin", "bench", "--"];
    line.extend(arguments.iter().map(String::as_str));
    if process::run(&process::cargo(), &line, &process::root()?)? {
        return Ok(());
    }
    Err(Failure::new("The benchmark did not run to its end.", "What it said last is above."))
}
