//! Every limit of the client, named, with its unit last.

use std::time::Duration;

/// An answer, in bytes; a full page of records stays far below.
pub(crate) const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// One exchange from dialling to the last byte; verifying a long audit log takes a while.
pub(crate) const EXCHANGE_MAX: Duration = Duration::from_secs(300);
/// Pages followed for one list: two million rows.
pub(crate) const PAGES_MAX: usize = 10_000;
/// Between two pieces of an archive.
pub(crate) const PIECE_MAX: Duration = Duration::from_secs(60);
