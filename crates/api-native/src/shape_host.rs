//! Checks of hosts, in the words of the API.

use wire::HostAddress;
use wire::HostCertificate;
use wire::HostCheck;
use wire::HostFinding;
use wire::HostTls;

/// A check of a host.
pub(crate) fn check(found: broker::HostCheck) -> HostCheck {
    HostCheck {
        ok: found.is_ok(),
        url: found.url.to_string(),
        registered: found.is_registered,
        connects_to: found.connects_to.map(|url| url.to_string()),
        proxy: found.proxy,
        addresses: found.addresses.into_iter().map(address).collect(),
        tls: found.tls.map(tls),
        kind: found.provider.map(|provider| provider.word().to_owned()),
        version: found.version,
        clock_ahead_seconds: found.clock_ahead_seconds,
        findings: found.findings.iter().map(finding).collect(),
    }
}

fn address(found: broker::HostAddress) -> HostAddress {
    HostAddress { address: found.address, allowed: found.is_allowed }
}

fn tls(found: broker::HostTls) -> HostTls {
    HostTls {
        version: found.version.map(str::to_owned),
        trusted: found.is_trusted,
        days_left: found.days_left,
        chain: found.chain.into_iter().map(certificate).collect(),
    }
}

fn certificate(found: broker::Certificate) -> HostCertificate {
    let broker::Certificate { subject, issuer, names, not_before, not_after, sha256 } = found;
    HostCertificate { subject, issuer, names, not_before, not_after, sha256 }
}

fn finding(found: &broker::HostFinding) -> HostFinding {
    HostFinding {
        kind: found.error.kind().word().to_owned(),
        blocking: found.is_blocking,
        sentence: found.error.message().to_owned(),
        hint: found.error.hint_text().map(str::to_owned),
    }
}
