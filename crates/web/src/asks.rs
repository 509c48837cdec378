//! Who asks: the extractor that turns a token into a caller, or ends the request with 401.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use axum::extract::FromRequestParts;
use broker::Broker;
use broker::Caller;
use domain::Error;
use http::request::Parts;

use crate::presented::presented_token;
use crate::problem::Failure;
use crate::request_id::request_id_of;

/// What every handler has at hand.
#[derive(Clone)]
pub struct AppState {
    /// The use cases.
    pub broker: Arc<Broker>,
    /// Attempts without a known token since the start; strangers are counted, never written down.
    pub strangers: Arc<AtomicU64>,
}

impl AppState {
    /// Around the use cases.
    pub fn new(broker: Arc<Broker>) -> AppState {
        AppState { broker, strangers: Arc::default() }
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
        let request_id = request_id_of(&parts.extensions)
            .ok_or_else(|| Error::internal("a request has no id"))?;
        let Some(token) = presented_token(&parts.headers) else {
            state.count_stranger();
            return Err(Failure(Error::unauthenticated()));
        };
        match state.broker.authenticate(&token).await {
            Ok(principal) => Ok(Asks(Caller { principal, request_id })),
            Err(error) => {
                state.count_stranger();
                Err(Failure(error))
            }
        }
    }
}
