//! The rules of warnings.

use super::*;
use crate::credential::CredentialKind;
use crate::credential::ExpirySource;
use crate::id::HostId;
use crate::status::Axes;

fn at(days: i64) -> Timestamp {
    Timestamp::from_millis(days * 86_400_000)
}

fn credential() -> Credential {
    let id = "01890000-0000-7000-8000-000000000001";
    Credential {
        id: id.parse().unwrap(),
        organization_id: id.parse().unwrap(),
        handle: "builds".to_owned(),
        name: "Builds \u{202e}".to_owned(),
        description: String::new(),
        host_id: id.parse::<HostId>().unwrap(),
        workspace: None,
        kind: CredentialKind::AccessToken,
        username: None,
        guessed_username: None,
        member_id: None,
        given_url: None,
        tag: None,
        app_id: None,
        installation_id: None,
        repository: None,
        covers: Vec::new(),
        is_default: false,
        axes: Axes::NEW,
        expires_at: None,
        expiry_source: ExpirySource::Unknowable,
        current_version: 3,
        created_by: String::new(),
        created_at: at(0),
        updated_at: at(0),
        last_used_at: None,
    }
}

fn notice(kind: Kind, moment: Timestamp, detail: &str, group: &str) -> Notice {
    let id = "01890000-0000-7000-8000-000000000002".parse().unwrap();
    let credential = credential();
    Notice::new(id, &Subject { credential: &credential, group }, kind, moment, detail, at(1))
}

#[test]
fn the_nearest_day_that_has_come_is_due() {
    let usual = WarningDays::default();
    let due_at = |now| due(&usual, at(0), at(100), at(now));
    assert_eq!(due_at(69), None);
    assert_eq!(due_at(70), Some(Kind::ExpiresSoon { days: 30 }));
    assert_eq!(due_at(86), Some(Kind::ExpiresSoon { days: 14 }));
    assert_eq!(due_at(95), Some(Kind::ExpiresSoon { days: 7 }));
    assert_eq!(due_at(99), Some(Kind::ExpiresSoon { days: 1 }));
    assert_eq!(due_at(100), Some(Kind::Expired));
    assert_eq!(due(&usual, at(0), at(10), at(5)), None, "seven days are more than half of ten");
}

#[test]
fn a_channel_wants_its_own_days() {
    let mut channel = Channel {
        id: "01890000-0000-7000-8000-000000000003".parse().unwrap(),
        organization_id: credential().organization_id,
        name: "ops".to_owned(),
        kind: ChannelKind::Slack,
        recipients: Vec::new(),
        address: None,
        only: Vec::new(),
        days: WarningDays::default(),
        quiet_hours: None,
        is_enabled: true,
        created_at: at(0),
    };
    let wants = |channel: &Channel, days| channel.wants(Kind::ExpiresSoon { days });
    assert!(wants(&channel, 30) && !wants(&channel, 60));
    channel.days = WarningDays::parse("60,7").unwrap();
    assert!(wants(&channel, 60) && wants(&channel, 7) && !wants(&channel, 30));
    assert!(channel.wants(Kind::Expired) && channel.is_about_ends());
    channel.only = vec!["expired".to_owned()];
    assert!(!wants(&channel, 60) && !channel.is_about_ends());
    channel.only.push("expires_soon".to_owned());
    assert!(wants(&channel, 60) && !channel.wants(Kind::Rejected));
    channel.is_enabled = false;
    assert!(!wants(&channel, 60) && channel.is_about_ends());
}

#[test]
fn words_are_read_again() {
    let kinds = [
        Kind::ExpiresSoon { days: 7 },
        Kind::Expired,
        Kind::Rejected,
        Kind::PermissionsLost,
        Kind::Recovered,
        Kind::RenewalFailed,
        Kind::OldValue,
    ];
    assert_eq!(kinds.map(Kind::word), Kind::WORDS);
    for kind in kinds {
        assert_eq!(Kind::parse(kind.word(), kind.days()), Some(kind));
        Kind::check_word(kind.word()).unwrap();
    }
    assert_eq!(Kind::parse("expires_soon", None), None);
    assert!(Kind::check_word("expires-soon").is_err());
    for kind in ChannelKind::ALL {
        assert_eq!(ChannelKind::parse(kind.word()).unwrap(), kind);
    }
}

#[test]
fn a_key_tells_thresholds_versions_and_moments_apart() {
    let kind = Kind::ExpiresSoon { days: 7 };
    let first = notice(kind, at(100), "", "ci");
    assert_eq!(first.key, "expires_soon:7:v3:1970-04-11T00:00:00.000Z");
    let said = "The credential builds (\"Builds \\u{202e}\") expires within 7 days, on 1970-04-11.";
    assert_eq!(first.sentence, said);
    assert_ne!(first.key, notice(Kind::ExpiresSoon { days: 1 }, at(100), "", "ci").key);
    assert_ne!(first.key, notice(kind, at(101), "", "ci").key, "the end was moved");
    let rejected = notice(Kind::Rejected, at(1), "it said\n\"no\".", "ci");
    assert!(rejected.sentence.ends_with("any more: it said\\u{a}\"no\"."), "{}", rejected.sentence);
}

#[test]
fn what_fails_together_is_one_message() {
    let of = |groups: &[&str]| {
        let notices = groups.iter().map(|group| notice(Kind::Rejected, at(1), "", group)).collect();
        digests(notices).iter().map(Vec::len).collect::<Vec<_>>()
    };
    assert!(of(&[]).is_empty());
    assert_eq!(of(&["a", "b", "c"]), [1, 1, 1]);
    assert_eq!(of(&["a", "b", "a"]), [2, 1]);
    assert_eq!(of(&["a", "b", "c", "d", "e"]), [1; 5]);
    assert_eq!(of(&["a", "b", "c", "d", "e", "f"]), [6], "too many for one each");
    assert_eq!(of(&["a"; 250]), [100, 100, 50]);
}

#[test]
fn attempts_slow_down_and_end() {
    let minutes: Vec<_> = (1..=8)
        .map(|attempts| next_attempt_after(attempts).map(|span| span.as_secs() / 60))
        .collect();
    let six_hours = Some(360);
    assert_eq!(minutes[..4], [Some(1), Some(5), Some(30), Some(120)]);
    assert_eq!(minutes[4..], [six_hours, six_hours, six_hours, None]);
}

#[test]
fn an_address_cannot_carry_more_than_itself() {
    for good in ["ops@acme.example", "o.p+s@mail.acme.example", "grün@acme.example"] {
        check_address(good).unwrap();
    }
    let long = format!("{}@acme.example", "a".repeat(250));
    for wrong in
        ["", "ops", "@acme", "ops@", "a@b@c", "a b@c", "a@b\r\nBcc: x@y", "<a@b>", "a@b,c@d", &long]
    {
        assert!(check_address(wrong).is_err(), "{wrong:?}");
    }
}
