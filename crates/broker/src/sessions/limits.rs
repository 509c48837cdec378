//! The limits of signing in elsewhere, named, with their unit last.

use std::time::Duration;

/// How long a sign-in elsewhere may take.
pub(super) const STATE_TIME_MAX: Duration = Duration::from_secs(10 * 60);
/// What binds a sign-in to a browser, in bytes: 32 random ones in base64.
pub(super) const BINDING_BYTES: usize = 43;
/// A state or a code that comes back, in bytes.
pub(super) const RETURNED_BYTES_MAX: usize = 4096;
