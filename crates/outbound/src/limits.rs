//! Every limit of the way out, named, with its unit last.

use std::time::Duration;

/// Certificate authorities of one's own that are kept ready at once.
pub const TRUSTS_MAX: usize = 256;
/// Idle connections kept for one host.
pub const IDLE_PER_HOST_MAX: usize = 16;
/// How long an idle connection is kept.
pub const IDLE_TIME_MAX: Duration = Duration::from_secs(60);
/// Addresses of one name that are looked at.
pub const ADDRESSES_MAX: usize = 16;
/// Exchanges a journal remembers; the oldest go first.
pub const JOURNAL_EXCHANGES_MAX: usize = 10_000;
/// Calls to one host that run at once.
pub const CALLS_PER_HOST_MAX: usize = 4;
/// How long a call waits for its turn.
pub const TURN_TIME_MAX: Duration = Duration::from_secs(30);
/// Failures in a row after which a host is left alone.
pub const FAILURES_IN_A_ROW_MAX: u32 = 5;
/// How long a host is left alone the first time; every further time doubles it.
pub const REST_TIME_MIN: Duration = Duration::from_secs(30);
/// How long a host is left alone at most.
pub const REST_TIME_MAX: Duration = Duration::from_secs(10 * 60);
/// How far in the future a host can put off our calls; no known rate limit is longer.
pub const HOLD_TIME_MAX: Duration = Duration::from_secs(3600);
/// Hosts whose pace is remembered.
pub const PACED_HOSTS_MAX: usize = 1024;
