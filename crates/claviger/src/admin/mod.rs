//! `claviger admin …`: work on the data itself. Whoever can run these holds the data anyway.

mod backup;
mod doctor;
mod migrate;
mod new_epoch;
mod rekey;
mod restore;
mod sign_in_link;

use std::path::PathBuf;

use domain::Result;

use crate::data::DataArgs;

/// Works on the data itself.
#[derive(clap::Args, Debug)]
pub struct Admin {
    /// Where the data is.
    #[command(flatten)]
    pub data: DataArgs,
    /// Print one JSON value
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// Bring the database schema up to date
    Migrate,
    /// Replace the root key and every key under it, while the server runs
    Rekey,
    /// Write a verified copy of the embedded database, while the server runs
    Backup {
        /// The file to write; must not be there yet
        file: PathBuf,
    },
    /// Put a backup in place; leases, sessions and API tokens end
    Restore {
        /// The file to read
        file: PathBuf,
    },
    /// End every lease and API token, after a database was restored by other means
    NewEpoch,
    /// Print a link that signs a browser in as a member, once, while the server runs
    SignInLink(sign_in_link::Wanted),
    /// Look whether everything is in order
    Doctor,
}

/// Runs one of them.
pub async fn run(admin: Admin) -> Result<()> {
    crate::hardening::apply();
    let answer = match &admin.verb {
        Verb::Migrate => migrate::run(&admin.data).await,
        Verb::Rekey => rekey::run(&admin.data, admin.json).await,
        Verb::Backup { file } => backup::run(&admin.data, file).await,
        Verb::Restore { file } => restore::run(&admin.data, file).await,
        Verb::NewEpoch => new_epoch::run(&admin.data).await,
        Verb::SignInLink(wanted) => sign_in_link::run(&admin.data, wanted).await,
        Verb::Doctor => doctor::run(&admin.data).await,
    }?;
    answer.print(admin.json);
    answer.outcome
}

/// What a command has to say, for people and as JSON.
struct Said {
    lines: Vec<String>,
    json: serde_json::Value,
    /// An error that is told after the answer, as when the doctor found something.
    outcome: Result<()>,
}

impl Said {
    fn new(lines: Vec<String>, json: serde_json::Value) -> Said {
        Said { lines, json, outcome: Ok(()) }
    }

    #[expect(clippy::print_stdout, reason = "this is the answer")]
    fn print(&self, is_json: bool) {
        if is_json {
            println!("{}", self.json);
        } else {
            for line in &self.lines {
                println!("{line}");
            }
        }
    }
}
