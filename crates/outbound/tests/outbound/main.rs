//! The way out against real servers on loopback: proxies, hostile hosts, certificates, inspection.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod fixtures;
mod hostile;
mod inspect;
mod mail;
mod proxy;
mod tls;
