//! A browser's session in the console: whom it stands for, how it was made, how long it is good.

use crate::Timestamp;
use crate::id::ApiTokenId;
use crate::id::MemberId;
use crate::id::OrganizationId;
use crate::id::SessionId;
use crate::limits;
use crate::provider::Provider;

/// Whom a session, or a link that makes one, stands for. Its rights are theirs, and end with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// Whoever has an API token.
    ApiToken(ApiTokenId),
    /// A member.
    Member(MemberId),
}

/// How somebody signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// By a link that is good once.
    Link,
    /// By setting an empty server up.
    Setup,
    /// At the configured OIDC issuer.
    Oidc,
    /// At a provider.
    Provider(Provider),
}

impl Way {
    /// The word on the wire and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Way::Link => "link",
            Way::Setup => "setup",
            Way::Oidc => "oidc",
            Way::Provider(provider) => provider.word(),
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Way> {
        match word {
            "link" => Some(Way::Link),
            "setup" => Some(Way::Setup),
            "oidc" => Some(Way::Oidc),
            provider => Provider::parse(provider).ok().map(Way::Provider),
        }
    }
}

/// A session as stored; its secret is known only to the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleSession {
    /// Its id.
    pub id: SessionId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Whom it stands for.
    pub holder: Holder,
    /// How it was made.
    pub way: Way,
    /// The members, each of another organization, among whom its sign-in lets choose; empty if there
    /// is no choice.
    pub memberships: Vec<MemberId>,
    /// What the browser calls itself, cut and made printable.
    pub user_agent: String,
    /// When its sign-in was; a change of the organization makes it no longer.
    pub made_at: Timestamp,
    /// When it was used last; written down every few minutes.
    pub seen_at: Timestamp,
    /// When it ends by itself, if nobody uses it until then.
    pub expires_at: Timestamp,
    /// When somebody ended it.
    pub ended_at: Option<Timestamp>,
}

impl ConsoleSession {
    /// Whether it is good, as far as it goes: whom it stands for may have ended.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.expires_at
    }

    /// Whether its use is to be written down again.
    pub fn is_to_be_seen(&self, now: Timestamp) -> bool {
        now >= self.seen_at.plus(limits::SESSION_SEEN_EVERY)
    }
}

/// When a session ends by itself that is used now.
pub fn expires_at(made_at: Timestamp, now: Timestamp) -> Timestamp {
    now.plus(limits::SESSION_IDLE_MAX).min(made_at.plus(limits::SESSION_TIME_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn use_makes_a_session_longer_but_not_for_ever() {
        let made = Timestamp::from_millis(1_000);
        assert_eq!(expires_at(made, made), made.plus(limits::SESSION_IDLE_MAX));
        let late = made.plus(limits::SESSION_TIME_MAX - limits::SESSION_SEEN_EVERY);
        assert_eq!(expires_at(made, late), made.plus(limits::SESSION_TIME_MAX));
    }

    #[test]
    fn every_way_has_its_word() {
        let ways = Provider::ALL.into_iter().map(Way::Provider);
        for way in ways.chain([Way::Link, Way::Setup, Way::Oidc]) {
            assert_eq!(Way::parse(way.word()), Some(way));
        }
        assert_eq!(Way::parse("password"), None);
    }
}
