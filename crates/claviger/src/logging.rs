//! The log: on standard error, `CLAVIGER_LOG` chooses what is in it.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts logging; a second call does nothing.
pub fn start(is_json: bool) {
    let filter = EnvFilter::try_from_env("CLAVIGER_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,hyper=warn,rustls=warn"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if is_json {
        builder.json().try_init()
    } else {
        builder.with_target(false).with_ansi(std::io::stderr().is_terminal()).try_init()
    };
    // Only tests and the demo start twice; the first log goes on.
    drop(started);
}
