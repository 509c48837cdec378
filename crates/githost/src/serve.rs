//! The listener, and what becomes of a request.

use std::convert::Infallible;
use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use http::HeaderValue;
use http::Request;
use http::Response;
use http::StatusCode;
use http::header;
use http_body::Body;
use http_body_util::BodyExt;
use http_body_util::Full;
use http_body_util::Limited;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::rt::TokioTimer;
use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::Front;
use crate::auth::Auth;
use crate::auth::Door;
use crate::auth::Verdict;
use crate::behaviour;
use crate::behaviour::Behaviours;
use crate::cgi;
use crate::journal::Journal;
use crate::limits;
use crate::repository::CHILD_CONFIGURATION;
use crate::route::Route;
use crate::route::Service;
use crate::route::route;

/// An answer whose body may be streamed.
pub(crate) type Answer = Response<UnsyncBoxBody<Bytes, io::Error>>;

/// What all connections share.
pub(crate) struct Host {
    root: PathBuf,
    git: PathBuf,
    home: tempfile::TempDir,
    children: Arc<Semaphore>,
    front: Option<Front>,
    pub(crate) auth: Door,
    pub(crate) journal: Journal,
    pub(crate) behaviours: Behaviours,
}

impl Host {
    pub(crate) fn new(
        root: &Path,
        auth: Auth,
        git: PathBuf,
        front: Option<Front>,
    ) -> io::Result<Host> {
        let home = tempfile::Builder::new().prefix("githost-home-").tempdir()?;
        fs::write(home.path().join(".gitconfig"), CHILD_CONFIGURATION)?;
        Ok(Host {
            root: fs::canonicalize(root)?,
            git,
            home,
            children: Arc::new(Semaphore::new(limits::GIT_CHILDREN_MAX)),
            front,
            auth: Door::new(auth),
            journal: Journal::default(),
            behaviours: Behaviours::default(),
        })
    }
}

/// Accepts for ever. Dropping this ends the listener and every connection.
pub(crate) async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, host: Arc<Host>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        if connections.len() >= limits::CONNECTIONS_MAX {
            let _ = connections.join_next().await;
            continue;
        }
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(connection(stream, tls.clone(), Arc::clone(&host)));
            }
            Err(error) => {
                tracing::warn!(%error, "could not accept a connection");
                tokio::time::sleep(limits::ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, tls: Option<TlsAcceptor>, host: Arc<Host>) {
    let _ = stream.set_nodelay(true);
    let Some(tls) = tls else { return exchange(stream, host).await };
    match tokio::time::timeout(limits::HANDSHAKE_TIME_MAX, tls.accept(stream)).await {
        Ok(Ok(stream)) => exchange(stream, host).await,
        Ok(Err(error)) => tracing::debug!(%error, "the TLS handshake failed"),
        Err(_) => tracing::debug!("the TLS handshake took too long"),
    }
}

async fn exchange(stream: impl AsyncRead + AsyncWrite + Unpin + Send, host: Arc<Host>) {
    let service = service_fn(|request| {
        let host = Arc::clone(&host);
        async move { Ok::<_, Infallible>(answer(&host, request).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::HEADER_READ_TIME_MAX)
        .max_headers(limits::HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended badly");
    }
}

async fn answer(host: &Host, request: Request<Incoming>) -> Answer {
    host.journal.record(&request);
    let behaviour = host.behaviours.of(&request);
    if let Some(behaviour) = &behaviour
        && let Some(answer) = behaviour::misbehave(behaviour, &request).await
    {
        return answer;
    }
    let mut answer = behave_well(host, request).await;
    behaviour::embellish(behaviour.as_ref(), &mut answer);
    answer
}

async fn behave_well(host: &Host, request: Request<Incoming>) -> Answer {
    let uri = request.uri();
    match route(request.method(), uri.path(), uri.query()) {
        Route::Advertise { repository, service } => {
            let query = format!("service={}", service.name());
            git(host, Wanted { repository, service, end: "info/refs", query }, request).await
        }
        Route::Exchange { repository, service } => {
            let end = service.name();
            git(host, Wanted { repository, service, end, query: String::new() }, request).await
        }
        Route::Home => match ask_front(host, request).await {
            Ok(answer) => answer,
            Err(_) => text(StatusCode::OK, "private Git host\n"),
        },
        Route::Unknown => match ask_front(host, request).await {
            Ok(answer) => answer,
            // Strangers are challenged everywhere, and learn nothing of what is there.
            Err(headers) if !host.auth.admits(&headers) => challenge(host),
            Err(_) => text(StatusCode::NOT_FOUND, "There is nothing here.\n"),
        },
    }
}

/// The front's answer; the request's headers if there is no front or it passes.
async fn ask_front(host: &Host, request: Request<Incoming>) -> Result<Answer, HeaderMap> {
    let (parts, body) = request.into_parts();
    let Some(front) = host.front.clone() else { return Err(parts.headers) };
    let too_much = || text(StatusCode::PAYLOAD_TOO_LARGE, "That is too much.\n");
    if body.size_hint().lower() > limits::FRONT_BODY_BYTES_MAX as u64 {
        return Ok(too_much());
    }
    let Ok(body) = Limited::new(body, limits::FRONT_BODY_BYTES_MAX).collect().await else {
        return Ok(too_much());
    };
    let headers = parts.headers.clone();
    let request = Request::from_parts(parts, body.to_bytes());
    match tokio::task::spawn_blocking(move || front(request)).await {
        Ok(Some(answer)) => Ok(whole(answer)),
        Ok(None) => Err(headers),
        Err(_) => Ok(text(StatusCode::INTERNAL_SERVER_ERROR, "The front of this host failed.\n")),
    }
}

/// A git request, read.
struct Wanted {
    repository: String,
    service: Service,
    end: &'static str,
    query: String,
}

async fn git(host: &Host, wanted: Wanted, request: Request<Incoming>) -> Answer {
    let is_write = wanted.service == Service::ReceivePack;
    let repository = match host.auth.judge(request.headers(), &wanted.repository, is_write) {
        Verdict::Allow { repository } => repository,
        Verdict::Refuse(answer) => return whole(*answer),
    };
    if !is_repository(&host.root.join(&repository)) {
        return text(StatusCode::NOT_FOUND, "There is no such repository.\n");
    }
    let Ok(permit) = Arc::clone(&host.children).acquire_owned().await else {
        return text(StatusCode::SERVICE_UNAVAILABLE, "The host is stopping.\n");
    };
    let place = cgi::Place { git: &host.git, root: &host.root, home: host.home.path() };
    let path = format!("/{repository}/{}", wanted.end);
    match cgi::run(place, &path, &wanted.query, request, permit).await {
        Ok(answer) => answer,
        Err(error) => {
            tracing::warn!(%error, "git http-backend could not be run");
            text(StatusCode::INTERNAL_SERVER_ERROR, "Git failed on this host.\n")
        }
    }
}

fn is_repository(directory: &Path) -> bool {
    directory.join("HEAD").is_file() && directory.join("objects").is_dir()
}

fn challenge(host: &Host) -> Answer {
    let mut answer = text(StatusCode::UNAUTHORIZED, "This host wants a token.\n");
    let challenge = HeaderValue::from_static(host.auth.challenge());
    answer.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    answer
}

fn whole(answer: Response<Bytes>) -> Answer {
    answer.map(|body| Full::new(body).map_err(|never| match never {}).boxed_unsync())
}

/// A short answer in plain text.
pub(crate) fn text(status: StatusCode, body: impl Into<Bytes>) -> Answer {
    let body = Full::new(body.into()).map_err(|never| match never {}).boxed_unsync();
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    answer.headers_mut().insert(header::CONTENT_TYPE, plain);
    answer
}
