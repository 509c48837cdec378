//! Tries to sign in that went wrong, counted per address: after too many an address has to wait.
//!
//! They are kept in memory, by each process for itself. What the address of a client is, is for
//! [`crate::AppState`] to say.

use std::collections::HashMap;
use std::net::IpAddr;
use std::net::Ipv6Addr;
use std::sync::Mutex;
use std::sync::PoisonError;

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Timestamp;

use crate::limits;

/// How often each address tried of late.
#[derive(Debug, Default)]
pub(crate) struct Tries(Mutex<HashMap<IpAddr, Counted>>);

#[derive(Debug)]
struct Counted {
    since: Timestamp,
    tries: u32,
}

impl Counted {
    fn is_over(&self, now: Timestamp) -> bool {
        now >= self.since.plus(limits::SIGN_IN_TRIES_TIME)
    }
}

impl Tries {
    /// Counts a try before it is made, so that many at once count, too.
    pub fn begin(&self, address: IpAddr, now: Timestamp) -> Result<()> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= limits::SIGN_IN_ADDRESSES_MAX {
            known.retain(|_, counted| !counted.is_over(now));
        }
        let address = network_of(address);
        // Whoever comes when there is no more room is not limited, and nobody else suffers.
        if known.len() >= limits::SIGN_IN_ADDRESSES_MAX && !known.contains_key(&address) {
            return Ok(());
        }
        let counted = known.entry(address).or_insert(Counted { since: now, tries: 0 });
        if counted.is_over(now) {
            *counted = Counted { since: now, tries: 0 };
        }
        if counted.tries >= limits::SIGN_IN_TRIES_MAX {
            return Err(Error::new(
                ErrorKind::Busy,
                "Too many sign-ins from your address went wrong.",
            )
            .hint("wait ten minutes, then try again"));
        }
        counted.tries += 1;
        Ok(())
    }

    /// Takes one back that did not go wrong.
    pub fn went_well(&self, address: IpAddr) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(counted) = known.get_mut(&network_of(address)) {
            counted.tries = counted.tries.saturating_sub(1);
        }
    }
}

/// What one client has to itself: an address, or the half of an IPv6 address that it is given.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(it) => Ipv6Addr::from(u128::from(it) >> 64 << 64).into(),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(1).plus(std::time::Duration::from_secs(seconds))
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_waits_after_too_many_and_no_other_does() {
        let tries = Tries::default();
        let (one, other) = (address("192.0.2.1"), address("192.0.2.2"));
        for _ in 0..limits::SIGN_IN_TRIES_MAX {
            tries.begin(one, at(0)).unwrap();
        }
        let refused = tries.begin(one, at(1)).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Busy);
        assert!(tries.begin(address("::ffff:192.0.2.1"), at(1)).is_err(), "the same in IPv6");
        assert!(tries.begin(other, at(1)).is_ok());
        tries.went_well(one);
        assert!(tries.begin(one, at(2)).is_ok(), "one went well");
        assert!(tries.begin(one, at(2)).is_err());
        assert!(tries.begin(one, at(limits::SIGN_IN_TRIES_TIME.as_secs())).is_ok(), "later");
    }

    #[test]
    fn who_has_a_whole_network_counts_once_and_memory_ends() {
        let tries = Tries::default();
        for host in 0..limits::SIGN_IN_TRIES_MAX {
            tries.begin(address(&format!("2001:db8::{host:x}")), at(0)).unwrap();
        }
        assert!(tries.begin(address("2001:db8::ffff"), at(0)).is_err());
        assert!(tries.begin(address("2001:db8:0:1::1"), at(0)).is_ok());
        for number in 0..u32::try_from(limits::SIGN_IN_ADDRESSES_MAX).unwrap() + 5 {
            tries.begin(IpAddr::V4(number.into()), at(0)).unwrap();
        }
        assert_eq!(tries.0.lock().unwrap().len(), limits::SIGN_IN_ADDRESSES_MAX);
        assert!(tries.begin(address("2001:db8::ffff"), at(0)).is_err(), "none is forgotten");
        tries.begin(address("192.0.2.1"), at(limits::SIGN_IN_TRIES_TIME.as_secs())).unwrap();
        assert_eq!(tries.0.lock().unwrap().len(), 1);
    }
}
