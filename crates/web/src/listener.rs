//! The accept loop: limits, TLS handshakes off the accept path, graceful drain.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::TokioExecutor;
use hyper_util::rt::TokioIo;
use hyper_util::rt::TokioTimer;
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

use crate::limits;

/// A bound socket, with TLS or without.
pub struct Listener {
    socket: TcpListener,
    tls: Option<TlsAcceptor>,
}

impl Listener {
    /// Binds an address.
    pub async fn bind(address: SocketAddr, tls: Option<TlsAcceptor>) -> domain::Result<Listener> {
        let socket = TcpListener::bind(address).await.map_err(|error| {
            domain::Error::unavailable(format!("Could not listen on {address}: {error}."))
                .hint("is another server running there? --listen chooses another address")
        })?;
        Ok(Listener { socket, tls })
    }

    /// The address it is bound to.
    pub fn address(&self) -> domain::Result<SocketAddr> {
        self.socket.local_addr().map_err(domain::Error::internal)
    }
}

/// Serves until `stop` is done, then lets open requests finish for a while.
pub async fn serve(listener: Listener, router: Router, stop: impl Future<Output = ()> + Send) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(limits::CONNECTIONS_MAX));
    let mut stop = std::pin::pin!(stop);
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.socket.accept() => accepted,
            () = &mut stop => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => {
                // Small answers must not wait for Nagle; failure only costs time.
                let _ = stream.set_nodelay(true);
                stream
            }
            Err(error) => {
                // Out of file descriptors, mostly: wait for some to be closed.
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let connection = Connection {
            router: router.clone(),
            tls: listener.tls.clone(),
            watcher: graceful.watcher(),
        };
        tokio::spawn(async move {
            connection.run(stream).await;
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(limits::DRAIN_MAX, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time and were cut");
    }
}

struct Connection {
    router: Router,
    tls: Option<TlsAcceptor>,
    watcher: hyper_util::server::graceful::Watcher,
}

impl Connection {
    async fn run<S>(self, stream: S)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        match self.tls.clone() {
            None => self.speak(stream).await,
            Some(tls) => {
                let handshake = tokio::time::timeout(limits::HANDSHAKE_TIMEOUT, tls.accept(stream));
                match handshake.await {
                    Ok(Ok(stream)) => self.speak(stream).await,
                    Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
                    Err(_) => tracing::debug!("a TLS handshake took too long"),
                }
            }
        }
    }

    async fn speak<S>(self, stream: S)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(limits::HEADER_READ_TIMEOUT)
            .max_headers(limits::HEADERS_MAX)
            .max_buf_size(limits::BUFFER_BYTES_MAX);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(limits::HTTP2_STREAMS_MAX)
            .max_header_list_size(limits::HTTP2_HEADER_BYTES_MAX);
        let service = TowerToHyperService::new(self.router);
        let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
        if let Err(error) = self.watcher.watch(connection.into_owned()).await {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}
