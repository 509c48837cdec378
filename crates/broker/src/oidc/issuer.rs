//! The issuer's keys in memory: fetched when needed, by one at a time, at most every few seconds.
//!
//! Whatever strangers present, the issuer hears of it rarely. While it is away its keys are used on,
//! for some hours.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

use domain::Clock;
use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::Timestamp;
use jsonwebtoken::Algorithm;
use outbound::Outbound;
use tokio::sync::OwnedMutexGuard;
use tokio::task::JoinHandle;

use super::OidcSettings;
use super::fetch;
use super::fetch::Endpoints;
use super::keys::Key;
use super::limits;
use super::verify;
use super::verify::Wanted;

/// The issuer.
pub(crate) struct Issuer {
    settings: OidcSettings,
    outbound: Arc<Outbound>,
    clock: Arc<dyn Clock>,
    known: Mutex<Known>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct Known {
    kept: Option<Kept>,
    asked_at: Option<Timestamp>,
}

#[derive(Clone)]
struct Kept {
    keys: Arc<[Key]>,
    endpoints: Option<Arc<Endpoints>>,
    fetched_at: Timestamp,
}

impl Issuer {
    pub fn new(settings: OidcSettings, outbound: Arc<Outbound>, clock: Arc<dyn Clock>) -> Issuer {
        Issuer { settings, outbound, clock, known: Mutex::default(), turn: Arc::default() }
    }

    /// The address that a token proves, folded. Whatever is wrong with a token, the answer is that of
    /// every unknown one.
    pub async fn proven_address(self: &Arc<Self>, presented: &Secret) -> Result<String> {
        let wanted = Wanted { audience: &self.settings.audience, nonce: None };
        self.proven(presented, &wanted).await
    }

    /// The same for a token that is meant for somebody else, or for one sign-in only.
    pub(super) async fn proven(
        self: &Arc<Self>,
        presented: &Secret,
        wanted: &Wanted<'_>,
    ) -> Result<String> {
        let header = verify::header(presented).ok_or_else(Error::unauthenticated)?;
        let (id, algorithm) = (header.kid.as_deref(), header.alg);
        let mut kept = self.kept();
        if kept.as_ref().is_none_or(|kept| !kept.has(id, algorithm)) || self.has_been_quiet() {
            self.refresh().await;
            kept = self.kept();
        } else if kept.as_ref().is_some_and(|kept| !self.is_within(kept, limits::FRESH_TIME_MAX)) {
            self.refresh_beside();
        }
        let kept = kept.ok_or_else(away)?;
        let fitting = kept.keys.iter().filter(|key| key.may_have_signed(id, algorithm));
        let now = self.clock.now();
        let mut proven =
            fitting.filter_map(|key| verify::address(presented, key, &self.settings, wanted, now));
        proven.next().ok_or_else(Error::unauthenticated)
    }

    /// Where people sign in.
    pub(super) async fn endpoints(self: &Arc<Self>) -> Result<Arc<Endpoints>> {
        if self.kept().is_none() || self.has_been_quiet() {
            self.refresh().await;
        }
        self.kept().ok_or_else(away)?.endpoints.ok_or_else(|| {
            Error::new(ErrorKind::Upstream, "The OIDC issuer does not say where people sign in.")
        })
    }

    pub(super) fn settings(&self) -> &OidcSettings {
        &self.settings
    }

    pub(super) fn outbound(&self) -> &Outbound {
        &self.outbound
    }

    /// The keys, if they are not too old to be used.
    fn kept(&self) -> Option<Kept> {
        let kept = self.known().kept.clone();
        kept.filter(|kept| self.is_within(kept, limits::KEPT_TIME_MAX))
    }

    /// Whether nobody has tried to fetch for so long that a key may have been withdrawn meanwhile.
    fn has_been_quiet(&self) -> bool {
        let asked_at = self.known().asked_at;
        asked_at.is_none_or(|it| self.clock.now() >= it.plus(limits::FRESH_TIME_MAX))
    }

    fn is_within(&self, kept: &Kept, age: Duration) -> bool {
        self.clock.now() < kept.fetched_at.plus(age)
    }

    /// Fetches the keys, or waits for whoever does.
    async fn refresh(self: &Arc<Self>) {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        if let Some(fetching) = self.begin(turn) {
            // It ends by itself; whoever goes away before does not end it.
            let _ = fetching.await;
        }
    }

    /// The same while nobody waits.
    fn refresh_beside(self: &Arc<Self>) {
        if let Ok(turn) = Arc::clone(&self.turn).try_lock_owned() {
            self.begin(turn);
        }
    }

    fn begin(self: &Arc<Self>, turn: OwnedMutexGuard<()>) -> Option<JoinHandle<()>> {
        let now = self.clock.now();
        let mut known = self.known();
        if known.asked_at.is_some_and(|before| now < before.plus(limits::FETCH_EVERY)) {
            return None;
        }
        known.asked_at = Some(now);
        drop(known);
        let own = Arc::clone(self);
        Some(tokio::spawn(async move {
            let _turn = turn;
            match fetch::all(&own.outbound, &own.settings).await {
                Ok((keys, endpoints)) => {
                    let (keys, endpoints) = (keys.into(), endpoints.map(Arc::new));
                    own.known().kept = Some(Kept { keys, endpoints, fetched_at: now });
                }
                Err(error) => {
                    tracing::warn!(%error, "the keys of the OIDC issuer stay as they are");
                }
            }
        }))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn away() -> Error {
    Error::unavailable("The OIDC issuer cannot be asked, so nobody knows its tokens.")
        .hint("try again in a moment; the server's log has the cause")
}

impl Kept {
    fn has(&self, id: Option<&str>, algorithm: Algorithm) -> bool {
        self.keys.iter().any(|key| key.may_have_signed(id, algorithm))
    }
}
