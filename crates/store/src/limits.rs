//! Every limit of the store, named, with its unit last.

use std::time::Duration;

/// Units of work in one commit.
pub const COMMIT_UNITS_MAX: usize = 512;
/// Units of work that may wait; more have to wait outside.
pub const QUEUE_UNITS_MAX: usize = 4096;
/// Audit records indexed by one unit of work.
pub const INDEX_RECORDS_MAX: i64 = 2000;
/// Audit records read at once while some are searched for.
pub const SEARCH_STEP_RECORDS: i64 = 250;
/// Audit records read for one page of a search; the next page goes on behind them.
pub const SEARCH_RECORDS_MAX: i64 = 10_000;
/// How far the moment in a record's id may be from the record's own.
pub const ID_SKEW_MAX: Duration = Duration::from_secs(60);
/// Connections for reading, SQLite.
pub const SQLITE_READERS_MAX: u32 = 4;
/// Connections, PostgreSQL.
pub const POSTGRES_CONNECTIONS_MAX: u32 = 10;
/// How long a statement waits for another process's write.
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// After how long without a commit another process may take a lane over; fencing keeps it safe.
pub const LANE_IDLE_MAX: Duration = Duration::from_secs(24 * 3600);
/// Findings one verification reports.
pub const FINDINGS_MAX: usize = 100;
