//! Dialling: look a name up, check every address, then connect to a checked one or ask the proxy.
//!
//! With a proxy the rules are the same as far as they can be: a literal address is checked, and so
//! is every address a name has here. A name that has none here is left to the proxy, and so is the
//! address it dials: it looks names up itself. Its own address was chosen by the operator and is
//! not checked.

use std::io;
use std::net::IpAddr;
use std::net::SocketAddr;
use std::time::Duration;

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::url::Scheme;
use domain::url::WebUrl;
use http::Uri;
use tokio::net::TcpStream;

use crate::Proxy;
use crate::Reach;
use crate::limits;

/// Whom to connect to.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// A name or a literal address, without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) is_tls: bool,
    /// How it is called in sentences.
    pub(crate) shown: String,
}

impl Target {
    pub(crate) fn of_uri(uri: &Uri) -> Target {
        let is_tls = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let shown = uri.authority().map(ToString::to_string).unwrap_or_default();
        Target { host: without_brackets(uri.host().unwrap_or_default()), port, is_tls, shown }
    }

    pub(crate) fn of_url(url: &WebUrl) -> Target {
        Target {
            host: without_brackets(url.authority.host()),
            port: url.port(),
            is_tls: url.scheme == Scheme::Https,
            shown: url.authority.to_string(),
        }
    }

    pub(crate) fn literal(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}

fn without_brackets(host: &str) -> String {
    host.trim_start_matches('[').trim_end_matches(']').to_owned()
}

/// Makes connections within a reach.
#[derive(Clone)]
pub(crate) struct Dialler {
    pub(crate) reach: Reach,
    pub(crate) proxy: Option<Proxy>,
    /// For look-up, dialling and TLS together.
    pub(crate) limit: Duration,
}

impl Dialler {
    /// A connection to the target itself, also when a proxy is between.
    pub(crate) async fn dial(&self, target: &Target) -> Result<TcpStream> {
        self.check_plain_text(target)?;
        let addresses = match self.look_up(target).await {
            Err(_) if self.proxy.is_some() => self.leave_to_proxy(target)?,
            found => found?,
        };
        self.check_all(target, &addresses)?;
        self.connect(target, &addresses).await
    }

    /// One forbidden address refuses them all, so that a split answer cannot be tried until it slips
    /// through.
    fn check_all(&self, target: &Target, addresses: &[SocketAddr]) -> Result<()> {
        addresses.iter().try_for_each(|address| self.check(target, address.ip()))
    }

    /// Asks the guard about one address.
    pub(crate) fn check(&self, target: &Target, address: IpAddr) -> Result<()> {
        match &self.reach {
            Reach::Guarded(guard) => guard.check(&target.host, address),
            Reach::Anywhere => Ok(()),
        }
    }

    /// A name that is not found here is looked up by the proxy; there is no address to check.
    fn leave_to_proxy(&self, target: &Target) -> Result<Vec<SocketAddr>> {
        match &self.reach {
            Reach::Guarded(guard) => guard.check_name(&target.host)?,
            Reach::Anywhere => {}
        }
        Ok(Vec::new())
    }

    pub(crate) fn check_plain_text(&self, target: &Target) -> Result<()> {
        match &self.reach {
            Reach::Guarded(guard) if !target.is_tls => guard.check_plain_http(&target.shown),
            _ => Ok(()),
        }
    }

    /// The addresses of a target; one at least.
    pub(crate) async fn look_up(&self, target: &Target) -> Result<Vec<SocketAddr>> {
        if let Some(literal) = target.literal() {
            return Ok(vec![SocketAddr::new(literal, target.port)]);
        }
        let limit =
            if self.proxy.is_some() { limits::LOOK_UP_BEFORE_PROXY_TIME_MAX } else { self.limit };
        let addresses = look_up(&target.host, target.port, &target.shown);
        tokio::time::timeout(limit, addresses).await.unwrap_or_else(|_| {
            Err(upstream(format!("{} was not looked up in time.", target.shown)))
        })
    }

    /// Connects to one of the checked addresses, or through the proxy.
    pub(crate) async fn connect(
        &self,
        target: &Target,
        checked: &[SocketAddr],
    ) -> Result<TcpStream> {
        match &self.proxy {
            Some(proxy) => proxy.tunnel(target).await,
            None => connect_any(checked, &target.shown).await,
        }
    }

    /// What is said when all of it took too long.
    pub(crate) fn too_slow(&self, target: &Target) -> Error {
        let through = match &self.proxy {
            Some(proxy) => format!(" through the proxy {proxy}"),
            None => String::new(),
        };
        upstream(format!(
            "{} did not accept a connection{through} within {} seconds.",
            target.shown,
            self.limit.as_secs()
        ))
    }
}

pub(crate) async fn look_up(host: &str, port: u16, shown: &str) -> Result<Vec<SocketAddr>> {
    let addresses: Vec<_> = tokio::net::lookup_host((host, port))
        .await
        .map_err(|error| upstream(format!("The name {shown} was not found: {error}.")))?
        .take(limits::ADDRESSES_MAX)
        .collect();
    if addresses.is_empty() {
        return Err(upstream(format!("{shown} has no address.")));
    }
    Ok(addresses)
}

/// Tries the addresses in turn; one that does not answer must not keep us from the next.
pub(crate) async fn connect_any(addresses: &[SocketAddr], shown: &str) -> Result<TcpStream> {
    let mut last = io::Error::other("no address");
    for (index, address) in addresses.iter().enumerate() {
        let connecting = TcpStream::connect(address);
        let connected = if index + 1 == addresses.len() {
            connecting.await
        } else {
            tokio::time::timeout(limits::ADDRESS_TIME_MAX, connecting)
                .await
                .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        };
        match connected {
            Ok(stream) => {
                // Git's small requests must not wait for Nagle; failure only costs time.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(upstream(format!("{shown} could not be reached: {last}.")))
}

pub(crate) fn upstream(sentence: String) -> Error {
    Error::new(ErrorKind::Upstream, sentence)
}

#[cfg(test)]
mod tests {
    use domain::ErrorKind;

    use super::*;
    use crate::Guard;

    #[test]
    fn a_split_answer_is_refused_whatever_its_order() {
        let dialler = Dialler {
            reach: Reach::Guarded(Guard::default()),
            proxy: None,
            limit: Duration::from_secs(1),
        };
        let target = Target::of_uri(&Uri::from_static("https://git.example:8443/acme"));
        let public: SocketAddr = "140.82.121.3:8443".parse().unwrap();
        let private: SocketAddr = "[::ffff:10.0.0.1]:8443".parse().unwrap();
        assert!(dialler.check_all(&target, &[public, public]).is_ok());
        for split in [[public, private], [private, public]] {
            let refused = dialler.check_all(&target, &split).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::Forbidden);
            assert!(refused.message().starts_with("git.example is at"), "{refused}");
        }
    }
}
