//! What a process that holds secrets asks of its system: no core dumps, no tracing by others.

use rustix::process::DumpableBehavior;
use rustix::process::Resource;
use rustix::process::Rlimit;

/// Asks for it; a system that refuses is told about and lived with.
pub fn apply() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(error) = rustix::process::setrlimit(Resource::Core, none) {
        tracing::warn!(%error, "core dumps could not be switched off");
    }
    if let Err(error) = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "the process could not be made private to its user");
    }
    // Everything we create is ours alone.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
}
