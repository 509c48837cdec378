//! A request id for every request: in its answer, its log lines and its audit records.

use std::sync::Arc;

use axum::extract::Request;
use axum::extract::State;
use axum::middleware::Next;
use axum::response::Response;
use domain::Clock;
use domain::Entropy;
use domain::id::RequestId;
use http::HeaderValue;
use tracing::Instrument;

tokio::task_local! {
    static CURRENT: RequestId;
}

/// Makes request ids.
#[derive(Clone)]
pub struct RequestIds {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl RequestIds {
    /// From the injected clock and entropy.
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> RequestIds {
        RequestIds { clock, entropy }
    }
}

/// The id of the request that is being answered, as text.
pub(crate) fn current() -> Option<String> {
    CURRENT.try_with(ToString::to_string).ok()
}

/// The id a request was given.
pub fn request_id_of(extensions: &http::Extensions) -> Option<RequestId> {
    extensions.get::<RequestId>().copied()
}

/// Middleware: gives the request an id of ours; one that the client sent is never taken over.
pub async fn with_request_id(
    State(ids): State<RequestIds>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = RequestId::generate(ids.clock.as_ref(), ids.entropy.as_ref());
    request.extensions_mut().insert(id);
    let span = tracing::info_span!("request", id = %id, method = %request.method());
    let mut response = CURRENT.scope(id, next.run(request)).instrument(span).await;
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(wire::REQUEST_ID_HEADER, value);
    }
    response
}
