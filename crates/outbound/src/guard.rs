//! The address guard: which addresses a server may be sent to by what strangers write.

use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;

use domain::Error;
use domain::Result;
use ipnet::IpNet;

/// Lets public addresses through, and private ones only inside an allowed network.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    allowed: Vec<IpNet>,
    allows_plain_http: bool,
}

impl Guard {
    /// A guard with the networks of `--allow-network` and the permission of `--allow-plain-http`.
    pub fn new(allowed: Vec<IpNet>, allows_plain_http: bool) -> Guard {
        Guard { allowed, allows_plain_http }
    }

    /// Checks the address that is about to be dialled for `host`.
    pub fn check(&self, host: &str, address: IpAddr) -> Result<()> {
        let real = embedded(address);
        if is_metadata(real) {
            return Err(Error::forbidden(format!(
                "{host} is at {address}, a cloud metadata address, which is never dialled."
            )));
        }
        let is_allowed =
            self.allowed.iter().any(|net| net.contains(&real) || net.contains(&address));
        if is_allowed {
            return Ok(());
        }
        match not_public(real) {
            None => Ok(()),
            Some(what) => {
                let bits = if real.is_ipv4() { 32 } else { 128 };
                Err(Error::forbidden(format!(
                    "{host} is at {address}, {what} address, which is not dialled unless allowed."
                ))
                .hint(format!(
                    "start the server with --allow-network {real}/{bits}, or a wider network"
                )))
            }
        }
    }

    /// Checks a name that has no address here and is looked up by a proxy: a few names lead to a
    /// metadata address or to the proxy itself wherever they are looked up.
    pub(crate) fn check_name(&self, host: &str) -> Result<()> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let is_refused = METADATA_NAMES.contains(&host.as_str())
            || host == "localhost"
            || host.ends_with(".localhost");
        if !is_refused {
            return Ok(());
        }
        Err(Error::forbidden(format!(
            "{host} means the proxy itself or a cloud metadata service, which are never dialled."
        )))
    }

    /// Checks that plain text is permitted.
    pub fn check_plain_http(&self, host: &str) -> Result<()> {
        if self.allows_plain_http {
            return Ok(());
        }
        Err(Error::forbidden(format!("{host} is spoken to in plain text, without TLS."))
            .hint("start the server with --allow-plain-http if that is meant"))
    }
}

/// Names under which clouds hand credentials to whoever asks.
const METADATA_NAMES: [&str; 4] =
    ["metadata", "metadata.google.internal", "instance-data", "instance-data.ec2.internal"];

/// The IPv4 address inside a v4-mapped, NAT64, 6to4 or Teredo address, else the address itself.
fn embedded(address: IpAddr) -> IpAddr {
    let IpAddr::V6(six) = address else { return address };
    let [a, b, c, d, e, f, g, h] = six.segments();
    let four =
        |high: u16, low: u16| IpAddr::V4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match (a, b, c, d, e, f) {
        (0, 0, 0, 0, 0, 0xffff) => four(g, h),
        (0, 0, 0, 0, 0, 0) if g != 0 => four(g, h),
        (0x64, 0xff9b, 0, 0, 0, 0) => four(g, h),
        (0x2002, ..) => four(b, c),
        (0x2001, 0, ..) => four(!g, !h),
        _ => address,
    }
}

/// Addresses where clouds hand credentials to whoever asks.
fn is_metadata(address: IpAddr) -> bool {
    const FOUR: [Ipv4Addr; 6] = [
        Ipv4Addr::new(169, 254, 169, 254),
        Ipv4Addr::new(169, 254, 170, 2),
        Ipv4Addr::new(169, 254, 170, 23),
        Ipv4Addr::new(100, 100, 100, 200),
        Ipv4Addr::new(168, 63, 129, 16),
        Ipv4Addr::new(192, 0, 0, 192),
    ];
    const SIX: [Ipv6Addr; 3] = [
        Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
        Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23),
        Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
    ];
    match address {
        IpAddr::V4(four) => FOUR.contains(&four),
        IpAddr::V6(six) => SIX.contains(&six),
    }
}

/// Why an address is not public, in a word with its article.
fn not_public(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(four) => not_public_v4(four),
        IpAddr::V6(six) => not_public_v6(six),
    }
}

fn not_public_v4(address: Ipv4Addr) -> Option<&'static str> {
    let [a, b, c, _] = address.octets();
    match (a, b, c) {
        (0, ..) => Some("an unspecified"),
        (127, ..) => Some("a loopback"),
        (10, ..) | (192, 168, _) => Some("a private"),
        (172, 16..=31, _) => Some("a private"),
        (100, 64..=127, _) => Some("a carrier-grade NAT"),
        (169, 254, _) => Some("a link-local"),
        (192, 0, 0) | (192, 0, 2) | (198, 51, 100) | (203, 0, 113) => Some("a reserved"),
        (192, 88, 99) | (198, 18..=19, _) => Some("a reserved"),
        (224..=239, ..) => Some("a multicast"),
        (240..=255, ..) => Some("a reserved"),
        _ => None,
    }
}

fn not_public_v6(address: Ipv6Addr) -> Option<&'static str> {
    let [a, b, ..] = address.segments();
    match (a, b) {
        _ if address.is_unspecified() => Some("an unspecified"),
        _ if address.is_loopback() => Some("a loopback"),
        (0xfc00..=0xfdff, _) => Some("a private"),
        (0xfe80..=0xfebf, _) => Some("a link-local"),
        (0xfec0..=0xfeff, _) => Some("a site-local"),
        (0xff00..=0xffff, _) => Some("a multicast"),
        (0x2001, 0xdb8) | (0x100, 0) => Some("a reserved"),
        // Only 2000::/3 is handed out as global unicast.
        (0x2000..=0x3fff, _) => None,
        _ => Some("a reserved"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(guard: &Guard, address: &str) -> bool {
        guard.check("h.example", address.parse().unwrap()).is_ok()
    }

    #[test]
    fn only_public_addresses_pass() {
        let guard = Guard::default();
        for public in ["140.82.121.3", "1.1.1.1", "2606:4700::1111", "64:ff9b::8c52:7903"] {
            assert!(verdict(&guard, public), "{public}");
        }
        for refused in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "169.254.0.1",
            "169.254.169.254",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2002:a00:1::",
            "2001:0:0:0:0:0:80ff:fffe",
            "2001:db8::1",
            "100::1",
        ] {
            assert!(!verdict(&guard, refused), "{refused}");
        }
    }

    #[test]
    fn an_allowed_network_opens_itself_only_and_metadata_never() {
        let networks = vec!["127.0.0.0/8".parse().unwrap(), "169.254.0.0/16".parse().unwrap()];
        let guard = Guard::new(networks, false);
        assert!(verdict(&guard, "127.0.0.1"));
        assert!(verdict(&guard, "::ffff:127.0.0.1"));
        assert!(verdict(&guard, "169.254.1.1"));
        assert!(!verdict(&guard, "169.254.169.254"));
        assert!(!verdict(&guard, "10.0.0.1"));
        let said = Guard::default().check("git.lan", "10.1.2.3".parse().unwrap()).unwrap_err();
        assert!(said.to_string().contains("10.1.2.3, a private address"), "{said}");
        assert!(said.to_string().contains("--allow-network 10.1.2.3/32"), "{said}");
        let said = Guard::default().check("git.lan", "::".parse().unwrap()).unwrap_err();
        assert!(said.to_string().contains("::, an unspecified address"), "{said}");
    }
}
