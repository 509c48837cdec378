//! A temporary PostgreSQL cluster on the system's own binaries.
//!
//! Reached through a Unix socket only, by any user of the machine who can reach the directory;
//! gone when its owner or the whole process is gone, however that happened (see `watchdog`).

mod binaries;
mod watchdog;

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;
use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use binaries::Account;
use watchdog::Watchdog;

/// Connections of all tests of a process together.
const CONNECTIONS_MAX: u32 = 400;
/// How long the server may take to start or stop.
const PATIENCE_SECONDS: u32 = 60;

/// What a cluster is to be like.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whether commits reach the disk before they are answered. Off, it is several times faster
    /// and a killed server may lose what it acknowledged.
    pub durable: bool,
}

/// A running cluster. Dropping it stops the server and removes its files.
pub struct Cluster {
    programs: PathBuf,
    account: Option<Account>,
    directory: PathBuf,
    databases: AtomicU64,
    _watchdog: Watchdog,
}

impl Cluster {
    /// The cluster all tests of this process share: started by the first, not durable, stopped
    /// when the process ends.
    pub fn shared() -> &'static Cluster {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(|| Cluster::start(Options::default()))
    }

    /// Starts a cluster of one's own. Takes a second or two, and blocks.
    pub fn start(options: Options) -> Cluster {
        let programs = binaries::find();
        let account = binaries::account();
        let directory = make_directory(account);
        let watchdog = Watchdog::over(&directory);
        let cluster = Cluster {
            programs,
            account,
            directory,
            databases: AtomicU64::new(0),
            _watchdog: watchdog,
        };
        cluster.initialise(options);
        cluster.launch();
        cluster
    }

    /// The URL of a new, empty database, such as sqlx and libpq take it. Blocks.
    ///
    /// Its default collation is a language's where the server can do that, not "C", so that a
    /// statement that forgot to say which order it wants shows in tests as it would in the field.
    pub fn fresh_database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.run_sql("postgres", &format!("CREATE DATABASE {name}"));
        self.url(&name)
    }

    /// The URL of a database of this cluster.
    pub fn url(&self, database: &str) -> String {
        let directory = self.directory.display();
        format!("postgres://postgres@localhost:5432/{database}?host={directory}&sslmode=disable")
    }

    /// Runs SQL with `psql` as the superuser, in a database by its name or URL, and answers what
    /// it prints: rows on lines, columns parted by `|`. Blocks.
    pub fn run_sql(&self, database: &str, sql: &str) -> String {
        let mut psql = self.program("psql");
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["--set", "ON_ERROR_STOP=1", "--username", "postgres", "--port", "5432"])
            .args(["--dbname", database, "--command", sql])
            .arg("--host")
            .arg(&self.directory);
        must(psql).trim_end().to_owned()
    }

    /// Stops the server at once, as a crash of its machine would, and starts it again. Blocks.
    pub fn restart(&self) {
        self.stop();
        self.launch();
    }

    /// Stops the server at once, as a crash would. [`Cluster::launch`] starts it again. Blocks.
    pub fn stop(&self) {
        let mut stop = self.program("pg_ctl");
        stop.args(["stop", "--mode=immediate", "--wait", "--silent"]);
        must(self.with_data(stop));
    }

    /// Starts the stopped server. Blocks.
    pub fn launch(&self) {
        let mut start = self.program("pg_ctl");
        start
            .args(["start", "--wait", "--silent", "--timeout", &PATIENCE_SECONDS.to_string()])
            .arg("--log")
            .arg(self.directory.join("log"));
        must(self.with_data(start));
    }

    fn initialise(&self, options: Options) {
        let initdb = |collation: &[&str]| {
            let mut initdb = self.program("initdb");
            initdb
                .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"])
                .args(["--locale=C", "--no-instructions"])
                .args(collation);
            run(&mut self.with_data(initdb))
        };
        // Since PostgreSQL 15, and only if it was built with ICU.
        if initdb(&["--locale-provider=icu", "--icu-locale=en-US"]).is_err()
            && let Err(complaint) = initdb(&[])
        {
            panic!("{complaint}");
        }
        let durable = if options.durable { "on" } else { "off" };
        let directory = self.directory.display();
        let settings = format!(
            "listen_addresses = ''\nport = 5432\nunix_socket_directories = '{directory}'\n\
             max_connections = {CONNECTIONS_MAX}\nshared_buffers = 64MB\n\
             fsync = {durable}\nsynchronous_commit = {durable}\nfull_page_writes = {durable}\n"
        );
        let file = self.directory.join("data/postgresql.auto.conf");
        if let Err(error) = fs::write(&file, settings) {
            panic!("{} could not be written: {error}", file.display());
        }
    }

    fn with_data(&self, mut command: Command) -> Command {
        command.arg("--pgdata").arg(self.directory.join("data"));
        command
    }

    /// A program of the server's, as the account that may run it, with an environment of its own.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LC_ALL", "C")
            .env("HOME", &self.directory)
            .current_dir(&self.directory)
            .stdin(Stdio::null());
        if let Some(account) = self.account {
            command.uid(account.user).gid(account.group);
        }
        command
    }
}

/// A directory only the server's account may enter, at a path short enough for a socket's.
fn make_directory(account: Option<Account>) -> PathBuf {
    let made = tempfile::Builder::new().prefix("clv-pg-").tempdir_in("/tmp");
    let directory = match made {
        // The watchdog removes it: this process may be killed.
        Ok(made) => made.keep(),
        Err(error) => panic!("no directory for PostgreSQL could be made in /tmp: {error}"),
    };
    if let Some(account) = account
        && let Err(error) = chown(&directory, Some(account.user), Some(account.group))
    {
        panic!("{} could not be given to PostgreSQL: {error}", directory.display());
    }
    directory
}

fn must(mut command: Command) -> String {
    run(&mut command).unwrap_or_else(|complaint| panic!("{complaint}"))
}

fn run(command: &mut Command) -> Result<String, String> {
    let name = Path::new(command.get_program()).display().to_string();
    let output = command.output().map_err(|error| format!("{name} could not be run: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(format!("{name} failed ({}): {}", output.status, complaint.trim()))
}

#[cfg(test)]
mod tests;
