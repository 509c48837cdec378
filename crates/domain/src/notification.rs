//! Warnings to people: what is told, once each, and which of them become one message.
//!
//! Deliberately not here: how a message travels and what it looks like there.

use std::time::Duration;

use crate::Error;
use crate::Result;
use crate::Timestamp;
use crate::credential::Credential;
use crate::id::ChannelId;
use crate::id::CredentialId;
use crate::id::NotificationId;
use crate::id::OrganizationId;
use crate::limits;
use crate::quiet::QuietHours;
use crate::text::printable;
use crate::warning_days::WarningDays;

/// What happened to a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It ends within so many days.
    ExpiresSoon {
        /// The days.
        days: u16,
    },
    /// It has ended.
    Expired,
    /// Its host does not accept it any more.
    Rejected,
    /// It may do less than before.
    PermissionsLost,
    /// It works again.
    Recovered,
    /// It could not be renewed.
    RenewalFailed,
    /// Its value has been in use for too long.
    OldValue,
}

impl Kind {
    /// The word of every kind.
    pub const WORDS: [&str; 7] = [
        "expires_soon",
        "expired",
        "rejected",
        "permissions_lost",
        "recovered",
        "renewal_failed",
        "old_value",
    ];

    /// The stored and shown word.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::ExpiresSoon { .. } => "expires_soon",
            Kind::Expired => "expired",
            Kind::Rejected => "rejected",
            Kind::PermissionsLost => "permissions_lost",
            Kind::Recovered => "recovered",
            Kind::RenewalFailed => "renewal_failed",
            Kind::OldValue => "old_value",
        }
    }

    /// The days of a warning ahead of time.
    pub const fn days(self) -> Option<u16> {
        match self {
            Kind::ExpiresSoon { days } => Some(days),
            _ => None,
        }
    }

    /// Reads word and days back.
    pub fn parse(word: &str, days: Option<u16>) -> Option<Kind> {
        match (word, days) {
            ("expires_soon", Some(days)) => Some(Kind::ExpiresSoon { days }),
            ("expired", None) => Some(Kind::Expired),
            ("rejected", None) => Some(Kind::Rejected),
            ("permissions_lost", None) => Some(Kind::PermissionsLost),
            ("recovered", None) => Some(Kind::Recovered),
            ("renewal_failed", None) => Some(Kind::RenewalFailed),
            ("old_value", None) => Some(Kind::OldValue),
            _ => None,
        }
    }

    /// Checks a word that people wrote.
    pub fn check_word(word: &str) -> Result<()> {
        if Kind::WORDS.contains(&word) {
            return Ok(());
        }
        Err(Error::invalid(format!("\"{}\" is no kind of warning.", printable(word, 40)))
            .hint(format!("kinds are {}", Kind::WORDS.join(", "))))
    }
}

/// What is to be told about an end now on these days: that it is over, or the nearest that has come.
pub fn due(
    days: &WarningDays,
    valid_since: Timestamp,
    expires_at: Timestamp,
    now: Timestamp,
) -> Option<Kind> {
    if expires_at <= now {
        return Some(Kind::Expired);
    }
    days.come(valid_since, expires_at, now).map(|days| Kind::ExpiresSoon { days })
}

/// Whom a warning is about.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// The credential.
    pub credential: &'a Credential,
    /// What fails together: the login it belongs to, else its host.
    pub group: &'a str,
}

/// A warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its id.
    pub id: NotificationId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The credential, unless it was deleted since.
    pub credential_id: Option<CredentialId>,
    /// The credential's handle.
    pub handle: String,
    /// The credential's name as it was.
    pub name: String,
    /// What happened.
    pub kind: Kind,
    /// What makes it once: a second one with the same key is not told.
    pub key: String,
    /// The sentence for people.
    pub sentence: String,
    /// What fails together.
    pub group: String,
    /// When.
    pub at: Timestamp,
}

impl Notice {
    /// A warning about a credential. `moment` is the end it is about, and for all that is not about
    /// an end the moment from which it is so: the same kind, version and moment are told once.
    /// `detail` completes the sentence and may come from outside, but never holds a secret.
    pub fn new(
        id: NotificationId,
        subject: &Subject<'_>,
        kind: Kind,
        moment: Timestamp,
        detail: &str,
        at: Timestamp,
    ) -> Notice {
        let credential = subject.credential;
        let days = kind.days().map_or_else(String::new, |days| format!(":{days}"));
        let key = format!("{}{days}:v{}:{moment}", kind.word(), credential.current_version);
        Notice {
            id,
            organization_id: credential.organization_id,
            credential_id: Some(credential.id),
            handle: credential.handle.clone(),
            name: credential.name.clone(),
            kind,
            key,
            sentence: sentence(credential, kind, moment, detail),
            group: printable(subject.group, limits::NAME_CHARACTERS_MAX),
            at,
        }
    }
}

fn sentence(credential: &Credential, kind: Kind, moment: Timestamp, detail: &str) -> String {
    let detail = printable(detail.trim_end_matches('.'), limits::NOTICE_DETAIL_CHARACTERS_MAX);
    let because = if detail.is_empty() { String::new() } else { format!(": {detail}") };
    let who = format!("{} (\"{}\")", credential.handle, printable(&credential.name, 80));
    let date: String = moment.to_string().chars().take(10).collect();
    match kind {
        Kind::ExpiresSoon { days: 1 } => {
            format!("The credential {who} expires within a day, on {date}{because}.")
        }
        Kind::ExpiresSoon { days } => {
            format!("The credential {who} expires within {days} days, on {date}{because}.")
        }
        Kind::Expired => format!("The credential {who} expired on {date}{because}."),
        Kind::Rejected => format!("The credential {who} is not accepted any more{because}."),
        Kind::PermissionsLost => format!("The credential {who} may do less than before{because}."),
        Kind::Recovered => format!("The credential {who} works again{because}."),
        Kind::RenewalFailed => format!("The credential {who} could not be renewed{because}."),
        Kind::OldValue => {
            format!(
                "The value of the credential {who} is in use since {date}; replace it{because}."
            )
        }
    }
}

/// How a channel tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChannelKind {
    /// By mail, through the operator's mail server.
    Email,
    /// A chat that takes Slack's messages.
    Slack,
    /// A webhook signed as Standard Webhooks says.
    Webhook,
}

impl ChannelKind {
    /// Every kind.
    pub const ALL: [ChannelKind; 3] =
        [ChannelKind::Email, ChannelKind::Slack, ChannelKind::Webhook];

    /// The stored and shown word.
    pub const fn word(self) -> &'static str {
        match self {
            ChannelKind::Email => "email",
            ChannelKind::Slack => "slack",
            ChannelKind::Webhook => "webhook",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Result<ChannelKind> {
        ChannelKind::ALL.into_iter().find(|kind| kind.word() == word).ok_or_else(|| {
            Error::invalid(format!("\"{}\" is no kind of channel.", printable(word, 40)))
                .hint("kinds are email, slack and webhook")
        })
    }
}

/// A way to tell people, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Its name, unique in the organization.
    pub name: String,
    /// How it tells.
    pub kind: ChannelKind,
    /// Mail addresses.
    pub recipients: Vec<String>,
    /// Where its URL leads, without path and query, which are secret.
    pub address: Option<String>,
    /// The only kinds it is told, by word; empty means all.
    pub only: Vec<String>,
    /// How many days before an end it warns.
    pub days: WarningDays,
    /// When it is left alone.
    pub quiet_hours: Option<QuietHours>,
    /// Whether it is in use.
    pub is_enabled: bool,
    /// When it was added.
    pub created_at: Timestamp,
}

impl Channel {
    /// Whether it is told this.
    pub fn wants(&self, kind: Kind) -> bool {
        let is_its_day = kind.days().is_none_or(|days| self.days.all().contains(&days));
        self.is_enabled && self.is_about(kind.word()) && is_its_day
    }

    /// Whether it tells that something ends soon, on whichever days, as long as it is in use.
    pub fn is_about_ends(&self) -> bool {
        self.is_about("expires_soon")
    }

    fn is_about(&self, word: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|it| it == word)
    }

    /// Who gets a message of their own; the empty text where there is only one way.
    pub fn addressees(&self) -> Vec<&str> {
        match self.kind {
            ChannelKind::Email => self.recipients.iter().map(String::as_str).collect(),
            ChannelKind::Slack | ChannelKind::Webhook => vec![""],
        }
    }
}

/// Checks a mail address as far as it matters here: one line, one `@`, nothing that ends a header.
pub fn check_address(address: &str) -> Result<()> {
    let is_plain = |part: &str| {
        let is_in = |c: char| {
            !c.is_whitespace() && !crate::text::is_deceptive(c) && !"<>,;:\"()".contains(c)
        };
        !part.is_empty() && part.chars().all(is_in)
    };
    let parts = address.split_once('@').filter(|(_, domain)| !domain.contains('@'));
    let is_good = address.len() <= limits::ADDRESS_BYTES_MAX
        && parts.is_some_and(|(local, domain)| is_plain(local) && is_plain(domain));
    if is_good {
        return Ok(());
    }
    Err(Error::invalid(format!("\"{}\" is not a mail address.", printable(address, 80)))
        .hint("write it plain, as in ops@acme.example"))
}

/// Which warnings that wait for one recipient become one message: those of one group, or all of
/// them when there are many. Order is kept, and no message is longer than the limit.
pub fn digests(notices: Vec<Notice>) -> Vec<Vec<Notice>> {
    let is_flood = notices.len() > limits::SINGLE_NOTICES_MAX;
    let mut messages: Vec<Vec<Notice>> = Vec::new();
    for notice in notices {
        let fits = |message: &&mut Vec<Notice>| {
            let is_same = message.first().is_some_and(|first| first.group == notice.group);
            (is_flood || is_same) && message.len() < limits::DIGEST_NOTICES_MAX
        };
        match messages.iter_mut().find(fits) {
            Some(message) => message.push(notice),
            None => messages.push(vec![notice]),
        }
    }
    messages
}

/// After how long a warning that could not be told so many times is tried again; `None`: given up.
pub fn next_attempt_after(attempts: i64) -> Option<Duration> {
    const MINUTES: [u64; 5] = [1, 5, 30, 120, 360];
    if attempts >= limits::DELIVERY_ATTEMPTS_MAX {
        return None;
    }
    let index = usize::try_from(attempts.saturating_sub(1)).unwrap_or(0);
    let minutes = MINUTES.get(index).or(MINUTES.last()).copied()?;
    Some(Duration::from_secs(60 * minutes))
}

#[cfg(test)]
#[path = "notification_tests.rs"]
mod tests;
