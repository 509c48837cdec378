//! The client-side commands and git's credential helper.
//!
//! The binary embeds them: it flattens [`Command`] beside its own commands and hands the one that
//! was given to [`run`]. One file a command, under `commands`; only `output` writes to the terminal.
//!
//! Deliberately not here: the server's own commands, the runtime, and the clock, which the binary
//! brings along.

mod answer;
mod arguments;
pub mod commands;
mod connection;
mod exit;
mod files;
mod git_config;
mod git_include;
mod helper;
mod limits;
mod lists;
mod login_file;
mod output;
mod secret_input;
mod surroundings;
mod table;
mod terminal;
mod when;

use std::io;
use std::process::ExitCode;

use domain::Error;
use domain::Result;

use answer::Answer;
pub use arguments::arguments;
use commands::Format;
use commands::Session;
pub use exit::exit_code;
use output::Output;
pub use surroundings::Surroundings;

// Every client-side command. A doc comment here would become the help of the whole program, and
// one at a variant would hide that of its type.
#[derive(Debug, clap::Subcommand)]
#[expect(missing_docs, reason = "doc comments are help texts here, and written at each type")]
pub enum Command {
    Login(commands::login::Login),
    Logout(commands::logout::Logout),
    Status(commands::status::Status),
    Credential(commands::credential::Credential),
    Lease(commands::lease::Lease),
    ApiToken(commands::api_token::ApiToken),
    AccessKey(commands::access_key::AccessKey),
    Session(commands::session::Session),
    Member(commands::member::Member),
    Host(commands::host::Host),
    Service(commands::service::Service),
    Channel(commands::channel::Channel),
    Notification(commands::notification::Notification),
    Organization(commands::organization::Organization),
    Repo(commands::repo::Repo),
    Hook(commands::hook::Hook),
    Event(commands::event::Event),
    Why(commands::why::Why),
    Audit(commands::audit::Audit),
    Git(commands::git::Git),
    GitCredential(commands::git_credential::GitCredential),
    Healthcheck(commands::healthcheck::Healthcheck),
}

/// Runs a command to its end: writes its answer or its error, and says how to exit.
pub async fn run(command: Command, surroundings: &Surroundings) -> ExitCode {
    let output = Output::new(surroundings, command.format().json);
    let session = Session { surroundings, output };
    match dispatch(command, &session).await {
        Ok(answer) => finish(&output, &answer),
        Err(error) => fail(&output, &error),
    }
}

/// Writes an error the way every command does, and gives its exit code; for the binary's own commands.
pub fn report(error: &Error, surroundings: &Surroundings, is_json: bool) -> ExitCode {
    fail(&Output::new(surroundings, is_json), error)
}

async fn dispatch(command: Command, session: &Session<'_>) -> Result<Answer> {
    match command {
        Command::Login(command) => command.run(session).await,
        Command::Logout(command) => command.run(session),
        Command::Status(command) => command.run(session).await,
        Command::Credential(command) => command.run(session).await,
        Command::Lease(command) => command.run(session).await,
        Command::ApiToken(command) => command.run(session).await,
        Command::AccessKey(command) => command.run(session).await,
        Command::Session(command) => command.run(session).await,
        Command::Member(command) => command.run(session).await,
        Command::Host(command) => command.run(session).await,
        Command::Service(command) => command.run(session).await,
        Command::Channel(command) => command.run(session).await,
        Command::Notification(command) => command.run(session).await,
        Command::Organization(command) => command.run(session).await,
        Command::Repo(command) => command.run(session).await,
        Command::Hook(command) => command.run(session).await,
        Command::Event(command) => command.run(session).await,
        Command::Why(command) => command.run(session).await,
        Command::Audit(command) => command.run(session).await,
        Command::Git(command) => command.run(session).await,
        Command::GitCredential(command) => command.run(session).await,
        Command::Healthcheck(command) => command.run(session).await,
    }
}

impl Command {
    fn format(&self) -> Format {
        match self {
            Command::Login(command) => command.format,
            Command::Logout(command) => command.format,
            Command::Status(command) => command.format,
            Command::Credential(command) => command.format,
            Command::Lease(command) => command.format,
            Command::ApiToken(command) => command.format,
            Command::AccessKey(command) => command.format,
            Command::Session(command) => command.format,
            Command::Member(command) => command.format,
            Command::Host(command) => command.format,
            Command::Service(command) => command.format,
            Command::Channel(command) => command.format,
            Command::Notification(command) => command.format,
            Command::Organization(command) => command.format,
            Command::Repo(command) => command.format,
            Command::Hook(command) => command.format,
            Command::Event(command) => command.format,
            Command::Why(command) => command.format,
            Command::Audit(command) => command.format,
            Command::Git(command) => command.format,
            Command::GitCredential(_) => Format::default(),
            Command::Healthcheck(command) => command.format,
        }
    }
}

fn finish(output: &Output, answer: &Answer) -> ExitCode {
    let written = output.answer(answer);
    if let Some(notice) = &answer.notice {
        output.error(notice);
    }
    match written {
        Ok(()) => ExitCode::from(answer.exit),
        // Whoever read along has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::from(answer.exit),
        Err(error) => fail(output, &unwritten(&error)),
    }
}

fn unwritten(error: &io::Error) -> Error {
    Error::new(domain::ErrorKind::Internal, format!("The answer cannot be written: {error}."))
        .hint("it was done, but what it answered is lost")
}

fn fail(output: &Output, error: &Error) -> ExitCode {
    output.error(error);
    ExitCode::from(exit_code(error.kind()))
}

#[cfg(test)]
mod tests;
