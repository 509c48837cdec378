//! The pace of calls to each host: how many at once, when not at all.
//!
//! Three rules: a few calls at once ([`limits::CALLS_PER_HOST_MAX`]); after
//! [`limits::FAILURES_IN_A_ROW_MAX`] failures a rest that doubles each time and ends with one trial
//! call; no call before the moment a host has asked for. For API calls, not for git's streams.
//!
//! Deliberately not here: what counts as a failure, and how hosts word their rate limits.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

use domain::Clock;
use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Timestamp;
use domain::url::Authority;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::Semaphore;

use crate::limits;

/// How many calls, and how long one waits for its turn.
#[derive(Clone, Copy, Debug)]
pub struct PacingLimits {
    /// Calls to one host that run at once.
    pub calls: usize,
    /// How long a call waits for its turn.
    pub turn: Duration,
}

impl Default for PacingLimits {
    fn default() -> PacingLimits {
        PacingLimits { calls: limits::CALLS_PER_HOST_MAX, turn: limits::TURN_TIME_MAX }
    }
}

/// The pace of calls to every host. Clones share it.
#[derive(Clone)]
pub struct Pacing {
    clock: Arc<dyn Clock>,
    limits: PacingLimits,
    hosts: Arc<Mutex<HashMap<Authority, Host>>>,
}

/// The right to make one call; ends when it is dropped.
pub struct Permit {
    /// Whose trial call this is.
    trial: Option<(Pacing, Authority)>,
    _turn: OwnedSemaphorePermit,
}

/// What is known of one host.
struct Host {
    turns: Arc<Semaphore>,
    /// Failures in a row since the last success or rest.
    failures: u32,
    /// Rests since the last success.
    rests: u32,
    rests_until: Option<Timestamp>,
    is_on_trial: bool,
    held_until: Option<Timestamp>,
    used_at: Timestamp,
}

impl Pacing {
    /// A pace by this clock.
    pub fn new(clock: Arc<dyn Clock>, limits: PacingLimits) -> Pacing {
        Pacing { clock, limits, hosts: Arc::default() }
    }

    /// Waits for a turn to call `authority`.
    ///
    /// Refuses at once while the host is held ([`ErrorKind::Busy`]) or rests
    /// ([`ErrorKind::Upstream`]), and when no turn comes in time ([`ErrorKind::Busy`]).
    pub async fn enter(&self, authority: &Authority) -> Result<Permit> {
        let turns = self.with(authority, |host, now| {
            host.check(authority, now).map(|()| Arc::clone(&host.turns))
        })?;
        let turn = match tokio::time::timeout(self.limits.turn, turns.acquire_owned()).await {
            Ok(turn) => turn.map_err(Error::internal)?,
            Err(_) => return Err(self.no_turn(authority)),
        };
        // Much may have happened while it waited.
        let is_trial = self.with(authority, |host, now| {
            host.check(authority, now)?;
            host.is_on_trial = host.rests_until.is_some();
            Ok(host.is_on_trial)
        })?;
        let trial = is_trial.then(|| (self.clone(), authority.clone()));
        Ok(Permit { trial, _turn: turn })
    }

    /// Tells how a call went. A failure is a host that cannot be reached, is too slow, or has a
    /// fault of its own (5xx); every other answer is a success, also one that refuses.
    pub fn report(&self, authority: &Authority, is_ok: bool) {
        self.with(authority, |host, now| if is_ok { host.succeed() } else { host.fail(now) });
    }

    /// Lets no call through before `until`, at most [`limits::HOLD_TIME_MAX`] from now: the host
    /// asked for it. A hold is for all callers.
    pub fn hold(&self, authority: &Authority, until: Timestamp) {
        self.with(authority, |host, now| {
            host.held_until = host.held_until.max(Some(until.min(now.plus(limits::HOLD_TIME_MAX))));
        });
    }

    fn no_turn(&self, authority: &Authority) -> Error {
        let PacingLimits { calls, turn } = self.limits;
        Error::new(
            ErrorKind::Busy,
            format!(
                "{calls} calls to {authority} are under way, and none ended within {} seconds.",
                turn.as_secs()
            ),
        )
        .hint("try again later")
    }

    fn with<T>(&self, authority: &Authority, action: impl FnOnce(&mut Host, Timestamp) -> T) -> T {
        let now = self.clock.now();
        let mut hosts = self.lock();
        if hosts.len() >= limits::PACED_HOSTS_MAX && !hosts.contains_key(authority) {
            forget_one(&mut hosts, now);
        }
        let host =
            hosts.entry(authority.clone()).or_insert_with(|| Host::new(self.limits.calls, now));
        host.used_at = now;
        action(host, now)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Authority, Host>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets the host that is missed least: free ones first, then the one used longest ago.
fn forget_one(hosts: &mut HashMap<Authority, Host>, now: Timestamp) {
    let least = hosts
        .iter()
        .min_by_key(|(_, host)| (!host.is_free(now), host.used_at))
        .map(|(authority, _)| authority.clone());
    if let Some(authority) = least {
        hosts.remove(&authority);
    }
}

impl Host {
    fn new(calls: usize, now: Timestamp) -> Host {
        Host {
            turns: Arc::new(Semaphore::new(calls)),
            failures: 0,
            rests: 0,
            rests_until: None,
            is_on_trial: false,
            held_until: None,
            used_at: now,
        }
    }

    fn check(&self, authority: &Authority, now: Timestamp) -> Result<()> {
        if let Some(until) = self.held_until.filter(|until| now < *until) {
            return Err(Error::new(
                ErrorKind::Busy,
                format!("{authority} asked for fewer calls; the next is made after {until}."),
            )
            .hint("try again then"));
        }
        match self.rests_until {
            Some(until) if now < until => Err(Error::new(
                ErrorKind::Upstream,
                format!("{authority} failed repeatedly; it is not called before {until}."),
            )
            .hint("try again then; `claviger host check` shows what is wrong")),
            Some(_) if self.is_on_trial => Err(Error::new(
                ErrorKind::Upstream,
                format!(
                    "{authority} failed repeatedly; one call now tries whether it works again."
                ),
            )
            .hint("try again in a moment")),
            _ => Ok(()),
        }
    }

    fn succeed(&mut self) {
        self.failures = 0;
        self.rests = 0;
        self.rests_until = None;
        self.is_on_trial = false;
    }

    fn fail(&mut self, now: Timestamp) {
        if self.rests_until.is_some_and(|until| now < until) {
            // A call that began before the rest did; it tells nothing new.
            return;
        }
        self.failures += 1;
        if self.rests_until.is_none() && self.failures < limits::FAILURES_IN_A_ROW_MAX {
            return;
        }
        let rest = limits::REST_TIME_MIN
            .saturating_mul(2u32.saturating_pow(self.rests))
            .min(limits::REST_TIME_MAX);
        self.rests_until = Some(now.plus(rest));
        self.rests += 1;
        self.failures = 0;
        self.is_on_trial = false;
    }

    fn is_free(&self, now: Timestamp) -> bool {
        // A semaphore that only the map holds has no call under way.
        Arc::strong_count(&self.turns) == 1
            && self.rests_until.is_none()
            && self.held_until.is_none_or(|until| until <= now)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        // A trial that ended without a report must not be the last one.
        if let Some((pacing, authority)) = &self.trial
            && let Some(host) = pacing.lock().get_mut(authority)
        {
            host.is_on_trial = false;
        }
    }
}

#[cfg(test)]
#[path = "pacing_tests.rs"]
mod tests;
