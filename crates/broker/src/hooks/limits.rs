//! The limits of webhooks, named, with their unit last.

use std::time::Duration;

/// How long making or mending a webhook may take while a service is being saved.
pub(super) const WATCH_TIME_MAX: Duration = Duration::from_secs(15);
/// How long the calls of one change of a webhook may take together.
pub(super) const CALLS_TIME_MAX: Duration = Duration::from_secs(20);
/// How long a claim on a webhook lasts: longer than the calls and what is written about them.
pub(super) const CLAIM_MILLIS: i64 = 30_000;
/// Between two looks at a claim that somebody else holds.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Looks at a claim that somebody else holds; together longer than the claim.
pub(super) const LOOKS_MAX: usize = 140;
/// Webhooks that are taken away in one round.
pub(super) const DROPPED_MAX: i64 = 10;
/// Random bytes of the word that a webhook's path ends in.
pub(super) const OPAQUE_BYTES: usize = 32;
/// That word, in characters.
pub(super) const OPAQUE_CHARACTERS: usize = 43;
/// How long an event is kept.
pub(super) const EVENT_AGE_MAX: Duration = Duration::from_secs(30 * 24 * 3600);
/// Events of one organization.
pub(super) const EVENTS_MAX: i64 = 10_000;
/// Events that are forgotten by one unit of work.
pub(super) const SWEPT_EVENTS_MAX: i64 = 500;
