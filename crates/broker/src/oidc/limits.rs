//! The limits of asking an issuer and believing its tokens, named, with their unit last.

use std::time::Duration;

/// A token, in bytes. Some issuers put long lists of groups into theirs.
pub(super) const TOKEN_BYTES_MAX: usize = 16 * 1024;
/// What an issuer says of itself, in bytes.
pub(super) const DISCOVERY_BYTES_MAX: usize = 64 * 1024;
/// An issuer's keys, in bytes.
pub(super) const KEYS_BYTES_MAX: usize = 256 * 1024;
/// An issuer's keys.
pub(super) const KEYS_MAX: usize = 50;
/// What an issuer gives for a code, in bytes.
pub(super) const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Both calls for the keys together, or the one that redeems a code.
pub(super) const FETCH_TIME_MAX: Duration = Duration::from_secs(10);
/// Between two fetches, whatever is presented meanwhile.
pub(super) const FETCH_EVERY: Duration = Duration::from_secs(10);
/// Keys older than this are fetched anew before they are used; if that fails, beside their use.
pub(super) const FRESH_TIME_MAX: Duration = Duration::from_secs(10 * 60);
/// Keys older than this are not used: the issuer has been away for too long.
pub(super) const KEPT_TIME_MAX: Duration = Duration::from_secs(6 * 60 * 60);
/// How far the issuer's clock may be from ours.
pub(super) const LEEWAY_SECONDS: i64 = 30;
