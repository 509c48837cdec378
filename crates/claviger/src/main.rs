//! The one binary: it wires the rooms together and decides nothing.
//!
//! `serve` runs the server; `bootstrap` and `admin` work on the data itself, beside a running server
//! too; `demo` shows everything on throw-away data; the rest are the client-side commands of `cli`.

mod admin;
mod args;
mod bootstrap;
mod clock;
mod data;
mod deliveries;
mod demo;
mod hardening;
mod home;
mod limits;
mod listen;
mod logging;
mod mail;
mod metrics;
mod oauth_settings;
mod oidc_settings;
mod self_signed;
mod serve;
mod settings;
mod settings_file;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use cli::Surroundings;

use args::Command;
use args::Program;

fn main() -> ExitCode {
    let program = Program::parse_from(cli::arguments(std::env::args_os()));
    let surroundings = Surroundings::of_process(Arc::new(clock::SystemClock));
    let is_json = program.command.is_json();
    let is_server = matches!(program.command, Command::Serve(_) | Command::Demo(_));
    let runtime = if is_server {
        tokio::runtime::Builder::new_multi_thread().enable_all().build()
    } else {
        // A helper that git waits for must not start a thread per core.
        tokio::runtime::Builder::new_current_thread().enable_all().build()
    };
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return cli::report(&domain::Error::internal(error), &surroundings, is_json),
    };
    runtime.block_on(async {
        let outcome = match program.command {
            Command::Client(command) => return cli::run(command, &surroundings).await,
            Command::Serve(args) => serve::run(*args).await,
            Command::Demo(args) => demo::run(args).await,
            Command::Bootstrap(args) => bootstrap::run(args).await,
            Command::Admin(args) => admin::run(args).await,
        };
        match outcome {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => cli::report(&error, &surroundings, is_json),
        }
    })
}
