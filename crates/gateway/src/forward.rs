//! The request upstream: built from nothing, so that no header of the client gets there by accident.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use broker::GitGrant;
use broker::Injection;
use domain::Error;
use domain::Result;
use domain::Secret;
use domain::url::GitEndpoint;
use domain::url::GitService;
use http::HeaderMap;
use http::HeaderName;
use http::HeaderValue;
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
    let base = format!("{}/{}", grant.connect, grant.clone_path);
    match endpoint {
        GitEndpoint::Rpc(rpc) => format!("{base}/{}", rpc.word()),
        _ => format!("{base}/info/refs?service={}", service.word()),
    }
}

/// The Authorization header a grant wants, and the texts that must never come back.
pub(crate) struct Credentials {
    value: HeaderValue,
    needles: Vec<Secret>,
}

impl Credentials {
    /// From the grant's secret.
    pub fn of(injection: &Injection) -> Result<Credentials> {
        let (header, secret) = match injection {
            Injection::Basic { username, secret } => {
                let mut pair = username.clone().into_bytes();
                pair.push(b':');
                pair.extend_from_slice(secret.expose());
                let pair = Secret::new(pair);
                (Secret::from(format!("Basic {}", STANDARD.encode(pair.expose()))), secret)
            }
            Injection::Bearer { secret } => {
                let mut line = b"Bearer ".to_vec();
                line.extend_from_slice(secret.expose());
                (Secret::new(line), secret)
            }
        };
        let mut value = HeaderValue::from_bytes(header.expose()).map_err(|_| {
            Error::invalid("The stored secret cannot travel in a header.".to_owned())
        })?;
        value.set_sensitive(true);
        let encoded =
            header.expose_text().and_then(|line| line.split_once(' ')).map(|(_, rest)| rest);
        let needles = [
            encoded.map(|text| Secret::from(text.to_owned())),
            Some(Secret::new(secret.expose().to_vec())),
            Some(Secret::from(STANDARD.encode(secret.expose()))),
        ];
        Ok(Credentials { value, needles: needles.into_iter().flatten().collect() })
    }

    /// Takes the secret, in every form we sent or it is likely echoed in, out of a text.
    pub fn scrub(&self, text: &str) -> String {
        let needles: Vec<&str> = self.needles.iter().filter_map(Secret::expose_text).collect();
        domain::text::scrub(text, &needles)
    }
}

/// Builds the request.
pub(crate) fn request(
    grant: &GitGrant,
    credentials: &Credentials,
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
        headers.insert(header::AUTHORIZATION, credentials.value.clone());
    }
    builder.body(body).map_err(Error::internal)
}
