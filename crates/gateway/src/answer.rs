//! The answer to the client: the upstream's, with only the headers git needs – or what it means.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use broker::Broker;
use broker::GitGrant;
use domain::text::printable;
use domain::url::GitEndpoint;
use domain::url::GitService;
use domain::url::WebUrl;
use http::HeaderName;
use http::HeaderValue;
use http::StatusCode;
use http::header;
use hyper::body::Incoming;
use providers::Authorization;

use crate::body::Told;
use crate::limits;
use crate::refusal::text;

/// What of the upstream's headers reaches the client (threat 15).
const PASSED: [HeaderName; 2] = [header::CONTENT_TYPE, header::CONTENT_LENGTH];

/// Shapes the upstream's answer.
pub(crate) async fn shape(
    upstream: http::Response<Incoming>,
    endpoint: GitEndpoint,
    service: GitService,
    broker: Arc<Broker>,
    grant: GitGrant,
) -> Response {
    let status = upstream.status();
    if status == StatusCode::OK && is_git(&upstream, endpoint, service) {
        return stream(upstream, broker, grant);
    }
    broker.end_git(&grant, format!("the provider answered {}", status.as_u16()));
    let host = grant.host.url.authority.to_string();
    let handle = &grant.credential_handle;
    if status == StatusCode::UNAUTHORIZED {
        broker.provider_refused(&grant);
    }
    match status {
        StatusCode::UNAUTHORIZED => text(
            StatusCode::FORBIDDEN,
            &[
                Some(format!("{host} refused the stored credential {handle}.")),
                Some(format!(
                    "Hint: replace its value: claviger credential update {handle} --secret-file -"
                )),
            ],
        ),
        status if status.is_redirection() => moved(&upstream, &grant),
        StatusCode::OK => text(
            StatusCode::BAD_GATEWAY,
            &[
                Some(format!("{host} did not answer as a Git server.")),
                Some("Hint: is the path right?".to_owned()),
            ],
        ),
        status => refused(status, upstream, &grant.authorization, &host, handle).await,
    }
}

fn is_git(upstream: &http::Response<Incoming>, endpoint: GitEndpoint, service: GitService) -> bool {
    let expected = match endpoint {
        GitEndpoint::Rpc(rpc) => format!("application/x-{}-result", rpc.word()),
        _ => format!("application/x-{}-advertisement", service.word()),
    };
    upstream
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes() == expected.as_bytes())
}

fn stream(upstream: http::Response<Incoming>, broker: Arc<Broker>, grant: GitGrant) -> Response {
    let (head, body) = upstream.into_parts();
    let mut response = Response::new(Body::new(Told::new(body, broker, grant)));
    for name in PASSED {
        if let Some(value) = head.headers.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    // Of an encoding only the known words, of caching only our own: a header is a way for a host to
    // echo what it was sent.
    let encoding = head
        .headers
        .get(header::CONTENT_ENCODING)
        .filter(|value| matches!(value.as_bytes(), b"gzip" | b"deflate" | b"identity"));
    if let Some(encoding) = encoding {
        response.headers_mut().insert(header::CONTENT_ENCODING, encoding.clone());
    }
    let no_cache = HeaderValue::from_static("no-cache, max-age=0, must-revalidate");
    response.headers_mut().insert(header::CACHE_CONTROL, no_cache);
    let nosniff = HeaderValue::from_static("nosniff");
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
    response
}

/// No redirect is followed with a secret. A renamed repository is worth naming, but only on its host.
fn moved(upstream: &http::Response<Incoming>, grant: &GitGrant) -> Response {
    let location = upstream.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let place = location.and_then(|location| new_place(location, &grant.site.web));
    let place = place.map(|path| grant.authorization.scrub(&path));
    let host = &grant.host.url.authority;
    let line = match place {
        Some(path) => format!("The repository has moved: on {host} it is now {path}."),
        None => format!("{host} sends somewhere else, and no redirect is followed with a secret."),
    };
    text(
        StatusCode::FORBIDDEN,
        &[Some(line), Some("Hint: change the remote to the new address".to_owned())],
    )
}

fn new_place(location: &str, connect: &WebUrl) -> Option<String> {
    let path = location.split(['?', '#']).next().unwrap_or_default();
    let path = path.strip_suffix("/info/refs").unwrap_or(path);
    let whole = if path.starts_with('/') {
        let root = WebUrl { path: domain::url::Segments::default(), ..connect.clone() };
        format!("{root}{path}")
    } else {
        path.to_owned()
    };
    let url = WebUrl::parse(&whole).ok()?;
    (url.scheme == connect.scheme && url.authority == connect.authority && !url.path.is_empty())
        .then(|| printable(url.path.as_str(), 300))
}

/// The provider's own refusal: its status where git understands it, its words without the secret.
async fn refused(
    status: StatusCode,
    upstream: http::Response<Incoming>,
    authorization: &Authorization,
    host: &str,
    handle: &str,
) -> Response {
    let retry_after = upstream.headers().get(header::RETRY_AFTER).cloned();
    let is_text = upstream
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/plain"));
    let words = match (
        is_text,
        outbound::read_limited(upstream.into_body(), limits::REFUSAL_BYTES_MAX).await,
    ) {
        (true, Ok(bytes)) => authorization.scrub(&String::from_utf8_lossy(&bytes)),
        _ => String::new(),
    };
    let answer = match status {
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE => status,
        StatusCode::TOO_MANY_REQUESTS => status,
        status if status.is_client_error() => StatusCode::FORBIDDEN,
        _ => StatusCode::BAD_GATEWAY,
    };
    let line = format!("{host} answered {} to the stored credential {handle}.", status.as_u16());
    let words = Some(words).filter(|words| !words.trim().is_empty());
    let mut response = text(answer, &[Some(line), words]);
    if let Some(value) = retry_after.filter(|value| value.to_str().is_ok_and(is_plain_number)) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

fn is_plain_number(text: &str) -> bool {
    text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}
