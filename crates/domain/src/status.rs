//! The status of a credential: three stored axes, one printed table, seven shown words.
//!
//! | lifecycle | authentication | capability | shown        | ServiceStage | may be lent |
//! |-----------|----------------|------------|--------------|--------------|-------------|
//! | disabled  | any            | any        | disabled     | 2            | no          |
//! | pending   | any            | any        | disabled     | 2            | no          |
//! | active    | rejected       | any        | rejected     | 2            | no          |
//! | active    | expired        | any        | expired      | 1            | no          |
//! | active    | unchecked      | any        | unchecked    | 2            | yes         |
//! | active    | suspect        | any        | unchecked    | 0            | yes         |
//! | active    | valid          | insufficient | insufficient | 0          | yes         |
//! | active    | valid          | else       | valid, or expiring within 30 days | 0 | yes |
//!
//! A known expiry in the past reads as `expired` whatever is stored, unless already rejected.

use std::time::Duration;

use crate::Timestamp;

/// Whether the provider still knows the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Authentication {
    /// Nobody has asked yet.
    Unchecked,
    /// The provider accepted it when last asked.
    Valid,
    /// One refusal seen, not yet confirmed minutes later.
    Suspect,
    /// The provider said that it has expired.
    Expired,
    /// Refused, and again minutes later.
    Rejected,
}

/// Whether it can do what it is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Capability {
    /// Every required permission is proven.
    Complete,
    /// A required permission is proven missing.
    Insufficient,
    /// Not everything could be proven.
    Unproven,
}

/// Whether people want it used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lifecycle {
    /// In use.
    Active,
    /// Switched off by people.
    Disabled,
    /// Waiting for its secret to be given again (threat 37).
    Pending,
}

/// The shown word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Works.
    Valid,
    /// Works, for at most 30 more days.
    Expiring,
    /// Its time has passed.
    Expired,
    /// The provider does not know it.
    Rejected,
    /// Works, but a required permission is missing.
    Insufficient,
    /// Not yet known.
    Unchecked,
    /// Not in use.
    Disabled,
}

/// From how long before its end a credential shows as expiring.
pub const EXPIRING_WITHIN: Duration = Duration::from_secs(30 * 24 * 3600);

macro_rules! words {
    ($type:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        impl $type {
            /// The stored and shown word.
            pub const fn word(self) -> &'static str {
                match self { $($type::$variant => $word),* }
            }

            /// Reads the word back.
            pub fn parse(word: &str) -> Option<$type> {
                match word { $($word => Some($type::$variant),)* _ => None }
            }
        }
    };
}

words!(Authentication { Unchecked = "unchecked", Valid = "valid", Suspect = "suspect", Expired = "expired", Rejected = "rejected" });
words!(Capability { Complete = "complete", Insufficient = "insufficient", Unproven = "unproven" });
words!(Lifecycle { Active = "active", Disabled = "disabled", Pending = "pending" });
words!(Status {
    Valid = "valid", Expiring = "expiring", Expired = "expired", Rejected = "rejected",
    Insufficient = "insufficient", Unchecked = "unchecked", Disabled = "disabled",
});

/// The three stored axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Axes {
    /// Whether the provider still knows the secret.
    pub authentication: Authentication,
    /// Whether it can do what it is needed for.
    pub capability: Capability,
    /// Whether people want it used.
    pub lifecycle: Lifecycle,
}

impl Axes {
    /// What a credential starts as.
    pub const NEW: Axes = Axes {
        authentication: Authentication::Unchecked,
        capability: Capability::Unproven,
        lifecycle: Lifecycle::Active,
    };

    /// The shown word at `now`, by the table.
    pub fn status(self, expires_at: Option<Timestamp>, now: Timestamp) -> Status {
        if self.lifecycle != Lifecycle::Active {
            return Status::Disabled;
        }
        if self.authentication == Authentication::Rejected {
            return Status::Rejected;
        }
        let is_past = expires_at.is_some_and(|end| end <= now);
        if is_past || self.authentication == Authentication::Expired {
            return Status::Expired;
        }
        match (self.authentication, self.capability) {
            (Authentication::Unchecked | Authentication::Suspect, _) => Status::Unchecked,
            (_, Capability::Insufficient) => Status::Insufficient,
            _ if expires_at.is_some_and(|end| end <= now.plus(EXPIRING_WITHIN)) => Status::Expiring,
            _ => Status::Valid,
        }
    }
}

impl Axes {
    /// ServiceStage's number at `now`: 0 normal, 1 overdue, 2 unauthenticated. What was never accepted
    /// is not authenticated; what was, and is doubted, still is.
    pub fn servicestage(self, expires_at: Option<Timestamp>, now: Timestamp) -> u8 {
        match self.status(expires_at, now) {
            Status::Expired => 1,
            Status::Rejected | Status::Disabled => 2,
            _ if self.authentication == Authentication::Unchecked => 2,
            _ => 0,
        }
    }
}

impl Status {
    /// Whether a credential that shows this may be lent.
    pub const fn may_be_lent(self) -> bool {
        !matches!(self, Status::Expired | Status::Rejected | Status::Disabled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the table printed above, so that it cannot drift from the code.
    #[test]
    fn the_printed_table_is_the_code() {
        let now = Timestamp::from_millis(1_000_000_000_000);
        let mut rows = 0;
        for line in include_str!("status.rs").lines().filter(|line| line.starts_with("//! | ")) {
            let cells: Vec<&str> =
                line.trim_start_matches("//!").split('|').map(str::trim).collect();
            let Some(lifecycle) = Lifecycle::parse(cells[1]) else {
                continue;
            };
            rows += 1;
            for authentication in ["unchecked", "valid", "suspect", "expired", "rejected"] {
                for capability in ["complete", "insufficient", "unproven"] {
                    let fits = (cells[2] == "any" || cells[2] == authentication)
                        && (cells[3] == "any"
                            || cells[3] == capability
                            || (cells[3] == "else" && capability != "insufficient"));
                    if !fits {
                        continue;
                    }
                    let axes = Axes {
                        authentication: Authentication::parse(authentication).unwrap(),
                        capability: Capability::parse(capability).unwrap(),
                        lifecycle,
                    };
                    let status = axes.status(None, now);
                    assert!(cells[4].starts_with(status.word()), "{line} gives {status:?}");
                    assert_eq!(cells[5], axes.servicestage(None, now).to_string(), "{line}");
                    assert_eq!(cells[6] == "yes", status.may_be_lent(), "{line}");
                }
            }
        }
        assert_eq!(rows, 8);
    }

    #[test]
    fn time_passes() {
        let valid = Axes { authentication: Authentication::Valid, ..Axes::NEW };
        let now = Timestamp::from_millis(1_000_000_000_000);
        let day = Duration::from_secs(86_400);
        assert_eq!(valid.status(Some(now.plus(31 * day)), now), Status::Valid);
        assert_eq!(valid.status(Some(now.plus(30 * day)), now), Status::Expiring);
        assert_eq!(valid.status(Some(now), now), Status::Expired);
        assert_eq!(Axes::NEW.status(Some(now), now), Status::Expired);
    }
}
