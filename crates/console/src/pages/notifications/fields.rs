//! The fields of a channel, as they are typed and read.

use domain::Secret;
use domain::notification::Channel;
use domain::notification::ChannelKind;
use domain::notification::Kind;
use domain::text::hexadecimal;
use domain::warning_days::WarningDays;
use serde::Deserialize;

use crate::form::text;
use crate::words;

/// What is typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    pub name: String,
    pub kind: String,
    /// Mail addresses, one a line.
    pub recipients: String,
    /// The URL; it is a secret, as whoever knows it may write there.
    pub secret: Option<Secret>,
    /// Days before an end, parted by commas; none are the usual ones.
    pub days: String,
    pub quiet: String,
    pub is_enabled: Option<String>,
    /// The channel as the page showed it.
    pub seen: String,
    expires_soon: Option<String>,
    expired: Option<String>,
    rejected: Option<String>,
    permissions_lost: Option<String>,
    recovered: Option<String>,
    renewal_failed: Option<String>,
    old_value: Option<String>,
}

/// A kind of warning to choose.
pub struct Choice {
    pub word: &'static str,
    pub name: &'static str,
    pub is_chosen: bool,
}

impl Fields {
    /// A channel's fields.
    pub fn of(channel: &Channel) -> Fields {
        let mut fields = Fields {
            name: channel.name.clone(),
            kind: channel.kind.word().to_owned(),
            recipients: channel.recipients.join("\n"),
            days: own_days(channel),
            quiet: channel.quiet_hours.as_ref().map(ToString::to_string).unwrap_or_default(),
            is_enabled: channel.is_enabled.then(|| "on".to_owned()),
            seen: seen(channel),
            ..Fields::default()
        };
        for word in &channel.only {
            if let Some(mark) = fields.mark(word) {
                *mark = Some("on".to_owned());
            }
        }
        fields
    }

    fn mark(&mut self, word: &str) -> Option<&mut Option<String>> {
        Some(match word {
            "expires_soon" => &mut self.expires_soon,
            "expired" => &mut self.expired,
            "rejected" => &mut self.rejected,
            "permissions_lost" => &mut self.permissions_lost,
            "recovered" => &mut self.recovered,
            "renewal_failed" => &mut self.renewal_failed,
            "old_value" => &mut self.old_value,
            _ => return None,
        })
    }

    /// The kinds of warnings, and which of them are chosen.
    pub fn choices(&mut self) -> Vec<Choice> {
        let choice = |word: &'static str| Choice {
            word,
            name: words::warning(word),
            is_chosen: self.mark(word).is_some_and(|mark| mark.is_some()),
        };
        Kind::WORDS.into_iter().map(choice).collect()
    }

    /// The only kinds that are told; none means all.
    pub fn only(&mut self) -> Vec<String> {
        let chosen = self.choices().into_iter().filter(|choice| choice.is_chosen);
        chosen.map(|choice| choice.word.to_owned()).collect()
    }

    /// Mail addresses; people also part them by commas and blanks.
    pub fn recipients(&self) -> Vec<String> {
        let parts = self.recipients.split(|c: char| c.is_whitespace() || ",;".contains(c));
        parts.filter_map(text).collect()
    }

    /// The days before an end.
    pub fn days(&self) -> domain::Result<WarningDays> {
        WarningDays::parse(&self.days)
    }

    /// The URL, if one was typed.
    pub fn take_url(&mut self) -> Option<Secret> {
        self.secret.take().filter(|secret| !secret.is_empty())
    }
}

/// The days before an end of a channel that has some of its own.
fn own_days(channel: &Channel) -> String {
    if channel.days.given().is_empty() { String::new() } else { channel.days.to_string() }
}

/// What a channel is, in short; it differs once anything was changed.
pub fn seen(channel: &Channel) -> String {
    let text = format!("{channel:?}");
    hexadecimal(&broker::digest(text.as_bytes()))
}

/// A kind of channel, in words.
pub fn kind(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::Email => "Mail",
        ChannelKind::Slack => "Chat",
        ChannelKind::Webhook => "Signed webhook",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_warning_has_a_field() {
        for word in Kind::WORDS {
            let mut fields: Fields = serde_urlencoded::from_str(&format!("{word}=on")).unwrap();
            assert_eq!(fields.only(), [word]);
        }
        assert!(Fields::default().only().is_empty());
    }

    #[test]
    fn addresses_are_parted_as_people_part_them() {
        let recipients = "a@acme.example, b@acme.example\r\nc@acme.example;".to_owned();
        let fields = Fields { recipients, ..Fields::default() };
        assert_eq!(fields.recipients(), ["a@acme.example", "b@acme.example", "c@acme.example"]);
    }
}
