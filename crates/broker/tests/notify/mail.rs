//! Mail: digests, quiet hours, and recipients that fail alone.

use broker::UpdateChannel;
use domain::Clock;
use domain::Timestamp;
use domain::notification::ChannelKind;
use testkit::mail::Manners;

use crate::world::On;
use crate::world::World;

const OPS: &str = "ops@acme.example";
const LEAD: &str = "lead@acme.example";

/// Recipient and subject of every mail.
fn subjects(world: &World) -> Vec<(String, String)> {
    let mails = world.mails.mails();
    let subject = |text: &str| {
        let line = text.lines().find(|line| line.starts_with("Subject: ")).unwrap();
        line.trim_start_matches("Subject: ").to_owned()
    };
    mails.into_iter().map(|mail| (mail.to, subject(&mail.text))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_together_is_one_mail_for_each_recipient() {
    let world = World::new(On::Sqlite).await;
    world.channel("mail", ChannelKind::Email, &[OPS, LEAD]).await;
    for name in ["a", "b", "c"] {
        world.rejected(&world.credential(name).await, "ci at github.com").await;
    }
    world.rejected(&world.credential("other").await, "jane at github.com").await;
    world.round().await;
    assert!(world.mails.mails().is_empty(), "warnings settle first");
    world.settled_round().await;
    let digest = "3 warnings about credentials of ci at github.com";
    let mut found = subjects(&world);
    found.sort();
    let expected =
        [(LEAD, digest), (LEAD, "other: rejected"), (OPS, digest), (OPS, "other: rejected")];
    assert_eq!(found, expected.map(|(to, subject)| (to.to_owned(), subject.to_owned())));
    let mails = world.mails.mails();
    let listed = mails.iter().find(|mail| mail.text.contains(digest)).unwrap();
    for name in ["a", "b", "c"] {
        let line = format!("- The credential {name}-key (\"{name}\") is not accepted any more");
        assert!(listed.text.replace("=\n", "").contains(&line), "{}", listed.text);
    }
    assert!(world.told().await.iter().all(|told| told.1 == "sent" && told.2 == 1));
    world.settled_round().await;
    assert_eq!(world.mails.mails().len(), 4, "told once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_one_mail() {
    let world = World::new(On::Postgres).await;
    world.channel("mail", ChannelKind::Email, &[OPS]).await;
    for number in 0..8 {
        let name = format!("c{number}");
        world.rejected(&world.credential(&name).await, &format!("group {number}")).await;
    }
    world.settled_round().await;
    let subject = "8 warnings about credentials".to_owned();
    assert_eq!(subjects(&world), [(OPS.to_owned(), subject)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_hours_end_with_one_mail_about_the_night() {
    let world = World::new(On::Sqlite).await;
    let made = world.channel("mail", ChannelKind::Email, &[OPS]).await;
    let change = UpdateChannel {
        quiet_hours: Some("22:00-07:00 Europe/Berlin".to_owned()),
        ..UpdateChannel::default()
    };
    let id = made.channel.id.to_string();
    world.broker.update_channel(&world.caller, &id, change).await.unwrap();
    for hour in ["21:30", "23:30"] {
        // Winter time: Berlin is an hour ahead.
        world.clock.set(Timestamp::parse(&format!("2026-01-05T{hour}:00Z")).unwrap());
        world.rejected(&world.credential(&format!("c{}", &hour[..2])).await, "ci").await;
        world.settled_round().await;
        assert!(world.mails.mails().is_empty());
    }
    world.clock.set(Timestamp::parse("2026-01-06T05:59:59Z").unwrap());
    world.round().await;
    assert!(world.mails.mails().is_empty());
    world.clock.set(Timestamp::parse("2026-01-06T06:00:00Z").unwrap());
    world.round().await;
    let subject = "2 warnings about credentials of ci".to_owned();
    assert_eq!(subjects(&world), [(OPS.to_owned(), subject)]);
    world.clock.set(Timestamp::parse("2026-01-06T22:00:00Z").unwrap());
    world.broker.test_channel(&world.caller, &id).await.unwrap();
    assert_eq!(world.mails.mails().len(), 2, "who tries a channel wants to see it now");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_that_is_refused_fails_alone() {
    let world = World::new(On::Sqlite).await;
    world.channel("mail", ChannelKind::Email, &[OPS, LEAD]).await;
    let refused = vec![(LEAD.to_owned(), "550 5.1.1 no such user".to_owned())];
    world.mails.behave(Manners { refused, ..Manners::default() });
    world.rejected(&world.credential("a").await, "ci").await;
    world.settled_round().await;
    let told = world.told().await;
    assert_eq!((told[0].0.as_str(), told[0].1, told[0].2), (LEAD, "waiting", 1));
    assert!(told[0].3.contains("refused the mail: 550 5.1.1 no such user"), "{}", told[0].3);
    assert_eq!((told[1].0.as_str(), told[1].1), (OPS, "sent"));
    world.mails.behave(Manners::default());
    let before = world.clock.now();
    world.settled_round().await;
    assert!(world.clock.now() > before);
    let to: Vec<String> = world.mails.mails().into_iter().map(|mail| mail.to).collect();
    assert_eq!(to, [OPS, LEAD], "nobody gets it twice");
    let error = world.told().await.remove(0).3;
    assert_eq!(error, "", "what worked in the end has no error");
}
