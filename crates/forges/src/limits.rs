//! Every limit of the throw-away providers, named, with its unit last.

/// Calls kept in a forge's journal.
pub const JOURNAL_CALLS_MAX: usize = 10_000;
/// Deliveries kept of one hook.
pub const DELIVERIES_MAX: usize = 100;
/// Calls an hour, where the provider counts them and a test says nothing.
pub const CALLS_PER_HOUR: u64 = 5000;
/// An authorization code is good for this long, in seconds.
pub const CODE_LIFE_SECONDS: i64 = 600;
