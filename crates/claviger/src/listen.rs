//! From opened data to listening sockets.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware;
use broker::Broker;
use console::ConsoleSettings;
use domain::Clock;
use domain::Entropy;
use domain::Result;
use domain::url::WebUrl;
use http::HeaderValue;
use http::Uri;
use ipnet::IpNet;
use outbound::Guard;
use outbound::Limits;
use outbound::Outbound;
use outbound::Reach;
use tower::ServiceExt;
use web::AppState;
use web::Listener;
use web::RequestIds;

use crate::clock::SystemClock;
use crate::data::shown;
use crate::self_signed;
use crate::settings::ServeSettings;
use crate::settings::TlsSource;

/// Bound sockets, and the address clients reach them at.
pub struct Bound {
    /// The HTTP socket.
    pub http: Listener,
    /// The HTTPS socket.
    pub https: Option<Listener>,
    /// The socket of the metrics.
    pub metrics: Option<Listener>,
    /// The address of the HTTP socket.
    pub http_address: SocketAddr,
    /// The address of the HTTPS socket.
    pub https_address: Option<SocketAddr>,
    /// The address clients reach the server at.
    pub public_url: WebUrl,
}

/// Binds what the settings say.
pub async fn bind(settings: &ServeSettings) -> Result<Bound> {
    let http = Listener::bind(settings.listen, None).await?;
    let http_address = http.address()?;
    let mut https = None;
    let mut https_address = None;
    if let Some((address, source)) = &settings.tls {
        let (certificate, key) = read_tls(settings, *address, source)?;
        let listener = Listener::bind(*address, Some(web::acceptor(&certificate, &key)?)).await?;
        https_address = Some(listener.address()?);
        https = Some(listener);
    }
    let public_url = match &settings.public_url {
        Some(url) => url.clone(),
        None => match https_address {
            Some(address) => WebUrl::parse(&format!("https://{}", reachable(address)))?,
            None => WebUrl::parse(&format!("http://{}", reachable(http_address)))?,
        },
    };
    let metrics = match settings.listen_metrics {
        Some(address) => Some(Listener::bind(address, None).await?),
        None => None,
    };
    Ok(Bound { http, https, metrics, http_address, https_address, public_url })
}

/// An address that can be connected to: a socket on all addresses is reached on this machine's own.
fn reachable(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("localhost:{}", address.port())
    } else {
        address.to_string()
    }
}

fn read_tls(
    settings: &ServeSettings,
    address: SocketAddr,
    source: &TlsSource,
) -> Result<(Vec<u8>, Vec<u8>)> {
    match source {
        TlsSource::SelfSigned => {
            let directory = &settings.data.data;
            let made = self_signed::material(directory, address, settings.public_url.as_ref())?;
            Ok((made.certificate, made.key))
        }
        TlsSource::Files(certificate, key) => {
            let read = |path: &std::path::Path| {
                std::fs::read(path).map_err(|error| {
                    domain::Error::invalid(format!("{} could not be read: {error}.", shown(path)))
                })
            };
            Ok((read(certificate)?, read(key)?))
        }
    }
}

/// Every surface on one router.
pub fn router(
    broker: Arc<Broker>,
    outbound: Arc<Outbound>,
    has_metrics: bool,
    cors_origins: &[HeaderValue],
    console: ConsoleSettings,
    proxies: Option<IpNet>,
) -> Router {
    let state = AppState::new(broker).behind(proxies);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let entropy: Arc<dyn Entropy> = Arc::new(vault::SystemEntropy);
    let gateway = gateway::GatewayState { app: state.clone(), outbound };
    let metrics = match has_metrics {
        true => crate::metrics::public(state.clone()),
        false => Router::new(),
    };
    let qovery = api_qovery::router(state.clone(), cors_origins);
    let servicestage = api_servicestage::router(state.clone());
    let console = console::router(state.clone(), console);
    let others = Router::new()
        .merge(metrics)
        .merge(api_native::router(state.clone()))
        .merge(gateway::router(gateway))
        .merge(crate::deliveries::router(state.clone()))
        .merge(crate::home::router(state));
    // A surface owns whatever is below its roots, also what it does not serve.
    let surfaces = move |request: Request| {
        let request = collapse_first_slashes(request);
        let is_qovery = api_qovery::owns(request.uri().path());
        let is_servicestage = api_servicestage::owns(request.uri().path());
        let is_console = console::owns(request.uri().path());
        let surface = match (is_qovery, is_servicestage, is_console) {
            (true, _, _) => qovery.clone(),
            (_, true, _) => servicestage.clone(),
            (_, _, true) => console.clone(),
            _ => others.clone(),
        };
        surface.oneshot(request)
    };
    Router::new().fallback(surfaces).layer(middleware::from_fn_with_state(
        RequestIds::new(clock, entropy),
        web::with_request_id,
    ))
}

/// The first segment of the native API's paths.
const NATIVE: &str = "claviger";

/// Makes one of the slashes an API's path begins with: clients write two where their base address ends
/// in one. Paths of git and of webhooks stay as they came, and those that are signed as they are.
fn collapse_first_slashes(mut request: Request) -> Request {
    let uri = request.uri();
    let path = uri.path();
    let rest = path.trim_start_matches('/');
    let root = rest.split('/').next().unwrap_or_default();
    let (head, tail) = match rest.strip_prefix("qovery/") {
        Some(below) => ("/qovery/", below.trim_start_matches('/')),
        None => ("/", rest),
    };
    let is_same = path.len() == head.len() + tail.len();
    if is_same || !(root == NATIVE || api_qovery::owns(path)) {
        return request;
    }
    let target = match uri.query() {
        Some(query) => format!("{head}{tail}?{query}"),
        None => format!("{head}{tail}"),
    };
    let mut parts = uri.clone().into_parts();
    if let Ok(target) = target.parse() {
        parts.path_and_query = Some(target);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

/// The one way out, within what the settings allow.
pub fn outbound(settings: &ServeSettings) -> Arc<Outbound> {
    let guard = Guard::new(settings.allow_network.clone(), settings.allow_plain_http);
    let mut outbound = Outbound::new(Reach::Guarded(guard), Limits::default());
    if let Some(proxy) = &settings.outbound_proxy {
        outbound = outbound.through(proxy.clone());
    }
    Arc::new(outbound)
}
