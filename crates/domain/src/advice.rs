//! Advice beside a status: what people would do better, and never a refusal.

use std::time::Duration;

use serde::Deserialize;
use serde::Serialize;

use crate::Timestamp;
use crate::check::Findings;
use crate::check::IdentityKind;
use crate::check::Verdict;
use crate::credential::Credential;
use crate::credential::ExpirySource;

/// A life longer than this is advised against.
pub const LIFE_MAX: Duration = Duration::from_secs(365 * 24 * 3600);
/// From when a value is old, when the organization does not say.
pub const VALUE_AGE_MAX: Duration = LIFE_MAX;
/// From when a credential is unused.
pub const UNUSED_AFTER: Duration = Duration::from_secs(90 * 24 * 3600);

/// One piece of advice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// A word for programs, as in `no_expiry`.
    pub code: String,
    /// A sentence for people.
    pub sentence: String,
    /// Where to go, if there is a page for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl Advice {
    /// Advice without a link.
    pub fn new(code: &str, sentence: impl Into<String>) -> Advice {
        Advice { code: code.to_owned(), sentence: sentence.into(), link: None }
    }

    /// Adds where to go.
    #[must_use]
    pub fn link(mut self, link: impl Into<String>) -> Advice {
        self.link = Some(link.into());
        self
    }
}

/// What is known beside the findings.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// The credential.
    pub credential: &'a Credential,
    /// When the value in use was given.
    pub value_since: Timestamp,
    /// From which age a value is old.
    pub value_age_max: Duration,
    /// Handles of other credentials that hold the same secret.
    pub same_secret: &'a [String],
    /// Now.
    pub now: Timestamp,
}

/// All that there is to say, most pressing first.
pub fn advise(findings: &Findings, about: Circumstances<'_>) -> Vec<Advice> {
    let mut advice = findings.remarks.clone();
    advice.extend(about_expiry(findings, about));
    if about.credential.member_id.is_none() {
        advice.extend(about_identity(findings));
    }
    advice.extend(about_value(about));
    if is_unclear(&about.credential.name) {
        advice.push(Advice::new(
            "unclear_name",
            "The name does not say what the credential is for; name its use, as in \"acme builds, read\".",
        ));
    }
    advice
}

fn about_expiry(findings: &Findings, about: Circumstances<'_>) -> Option<Advice> {
    if findings.verdict != Verdict::Accepted || about.credential.kind.renews_itself() {
        return None;
    }
    match (about.credential.expires_at, about.credential.expiry_source) {
        (Some(end), _) if end > about.now.plus(LIFE_MAX) => Some(Advice::new(
            "long_life",
            "It lives for more than 365 days; between 90 days and a year is advised.",
        )),
        (None, ExpirySource::None) => Some(Advice::new(
            "no_expiry",
            "It never expires; give the next one an end between 90 days and a year away.",
        )),
        (None, ExpirySource::Unknowable) => Some(Advice::new(
            "unknown_expiry",
            "The provider does not tell when it expires; enter the date so that you are warned in time.",
        )),
        _ => None,
    }
}

fn about_identity(findings: &Findings) -> Option<Advice> {
    let identity = findings.identity.as_ref()?;
    (identity.kind == Some(IdentityKind::Person)).then(|| {
        let login = crate::text::printable(&identity.login, 80);
        Advice::new(
            "personal_account",
            format!("It belongs to the person {login}, and ends with the account; a dedicated account is advised."),
        )
    })
}

fn about_value(about: Circumstances<'_>) -> Vec<Advice> {
    let mut advice = Vec::new();
    if !about.same_secret.is_empty() {
        advice.push(Advice::new(
            "stored_twice",
            format!("The same secret is also stored as {}.", about.same_secret.join(", ")),
        ));
    }
    if about.value_since.plus(about.value_age_max) < about.now {
        let days = about.value_age_max.as_secs() / 86_400;
        advice.push(Advice::new(
            "old_value",
            format!("Its value is older than {days} days; replace it."),
        ));
    }
    let last_used = about.credential.last_used_at.unwrap_or(about.credential.created_at);
    if last_used.plus(UNUSED_AFTER) < about.now {
        advice.push(Advice::new(
            "unused",
            "It was not used for 90 days; delete it if nobody needs it.",
        ));
    }
    advice
}

/// Whether a name says nothing: too short, or only words every token could have.
fn is_unclear(name: &str) -> bool {
    const EMPTY: [&str; 14] = [
        "token",
        "test",
        "tmp",
        "temp",
        "new",
        "my",
        "git",
        "github",
        "gitlab",
        "bitbucket",
        "pat",
        "key",
        "secret",
        "credential",
    ];
    let words = crate::credential::search_words(&[name]);
    let says = |word: &String| {
        word.chars().count() > 1
            && !EMPTY.contains(&word.as_str())
            && !word.chars().all(char::is_numeric)
    };
    !words.iter().any(says)
}

#[cfg(test)]
mod tests {
    use super::is_unclear;

    #[test]
    fn names_that_say_nothing() {
        for name in ["token", "My GitHub token", "test 2", "x", "git-pat"] {
            assert!(is_unclear(name), "{name}");
        }
        for name in ["acme builds", "Jenkins token", "ci", "部署"] {
            assert!(!is_unclear(name), "{name}");
        }
    }
}
