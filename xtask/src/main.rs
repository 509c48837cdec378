//! `cargo xtask`: the project's own commands, in Rust so that a fresh machine needs only cargo.
//!
//! One file a command. A new command is a `mod` line and a line in [`COMMANDS`].
#![expect(clippy::print_stdout, reason = "commands talk to the person who typed them")]
#![expect(clippy::print_stderr, reason = "failures and findings go to standard error")]

mod bench;
mod failure;
mod process;
mod setup;
mod test;
mod tidy;

use failure::Failure;
use std::process::ExitCode;

/// One command.
struct Command {
    /// What is typed after `cargo xtask`.
    name: &'static str,
    /// What it does, for the list of commands.
    about: &'static str,
    /// Runs it with the arguments that follow its name.
    run: fn(&[String]) -> Result<(), Failure>,
}

/// Every command, in the order they are shown.
const COMMANDS: &[Command] = &[
    Command { name: "setup", about: "Install what the tests need", run: setup::run },
    Command {
        name: "test",
        about: "Run everything that must pass [-- ARGUMENTS for cargo test]",
        run: test::run,
    },
    Command {
        name: "bench",
        about: "Measure, and print figures beside each other",
        run: bench::run,
    },
    Command { name: "tidy", about: "Check the rules of the house", run: tidy::run },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<(), Failure> {
    let Some((name, rest)) = arguments.split_first() else {
        print!("{}", usage());
        return Ok(());
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        print!("{}", usage());
        return Ok(());
    }
    match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) => (command.run)(rest),
        None => Err(Failure::new(format!("There is no command \"{name}\"."), usage())),
    }
}

fn usage() -> String {
    let mut text = String::from("Usage: cargo xtask COMMAND\n\n");
    for command in COMMANDS {
        text.push_str(&format!("  {:<6} {}\n", command.name, command.about));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::dispatch;
    use super::usage;

    #[test]
    fn an_unknown_command_is_refused_with_the_list() {
        let failure = dispatch(&["tset".to_owned()]).unwrap_err();
        assert!(failure.to_string().contains("\"tset\""));
        assert!(failure.to_string().contains(&usage()));
    }
}
