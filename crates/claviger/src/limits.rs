//! The limits of what the binary itself answers, named, with their unit last.

use std::time::Duration;

/// The body of a delivery, in bytes: as much as the providers send at most.
pub const DELIVERY_BYTES_MAX: usize = 25 * 1024 * 1024;
/// How long that body may take to come in.
pub const DELIVERY_READ_TIMEOUT: Duration = Duration::from_secs(30);
/// Bodies of deliveries that are held at once.
pub const DELIVERIES_AT_ONCE_MAX: usize = 8;
/// How long a delivery waits for its turn; providers give up after some ten seconds.
pub const DELIVERY_WAIT_MAX: Duration = Duration::from_secs(5);
