//! The limits of connecting and renewing accounts, named, with their unit last.

use std::time::Duration;

/// How long a sign-in may take.
pub(super) const FLOW_TIME_MAX: Duration = Duration::from_secs(10 * 60);
/// Sign-ins one member may have begun.
pub(super) const FLOWS_MAX: i64 = 20;
/// Sign-ins an organization's clients may have begun.
pub(super) const FLOWS_OF_ORGANIZATION_MAX: i64 = 500;
/// Accounts of one member that are listed.
pub(super) const ACCOUNTS_MAX: i64 = 100;
/// A state or a code that comes back, in bytes.
pub(super) const RETURNED_BYTES_MAX: usize = 4096;
/// How long before its end an access token is renewed.
pub(super) const RENEWED_BEFORE: Duration = Duration::from_secs(5 * 60);
/// The one call of a renewal.
pub(super) const CALL_TIME_MAX: Duration = Duration::from_secs(20);
/// Ending a grant that is not kept, at its provider.
pub(super) const GIVE_BACK_TIME_MAX: Duration = Duration::from_secs(10);
/// How long a claim to renew lasts: longer than the call and what is written about it.
pub(super) const CLAIM_MILLIS: i64 = 30_000;
/// Between two looks at a renewal that another process makes.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Looks at a renewal that another process makes; together longer than its claim.
pub(super) const LOOKS_MAX: usize = 140;
