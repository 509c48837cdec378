//! The request upstream: built from nothing, so that no header of the client gets there by accident.

use broker::GitGrant;
use domain::Error;
use domain::Result;
use domain::url::GitEndpoint;
use domain::url::GitService;
use http::HeaderMap;
use http::HeaderName;
use http::Method;
use http::Request;
use http::header;

/// What of the client's headers goes upstream. Everything else – Authorization, cookies, forwarding
/// headers, whatever is invented next – does not (threat 14).
const PASSED: [HeaderName; 8] = [
    header::ACCEPT,
    header::ACCEPT_ENCODING,
    header::ACCEPT_LANGUAGE,
    header::CONTENT_TYPE,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::USER_AGENT,
    HeaderName::from_static("git-protocol"),
];

/// The URL of an endpoint at its provider.
fn url_of(grant: &GitGrant, endpoint: GitEndpoint, service: GitService) -> String {
    let base = format!("{}/{}", grant.site.web, grant.clone_path);
    match endpoint {
        GitEndpoint::Rpc(rpc) => format!("{base}/{}", rpc.word()),
        _ => format!("{base}/info/refs?service={}", service.word()),
    }
}

/// Builds the request.
pub(crate) fn request(
    grant: &GitGrant,
    endpoint: GitEndpoint,
    service: GitService,
    client: &HeaderMap,
    body: outbound::Body,
) -> Result<Request<outbound::Body>> {
    let is_rpc = matches!(endpoint, GitEndpoint::Rpc(_));
    let method = if is_rpc { Method::POST } else { Method::GET };
    let mut builder = Request::builder().method(method).uri(url_of(grant, endpoint, service));
    if let Some(headers) = builder.headers_mut() {
        for name in PASSED {
            let describes_body = matches!(
                name,
                header::CONTENT_TYPE | header::CONTENT_ENCODING | header::CONTENT_LENGTH
            );
            if let Some(value) = client.get(&name).filter(|_| is_rpc || !describes_body) {
                headers.insert(name, value.clone());
            }
        }
        grant.authorization.apply(headers);
    }
    builder.body(body).map_err(Error::internal)
}
