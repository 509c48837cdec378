//! Where a request comes from: the other end of its connection, or what a trusted proxy says.

use std::net::AddrParseError;
use std::net::IpAddr;
use std::net::SocketAddr;

use http::request::Parts;
use ipnet::IpNet;

/// What a proxy adds the other end of its own connection to.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The other end of the connection that a request came by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub IpAddr);

/// The address of a client, as far as it is known. `proxies` are believed what they add.
pub(crate) fn address_of(parts: &Parts, proxies: Option<IpNet>) -> Option<IpAddr> {
    let Peer(peer) = *parts.extensions.get::<Peer>()?;
    let is_proxy = |address: &IpAddr| proxies.is_some_and(|proxies| proxies.contains(address));
    let address = match is_proxy(&peer.to_canonical()) {
        false => peer.to_canonical(),
        true => {
            let lines = parts.headers.get_all(FORWARDED_FOR).iter();
            let lines: Option<Vec<&str>> = lines.map(|line| line.to_str().ok()).collect();
            // Each proxy adds at the end; what stands before the last that is not ours is hearsay.
            let said = lines?.join(",");
            let mut said = said.rsplit(',').map(|it| address(it.trim()));
            said.find(|it| !it.as_ref().is_ok_and(|it| is_proxy(&it.to_canonical())))?.ok()?
        }
    };
    // On this machine there may be a proxy that nobody told us of: everybody has that address.
    (!address.to_canonical().is_loopback()).then_some(address)
}

/// An address; some proxies add the port.
fn address(text: &str) -> Result<IpAddr, AddrParseError> {
    text.parse().or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(peer: &str, proxies: Option<&str>, forwarded: &[&str]) -> Option<String> {
        let mut request = http::Request::new(());
        request.extensions_mut().insert(Peer(peer.parse().unwrap()));
        for line in forwarded {
            request.headers_mut().append(FORWARDED_FOR, line.parse().unwrap());
        }
        let proxies = proxies.map(|it| it.parse().unwrap());
        address_of(&request.into_parts().0, proxies).map(|it| it.to_string())
    }

    #[test]
    fn only_a_proxy_of_ours_is_believed() {
        let own = Some("10.0.0.0/8");
        for (peer, proxies, forwarded, address) in [
            ("192.0.2.1", None, &[][..], Some("192.0.2.1")),
            ("192.0.2.1", own, &["192.0.2.9"], Some("192.0.2.1")),
            ("10.0.0.1", own, &["192.0.2.9"], Some("192.0.2.9")),
            ("::ffff:10.0.0.1", own, &["192.0.2.9"], Some("192.0.2.9")),
            ("10.0.0.1", own, &["192.0.2.1, 192.0.2.9,10.0.0.2"], Some("192.0.2.9")),
            ("10.0.0.1", own, &["192.0.2.1", "192.0.2.9"], Some("192.0.2.9")),
            ("10.0.0.1", own, &["2001:db8::1"], Some("2001:db8::1")),
            ("10.0.0.1", own, &["192.0.2.9:4711"], Some("192.0.2.9")),
            ("10.0.0.1", own, &["[2001:db8::1]:80"], Some("2001:db8::1")),
            ("10.0.0.1", own, &["192.0.2.1, unknown"], None),
            ("10.0.0.1", own, &["10.0.0.3"], None),
            ("10.0.0.1", own, &[], None),
            ("10.0.0.1", None, &["192.0.2.9"], Some("10.0.0.1")),
            ("127.0.0.1", None, &["192.0.2.9"], None),
            ("::1", None, &[], None),
        ] {
            let found = known(peer, proxies, forwarded);
            assert_eq!(found.as_deref(), address, "{peer} {proxies:?} {forwarded:?}");
        }
    }
}
