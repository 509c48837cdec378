//! A throw-away private Git host on loopback: real repositories behind real `git http-backend`.
//!
//! `claviger demo` shows itself against one, and the tests run their gateway against one. It
//! asks for a token as a real provider does, streams bodies both ways, keeps a journal of what
//! it was asked (so that a test can see what was injected), and on request misbehaves in named
//! ways (see [`Behaviour`]). A judge ([`Auth::Ask`]) may decide per repository and operation, and
//! a [`Front`] may answer what is not git's: that is how the crate `forges` makes a whole provider.
//! [`send`] is its way out, for webhooks.
//!
//! Deliberately not here: a provider's API and its users. It listens on 127.0.0.1 only and is no
//! server for real data: the journal holds the tokens it was sent.

mod auth;
mod behaviour;
mod cgi;
mod cgi_head;
mod client;
mod journal;
pub mod limits;
mod repository;
mod route;
mod serve;
mod streams;
mod tls;

#[cfg(test)]
mod tests;

use std::io;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http::Response;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use auth::Ask;
pub use auth::Auth;
pub use auth::Judge;
pub use auth::Verdict;
pub use behaviour::Behaviour;
pub use behaviour::STRAY_HEADERS;
pub use client::send;
pub use journal::Seen;
pub use repository::create_repository;
pub use tls::Tls;

use serve::Host;

/// Answers requests that are not git's, or passes with `None`. It gets the whole request and runs
/// where blocking is allowed; more than [`FRONT_BODY_BYTES_MAX`](limits::FRONT_BODY_BYTES_MAX) is
/// answered 413 before it is asked.
pub type Front = Arc<dyn Fn(Request<Bytes>) -> Option<Response<Bytes>> + Send + Sync>;

/// What a host is to be like.
pub struct Options {
    /// Whom it lets in.
    pub auth: Auth,
    /// Whether it speaks TLS; plain HTTP otherwise.
    pub tls: Option<Tls>,
    /// The git program; a bare name is looked up in `PATH`.
    pub git: PathBuf,
    /// What answers the requests that are not git's.
    pub front: Option<Front>,
}

impl Options {
    /// Plain HTTP and the `git` in `PATH`.
    pub fn new(auth: Auth) -> Options {
        Options { auth, tls: None, git: PathBuf::from("git"), front: None }
    }

    /// The same over TLS, with a certificate of its own authority (see [`GitHost::ca_pem`]).
    #[must_use]
    pub fn over_tls(self) -> Options {
        Options { tls: Some(Tls::default()), ..self }
    }
}

/// A running host. Dropping it, like [`GitHost::stop`], ends every connection and git child.
pub struct GitHost {
    host: Arc<Host>,
    address: SocketAddr,
    ca_pem: Option<String>,
    accepting: JoinHandle<()>,
}

impl GitHost {
    /// Listens on a free port of 127.0.0.1 and serves every bare repository below `root`, also
    /// those created later. Runs on the caller's tokio runtime.
    pub async fn start(root: &Path, options: Options) -> io::Result<GitHost> {
        let (acceptor, ca_pem) = match &options.tls {
            Some(tls) => {
                let (acceptor, ca_pem) = tls.acceptor()?;
                (Some(acceptor), Some(ca_pem))
            }
            None => (None, None),
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let host = Arc::new(Host::new(root, options.auth, options.git, options.front)?);
        let accepting = tokio::spawn(serve::accept(listener, acceptor, Arc::clone(&host)));
        Ok(GitHost { host, address, ca_pem, accepting })
    }

    /// Where it listens: `http://127.0.0.1:PORT`, or `https://…`; no slash at the end.
    pub fn url(&self) -> String {
        let scheme = if self.ca_pem.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// The clone URL of a repository, `acme/app` or `acme/app.git`; always ends in `.git`.
    pub fn repository_url(&self, path: &str) -> String {
        format!("{}/{}", self.url(), repository::with_suffix(path))
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Replaces the token: the old one is refused from now on. An open host stays open.
    pub fn set_token(&self, token: String) {
        self.host.auth.set_token(token);
    }

    /// The certificate authority to trust, as PEM, if it speaks TLS.
    pub fn ca_pem(&self) -> Option<String> {
        self.ca_pem.clone()
    }

    /// The requests it has seen, oldest first; at most the last
    /// [`JOURNAL_REQUESTS_MAX`](limits::JOURNAL_REQUESTS_MAX). Refused ones are in it too.
    pub fn journal(&self) -> Vec<Seen> {
        self.host.journal.all()
    }

    /// Empties the journal.
    pub fn forget(&self) {
        self.host.journal.clear();
    }

    /// Answers requests whose path and query begin with `path_prefix` in a hostile way, or
    /// well again with `None`. The longest prefix wins; `/` is everything.
    pub fn behave(&self, path_prefix: &str, behaviour: Option<Behaviour>) {
        self.host.behaviours.set(path_prefix, behaviour);
    }

    /// Stops listening and ends every connection and git child.
    pub async fn stop(mut self) {
        self.accepting.abort();
        // The only possible error is the abort just asked for.
        let _ = (&mut self.accepting).await;
    }
}

impl Drop for GitHost {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}
