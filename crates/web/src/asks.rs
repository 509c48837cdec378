//! Who asks: the extractor that turns a token into a caller, or ends the request with 401.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use axum::extract::FromRequestParts;
use broker::Broker;
use broker::Caller;
use broker::Epoch;
use broker::Visitor;
use domain::Error;
use domain::ErrorKind;
use domain::Secret;
use domain::principal::Principal;
use domain::text::printable;
use http::request::Parts;
use ipnet::IpNet;

use crate::address::address_of;
use crate::limits;
use crate::presented::presented_token;
use crate::problem::Failure;
use crate::request_id::request_id_of;
use crate::tries::Tries;

/// Which organization is meant, by id or slug.
const ORGANIZATION: &str = "claviger-organization";

/// What every handler has at hand.
#[derive(Clone)]
pub struct AppState {
    /// The use cases.
    pub broker: Arc<Broker>,
    /// Attempts without a known token since the start; strangers are counted, never written down.
    pub strangers: Arc<AtomicU64>,
    tries: Arc<Tries>,
    proxies: Option<IpNet>,
}

impl AppState {
    /// Around the use cases.
    pub fn new(broker: Arc<Broker>) -> AppState {
        AppState { broker, strangers: Arc::default(), tries: Arc::default(), proxies: None }
    }

    /// The same behind proxies, which say whom they speak for.
    #[must_use]
    pub fn behind(self, proxies: Option<IpNet>) -> AppState {
        AppState { proxies, ..self }
    }

    /// Tries to let somebody in by something that only they should have. What went wrong is counted;
    /// an address where too much did has to wait.
    pub async fn try_to_let_in<T>(
        &self,
        parts: &Parts,
        work: impl Future<Output = domain::Result<T>>,
    ) -> domain::Result<T> {
        let address = address_of(parts, self.proxies);
        if let Some(address) = address {
            self.tries.begin(address, self.broker.now())?;
        }
        let done = work.await;
        // What we or others failed at is no try of theirs.
        let is_bad =
            |error: &Error| matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Forbidden);
        match (done.as_ref().is_err_and(is_bad), address) {
            (true, _) => self.count_stranger(),
            (false, Some(address)) => self.tries.went_well(address),
            (false, None) => {}
        }
        done
    }

    /// Counts an attempt without a known token; every power of two gets a line in the log.
    pub fn count_stranger(&self) {
        let count = self.strangers.fetch_add(1, Ordering::Relaxed) + 1;
        if count.is_power_of_two() {
            tracing::info!(count, "attempts without a known token since the start");
        }
    }
}

/// The caller of a request.
pub struct Asks(pub Caller);

impl FromRequestParts<AppState> for Asks {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Asks, Failure> {
        let token = token(parts, state)?;
        let principal = state.broker.authenticate_in(&token, organization(parts)?).await;
        caller(parts, state, principal.map(|principal| (principal, None))).map(Asks)
    }
}

/// The caller of a request that asks for a lend: known from memory, since the lend's own commit tells
/// whether anything changed. For nothing else.
pub struct AsksToLend(pub Caller);

impl FromRequestParts<AppState> for AsksToLend {
    type Rejection = Failure;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<AsksToLend, Failure> {
        let token = token(parts, state)?;
        let known = match organization(parts)? {
            None => state.broker.authenticate_to_lend(&token).await.map(|(it, at)| (it, Some(at))),
            named => state.broker.authenticate_in(&token, named).await.map(|it| (it, None)),
        };
        caller(parts, state, known).map(AsksToLend)
    }
}

pub(crate) fn token(parts: &Parts, state: &AppState) -> Result<Secret, Failure> {
    presented_token(&parts.headers).ok_or_else(|| {
        state.count_stranger();
        Failure(Error::unauthenticated())
    })
}

pub(crate) fn caller(
    parts: &Parts,
    state: &AppState,
    known: domain::Result<(Principal, Option<Epoch>)>,
) -> Result<Caller, Failure> {
    let request_id =
        request_id_of(&parts.extensions).ok_or_else(|| Error::internal("a request has no id"))?;
    let (principal, known_at) = known.inspect_err(|error| {
        if error.kind() == ErrorKind::Unauthenticated {
            state.count_stranger();
        }
    })?;
    Ok(Caller { principal, request_id, known_at, client: client(parts) })
}

/// A principal within a request, for surfaces that find out who asks in their own way.
pub fn caller_of(parts: &Parts, principal: Principal) -> domain::Result<Caller> {
    let request_id =
        request_id_of(&parts.extensions).ok_or_else(|| Error::internal("a request has no id"))?;
    Ok(Caller { principal, request_id, known_at: None, client: client(parts) })
}

/// Whoever is in front of a browser, before anybody knows who they are.
pub fn visitor_of(parts: &Parts) -> domain::Result<Visitor> {
    let request_id =
        request_id_of(&parts.extensions).ok_or_else(|| Error::internal("a request has no id"))?;
    Ok(Visitor { request_id, user_agent: client(parts) })
}

/// The organization that a request names, for tokens that are good in several.
fn organization(parts: &Parts) -> Result<Option<&str>, Failure> {
    let Some(value) = parts.headers.get(ORGANIZATION) else { return Ok(None) };
    let text = value.to_str().map_err(|_| Error::not_found("organization"))?;
    Ok(Some(text))
}

/// What the client calls itself.
fn client(parts: &Parts) -> Option<String> {
    let said = parts.headers.get(http::header::USER_AGENT)?.to_str().ok()?;
    Some(printable(said, limits::CLIENT_CHARACTERS_MAX)).filter(|said| !said.is_empty())
}
