//! Headers every page carries: nothing from elsewhere, nothing inline, no frames, nothing kept.

use axum::extract::Request;
use axum::extract::State;
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderName;
use http::HeaderValue;
use http::header;

use crate::ConsoleSettings;

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The permissions a browser could give a page; none is wanted.
const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Said where browsers come by HTTPS only: half a year.
const HTTPS_ONLY: &str = "max-age=15552000";

/// Adds the headers.
pub async fn with_headers(
    State(settings): State<ConsoleSettings>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed = |text: &'static str| HeaderValue::from_static(text);
    headers.insert(header::CONTENT_SECURITY_POLICY, fixed(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, fixed("DENY"));
    // A sign-in link is an address; it goes nowhere else.
    headers.insert(header::REFERRER_POLICY, fixed("no-referrer"));
    headers.insert(PERMISSIONS, fixed("camera=(), geolocation=(), microphone=(), payment=()"));
    headers.insert(OPENER, fixed("same-origin"));
    if settings.is_https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, fixed(HTTPS_ONLY));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, fixed("no-store"));
    }
    response
}
