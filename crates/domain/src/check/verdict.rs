//! The answer to the liveness call, and how answers move the status of a credential.

use std::time::Duration;

use serde::Deserialize;
use serde::Serialize;

use crate::Timestamp;
use crate::status::Authentication;

/// What the liveness call said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The provider knows the secret.
    Accepted,
    /// The provider said that it has expired.
    Expired,
    /// 401: unknown, revoked, or expired without saying so.
    Refused,
    /// Anything else: rate limits, faults, nonsense. Nothing follows from it.
    Unknown,
}

impl Verdict {
    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Verdict::Accepted => "accepted",
            Verdict::Expired => "expired",
            Verdict::Refused => "refused",
            Verdict::Unknown => "unknown",
        }
    }
}

/// How a verdict moves the authentication of a credential (invariant 8). One refusal only makes it
/// suspect; a second one, `confirmed_after` the first or later, rejects it. What is unknown changes
/// nothing. `refused_since` is the first refusal of an unbroken row, this one included.
pub fn authentication_after(
    before: Authentication,
    verdict: Verdict,
    refused_since: Option<Timestamp>,
    now: Timestamp,
    confirmed_after: Duration,
) -> Authentication {
    match verdict {
        Verdict::Accepted => Authentication::Valid,
        Verdict::Expired => Authentication::Expired,
        Verdict::Unknown => before,
        Verdict::Refused
            if matches!(before, Authentication::Rejected | Authentication::Expired) =>
        {
            before
        }
        Verdict::Refused => match refused_since {
            Some(first) if first.plus(confirmed_after) <= now => Authentication::Rejected,
            _ => Authentication::Suspect,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_second_refusal_minutes_later_rejects() {
        use Authentication as A;
        let first = Timestamp::from_millis(1_000_000);
        let wait = Duration::from_secs(120);
        let after = |before, verdict, seconds: u64| {
            let now = first.plus(Duration::from_secs(seconds));
            authentication_after(before, verdict, Some(first), now, wait)
        };
        assert_eq!(after(A::Valid, Verdict::Refused, 0), A::Suspect);
        assert_eq!(after(A::Suspect, Verdict::Refused, 119), A::Suspect);
        assert_eq!(after(A::Suspect, Verdict::Refused, 120), A::Rejected);
        assert_eq!(after(A::Rejected, Verdict::Refused, 500), A::Rejected);
        for before in [A::Unchecked, A::Valid, A::Suspect, A::Expired, A::Rejected] {
            assert_eq!(after(before, Verdict::Unknown, 500), before);
            assert_eq!(after(before, Verdict::Accepted, 500), A::Valid);
            assert_eq!(after(before, Verdict::Expired, 500), A::Expired);
        }
    }
}
