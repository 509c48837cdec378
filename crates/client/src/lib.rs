//! Typed client of the native API.
//!
//! One method per endpoint, in files named like the resources. Answers are the types of `wire`;
//! a refusal comes back as the [`domain::Error`] the server meant, rebuilt from its problem body.
//! Redirects are never followed, so a token goes to the address it was given for and nowhere else.
//!
//! Deliberately not here: where the address and the token come from (crate `cli`), and retries.

mod accounts;
mod audit;
mod channels;
mod credentials;
mod exchange;
mod git;
mod health;
mod hosts;
mod leases;
mod limits;
mod organization;
mod paging;
mod path;
mod problem;
mod repositories;
mod secret_body;
mod services;
mod sessions;
mod tokens;

use std::sync::Arc;

use domain::Result;
use domain::Secret;
use domain::url::WebUrl;
use http::HeaderValue;
use outbound::Limits;
use outbound::Outbound;
use outbound::Reach;
use outbound::Trust;

pub use paging::every;
pub use repositories::At;
pub use repositories::File;

/// Where a server is, who asks, and whom TLS trusts.
#[derive(Debug)]
pub struct Connection {
    /// The server's address; a path prefix is kept.
    pub url: WebUrl,
    /// The API token, if there is one.
    pub token: Option<Secret>,
    /// A certificate authority of the server's own, PEM; absent means the machine's.
    pub ca_pem: Option<String>,
}

/// The client. Keeps its connection alive between calls.
pub struct Client {
    base: String,
    authorization: Option<HeaderValue>,
    trust: Trust,
    outbound: Outbound,
}

impl Client {
    /// A client of one server; nothing is sent yet, and no certificate authority is loaded.
    pub fn new(connection: Connection) -> Result<Client> {
        let Connection { url, token, ca_pem } = connection;
        Ok(Client {
            base: url.to_string(),
            authorization: token.as_ref().map(secret_body::authorization).transpose()?,
            trust: ca_pem.map_or(Trust::Roots, |pem| Trust::Pem(Arc::from(pem))),
            outbound: Outbound::new(Reach::Anywhere, Limits::default()),
        })
    }

    /// The server's address, as it was given.
    pub fn url(&self) -> &str {
        &self.base
    }
}
