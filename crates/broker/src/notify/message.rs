//! What a message looks like: as mail, in a chat, and for a program. Pure.

use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::id::OrganizationId;
use domain::notification::Channel;
use domain::notification::Notice;
use serde_json::Value;
use serde_json::json;

/// A message, ready for every kind of channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// The same for the same warnings, so that receivers know what comes again.
    pub id: String,
    /// One line.
    pub subject: String,
    /// All of it.
    pub text: String,
    /// For programs.
    pub body: Value,
}

impl Message {
    /// A message that tells these warnings; `None` when there are none.
    pub fn of(notices: &[Notice]) -> Option<Message> {
        let first = notices.first()?;
        if let [notice] = notices {
            return Some(Message {
                id: format!("msg_{}", notice.id),
                subject: format!("{}: {}", notice.handle, phrase(notice)),
                text: notice.sentence.clone(),
                body: json!({
                    "type": format!("credential.{}", notice.kind.word()),
                    "timestamp": notice.at,
                    "data": facts(notice),
                }),
            });
        }
        let ids: String = notices.iter().map(|notice| notice.id.to_string()).collect();
        let digest: String = vault::digest_text(&ids).chars().take(32).collect();
        let is_one_group = notices.iter().all(|notice| notice.group == first.group);
        let group = is_one_group.then_some(first.group.as_str());
        let about = group.map_or_else(String::new, |group| format!(" of {group}"));
        let subject = format!("{} warnings about credentials{about}", notices.len());
        let lines: String =
            notices.iter().map(|notice| format!("\n- {}", notice.sentence)).collect();
        Some(Message {
            id: format!("msg_{digest}"),
            text: format!("{subject}:\n{lines}"),
            subject,
            body: json!({
                "type": "credential.digest",
                "timestamp": first.at,
                "data": {
                    "organization_id": first.organization_id,
                    "group": group,
                    "warnings": notices.iter().map(facts).collect::<Vec<_>>(),
                },
            }),
        })
    }

    /// A message that only shows that a channel works.
    pub fn test(channel: &Channel, id: &str, at: Timestamp) -> Message {
        let sentence = format!(
            "This is a test of the channel \"{}\"; warnings will arrive like this.",
            domain::text::printable(&channel.name, 80)
        );
        let organization: OrganizationId = channel.organization_id;
        Message {
            id: format!("msg_{id}"),
            subject: "A test of warnings about credentials".to_owned(),
            body: json!({
                "type": "channel.test",
                "timestamp": at,
                "data": { "organization_id": organization, "sentence": sentence },
            }),
            text: sentence,
        }
    }

    /// The body for a chat, which takes `&`, `<` and `>` for its own.
    pub fn for_chat(&self) -> Result<Vec<u8>> {
        let text = self.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        serde_json::to_vec(&json!({ "text": text })).map_err(Error::internal)
    }

    /// The body for a program.
    pub fn for_program(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(&self.body).map_err(Error::internal)
    }
}

fn facts(notice: &Notice) -> Value {
    json!({
        "organization_id": notice.organization_id,
        "notification_id": notice.id,
        "credential_id": notice.credential_id,
        "handle": notice.handle,
        "name": notice.name,
        "kind": notice.kind.word(),
        "days": notice.kind.days(),
        "sentence": notice.sentence,
        "at": notice.at,
    })
}

fn phrase(notice: &Notice) -> String {
    match notice.kind.days() {
        Some(1) => "expires within a day".to_owned(),
        Some(days) => format!("expires within {days} days"),
        None => notice.kind.word().replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use domain::notification::ChannelKind;
    use domain::notification::Kind;
    use domain::warning_days::WarningDays;

    use super::*;

    const ID: &str = "01890000-0000-7000-8000-000000000001";

    fn notice(number: u8, kind: Kind, group: &str) -> Notice {
        Notice {
            id: format!("01890000-0000-7000-8000-0000000000{number:02}").parse().unwrap(),
            organization_id: ID.parse().unwrap(),
            credential_id: Some(ID.parse().unwrap()),
            handle: "builds".to_owned(),
            name: "Builds <&>".to_owned(),
            kind,
            key: String::new(),
            sentence: "It is <!channel> & over.".to_owned(),
            group: group.to_owned(),
            at: Timestamp::from_millis(0),
        }
    }

    #[test]
    fn one_warning_is_its_sentence() {
        let message = Message::of(&[notice(2, Kind::ExpiresSoon { days: 7 }, "ci")]).unwrap();
        assert_eq!(message.id, "msg_01890000-0000-7000-8000-000000000002");
        assert_eq!(message.subject, "builds: expires within 7 days");
        assert_eq!(message.body["type"], "credential.expires_soon");
        assert_eq!(message.body["data"]["days"], 7);
        let chat: Value = serde_json::from_slice(&message.for_chat().unwrap()).unwrap();
        assert_eq!(chat, json!({ "text": "It is &lt;!channel&gt; &amp; over." }));
        assert_eq!(Message::of(&[]), None);
    }

    #[test]
    fn several_are_listed_and_known_again() {
        let of = |numbers: &[u8], group: &str| {
            let notices: Vec<_> =
                numbers.iter().map(|n| notice(*n, Kind::Rejected, group)).collect();
            Message::of(&notices).unwrap()
        };
        let message = of(&[1, 2, 3], "ci");
        assert_eq!(message.subject, "3 warnings about credentials of ci");
        assert_eq!(message.text.matches("\n- It is").count(), 3);
        assert_eq!(message.body["data"]["warnings"].as_array().unwrap().len(), 3);
        assert_eq!(message, of(&[1, 2, 3], "ci"));
        assert_ne!(message.id, of(&[1, 2, 4], "ci").id);
        let mixed =
            Message::of(&[notice(1, Kind::Rejected, "ci"), notice(2, Kind::Expired, "other")]);
        assert_eq!(mixed.unwrap().subject, "2 warnings about credentials");
    }

    #[test]
    fn a_test_names_the_channel() {
        let channel = Channel {
            id: ID.parse().unwrap(),
            organization_id: ID.parse().unwrap(),
            name: "ops".to_owned(),
            kind: ChannelKind::Slack,
            recipients: Vec::new(),
            address: None,
            only: Vec::new(),
            days: WarningDays::default(),
            quiet_hours: None,
            is_enabled: true,
            created_at: Timestamp::from_millis(0),
        };
        let message = Message::test(&channel, "x", Timestamp::from_millis(0));
        assert!(message.text.contains("\"ops\""), "{}", message.text);
        assert_eq!(message.body["type"], "channel.test");
    }
}
