//! Where providers send what their webhooks tell: one path for each webhook, and nothing else.
//!
//! Whoever calls is a stranger until the signature holds, so an answer is a status and no word more,
//! nothing of a body is logged, and no body is read before the path and the headers are in order.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::extract::Request;
use axum::extract::State;
use axum::routing::any;
use axum::routing::post;
use broker::Received;
use bytes::Bytes;
use domain::ErrorKind;
use http::HeaderMap;
use http::StatusCode;
use http::header;
use http_body_util::BodyExt;
use http_body_util::LengthLimitError;
use http_body_util::Limited;
use tokio::sync::Semaphore;
use web::AppState;

use crate::limits::DELIVERIES_AT_ONCE_MAX;
use crate::limits::DELIVERY_BYTES_MAX;
use crate::limits::DELIVERY_READ_TIMEOUT;
use crate::limits::DELIVERY_WAIT_MAX;

#[derive(Clone)]
struct Deliveries {
    app: AppState,
    bodies: Arc<Semaphore>,
}

/// The routes.
pub fn router(state: AppState) -> Router {
    let bodies = Arc::new(Semaphore::new(DELIVERIES_AT_ONCE_MAX));
    Router::new()
        .route("/hooks/{opaque}", post(deliver))
        .route("/hooks", any(nowhere))
        .route("/hooks/", any(nowhere))
        .route("/hooks/{opaque}/{*rest}", any(nowhere))
        .with_state(Deliveries { app: state, bodies })
}

async fn nowhere() -> StatusCode {
    StatusCode::NOT_FOUND
}

async fn deliver(
    State(deliveries): State<Deliveries>,
    Path(opaque): Path<String>,
    request: Request,
) -> StatusCode {
    match receive(&deliveries, &opaque, request).await {
        Ok(status) => status,
        Err(status) => {
            if matches!(status, StatusCode::NOT_FOUND | StatusCode::UNAUTHORIZED) {
                deliveries.app.count_stranger();
            }
            status
        }
    }
}

async fn receive(
    deliveries: &Deliveries,
    opaque: &str,
    request: Request,
) -> Result<StatusCode, StatusCode> {
    let broker = &deliveries.app.broker;
    let headers = request.headers();
    let incoming = broker.begin_delivery(opaque, headers).await.map_err(|error| told(&error))?;
    if !is_json(headers) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let is_too_long = length
        .and_then(|text| text.parse::<usize>().ok())
        .is_some_and(|bytes| bytes > DELIVERY_BYTES_MAX);
    if is_too_long {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let turn = tokio::time::timeout(DELIVERY_WAIT_MAX, deliveries.bodies.acquire()).await;
    let Ok(Ok(_turn)) = turn else { return Err(StatusCode::SERVICE_UNAVAILABLE) };
    let body = read(request).await?;
    match broker.end_delivery(incoming, body.into()).await {
        Ok(Received::New) => Ok(StatusCode::ACCEPTED),
        Ok(Received::Known) => Ok(StatusCode::OK),
        Err(error) => Err(told(&error)),
    }
}

/// JSON, and as it is: what is signed are these very bytes.
fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
    let is_json = kind.is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    is_json && !headers.contains_key(header::CONTENT_ENCODING)
}

async fn read(request: Request) -> Result<Bytes, StatusCode> {
    let body = Limited::new(request.into_body(), DELIVERY_BYTES_MAX);
    match tokio::time::timeout(DELIVERY_READ_TIMEOUT, body.collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(Err(_)) => Err(StatusCode::BAD_REQUEST),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

fn told(error: &domain::Error) -> StatusCode {
    if matches!(error.kind(), ErrorKind::Internal | ErrorKind::Unavailable) {
        tracing::error!(%error, cause = ?std::error::Error::source(error), "a delivery failed");
    }
    web::status_of(error.kind())
}
