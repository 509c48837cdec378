//! The command line of the binary itself; the client-side commands are flattened beside it.

use std::path::PathBuf;

use crate::admin::Admin;
use crate::data::DataArgs;
use crate::settings::ServeArgs;

/// Where a server is that nobody told to be elsewhere.
pub const DEFAULT_URL: &str = "http://127.0.0.1:8470";

/// Keeps an organization's Git credentials sealed, and lends them without handing them over.
#[derive(clap::Parser, Debug)]
#[command(name = "claviger", version, propagate_version = true)]
pub struct Program {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Every command.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// Run the server
    Serve(Box<ServeArgs>),
    /// Show everything at once on throw-away data
    Demo(DemoArgs),
    /// Create an organization and its Owner token
    Bootstrap(BootstrapArgs),
    /// Work on the data itself
    Admin(Admin),
    #[command(flatten)]
    Client(cli::Command),
}

impl Command {
    /// Whether answers and errors are wanted as JSON; client-side commands see to it themselves.
    pub fn is_json(&self) -> bool {
        match self {
            Command::Demo(args) => args.json,
            Command::Bootstrap(args) => args.json,
            Command::Admin(args) => args.json,
            Command::Serve(_) | Command::Client(_) => false,
        }
    }
}

/// Shows everything at once on throw-away data.
#[derive(clap::Args, Debug)]
pub struct DemoArgs {
    /// The repository to show [default: the one you stand in, else a generated one]
    #[arg(long, value_name = "PATH")]
    pub from: Option<PathBuf>,
    /// Run through it once and exit; 0 only if every step held
    #[arg(long)]
    pub once: bool,
    /// Print one JSON value at the end
    #[arg(long)]
    pub json: bool,
}

/// Creates an organization and its Owner token.
#[derive(clap::Args, Debug)]
pub struct BootstrapArgs {
    /// Where the data is.
    #[command(flatten)]
    pub data: DataArgs,
    /// The organization's short name, as in acme
    #[arg(long, value_name = "SLUG")]
    pub org: String,
    /// The address of the server, for the link to its console
    #[arg(long, env = "CLAVIGER_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// Print one JSON value
    #[arg(long)]
    pub json: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    /// No two arguments of any command clash, also with what the program itself adds.
    #[test]
    fn every_command_is_well_formed() {
        super::Program::command().debug_assert();
    }
}
