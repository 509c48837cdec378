//! Warnings: told once, to the channels that want them, by one process at a time, and never lost.

use std::time::Duration;

use domain::Clock;
use domain::Timestamp;
use domain::credential::Credential;
use domain::id::ChannelId;
use domain::id::NotificationId;
use domain::id::OrganizationKeyId;
use domain::limits::SETTLE_TIME;
use domain::notification::Channel;
use domain::notification::ChannelKind;
use domain::notification::Kind;
use domain::notification::Notice;
use domain::notification::Subject;
use domain::quiet::QuietHours;
use domain::warning_days::WarningDays;
use store::channels;
use store::channels::SealedChannelSecret;
use store::keys::StoredOrganizationKey;
use store::keys::Wrapped;
use store::notifications;
use store::notifications::DeliveryState;
use store::notifications::Told;
use store::sealed::SealedTable;

use crate::world::World;
use crate::world::on_both_engines;

on_both_engines!(
    a_channel_comes_back_as_it_went_in,
    a_secret_of_a_channel_is_replaced_in_place,
    the_same_thing_is_told_once,
    only_channels_that_want_it_are_told,
    channels_are_told_on_their_own_days,
    a_channel_is_claimed_by_one,
    a_telling_is_tried_again_and_ends,
    a_warning_outlives_its_credential_and_not_its_channel,
    old_warnings_are_forgotten_unless_they_wait,
);

const LONG: Duration = Duration::from_secs(3600);

/// Runs a change and gives its value.
macro_rules! change {
    ($world:expr, $session:ident => $work:expr) => {
        $world
            .committer
            .change(move |$session| Box::pin(async move { Ok(($work, Vec::new())) }))
            .await
            .unwrap()
    };
}

fn channel(world: &World, name: &str, kind: ChannelKind) -> Channel {
    Channel {
        id: ChannelId::generate(world.clock.as_ref(), world.entropy.as_ref()),
        organization_id: world.organization,
        name: name.to_owned(),
        kind,
        recipients: Vec::new(),
        address: Some("https://hooks.example".to_owned()),
        only: Vec::new(),
        days: WarningDays::default(),
        quiet_hours: None,
        is_enabled: true,
        created_at: world.clock.now(),
    }
}

async fn add(world: &World, channel: &Channel) {
    let stored = channel.clone();
    change!(world, session => channels::insert(session, &stored).await?);
}

fn notice(world: &World, credential: &Credential, kind: Kind) -> Notice {
    world.clock.advance(Duration::from_millis(1));
    let id = NotificationId::generate(world.clock.as_ref(), world.entropy.as_ref());
    let subject = Subject { credential, group: "ci" };
    Notice::new(id, &subject, kind, Timestamp::from_millis(7), "", world.clock.now())
}

async fn tell(world: &World, notice: &Notice) -> bool {
    let notice = notice.clone();
    change!(world, session => notifications::tell(session, &notice).await?)
}

async fn deliveries(world: &World) -> Vec<notifications::Delivery> {
    let mut session = world.store.session().await.unwrap();
    let page = notifications::page(&mut session, world.organization, "z", 50).await.unwrap();
    let (Some(last), Some(first)) = (page.first(), page.last()) else { return Vec::new() };
    notifications::deliveries_between(&mut session, world.organization, first.id, last.id)
        .await
        .unwrap()
}

async fn a_channel_comes_back_as_it_went_in(world: World) {
    let mut ops = channel(&world, "Ops “mail”", ChannelKind::Email);
    ops.recipients = vec!["a@acme.example".to_owned(), "b@acme.example".to_owned()];
    ops.only = vec!["rejected".to_owned()];
    ops.days = WarningDays::parse("60,30,7").unwrap();
    ops.quiet_hours = Some(QuietHours::parse("22:00-07:00 Europe/Berlin").unwrap());
    add(&world, &ops).await;
    let mut session = world.store.session().await.unwrap();
    let read = channels::by_id(&mut session, world.organization, ops.id).await.unwrap();
    assert_eq!(read.as_ref(), Some(&ops));
    ops.name = "Ops".to_owned();
    ops.days = WarningDays::parse("90").unwrap();
    ops.quiet_hours = None;
    ops.address = None;
    ops.is_enabled = false;
    let after = ops.clone();
    change!(world, session => channels::update(session, &after).await?);
    let listed = channels::page(&mut session, world.organization, "", 10).await.unwrap();
    assert_eq!(listed, std::slice::from_ref(&ops));
    assert_eq!(channels::count(&mut session, world.organization).await.unwrap(), 1);
    let again = Channel { id: channel(&world, "", ChannelKind::Slack).id, ..ops };
    let clash = world
        .committer
        .change(move |session| {
            Box::pin(async move { Ok((channels::insert(session, &again).await?, Vec::new())) })
        })
        .await;
    assert_eq!(clash.unwrap_err().kind(), domain::ErrorKind::Conflict);
}

async fn a_secret_of_a_channel_is_replaced_in_place(world: World) {
    let chat = channel(&world, "chat", ChannelKind::Slack);
    add(&world, &chat).await;
    let key = |world: &World| StoredOrganizationKey {
        id: OrganizationKeyId::generate(world.clock.as_ref(), world.entropy.as_ref()),
        organization_id: world.organization,
        wrapped: Wrapped { root_key_id: "r".to_owned(), bytes: vec![1] },
        is_current: true,
    };
    let (old, new, now) = (key(&world), key(&world), world.clock.now());
    let (old_id, new_id) = (old.id, new.id);
    change!(world, session => {
        store::keys::insert_organization(session, &old, now).await?;
        store::keys::insert_organization(session, &new, now).await?;
    });
    let sealed = SealedChannelSecret {
        channel_id: chat.id,
        purpose: "url".to_owned(),
        version: 1,
        organization_id: world.organization,
        organization_key_id: old_id,
        envelope: vec![1, 2, 3],
    };
    let second = SealedChannelSecret { version: 2, envelope: vec![4], ..sealed.clone() };
    let expected =
        SealedChannelSecret { organization_key_id: new_id, envelope: vec![5], ..second.clone() };
    let first = sealed;
    change!(world, session => {
        channels::put_secret(session, &first).await?;
        channels::put_secret(session, &second).await?;
    });
    let mut session = world.store.session().await.unwrap();
    let table = SealedTable::ChannelSecrets;
    let found = store::sealed::under_key(&mut session, table, old_id, 9).await.unwrap();
    change!(world, session => {
        store::sealed::replace(session, &found[0], new_id, &[5]).await?;
        // Another process was faster: nothing is under the old key any more.
        store::sealed::replace(session, &found[0], new_id, &[6]).await?;
    });
    let read = channels::secret(&mut session, chat.id, "url").await.unwrap();
    assert_eq!(read.as_ref(), Some(&expected));
    assert_eq!(channels::secret(&mut session, chat.id, "signing").await.unwrap(), None);
    assert!(!store::sealed::is_any_under(&mut session, old_id).await.unwrap());
    assert!(store::sealed::is_any_under(&mut session, new_id).await.unwrap());
}

async fn the_same_thing_is_told_once(world: World) {
    let credential = world.add(world.credential("c")).await.unwrap();
    let other = world.add(world.credential("d")).await.unwrap();
    add(&world, &channel(&world, "chat", ChannelKind::Slack)).await;
    let soon = Kind::ExpiresSoon { days: 7 };
    assert!(tell(&world, &notice(&world, &credential, soon)).await);
    assert!(!tell(&world, &notice(&world, &credential, soon)).await);
    assert!(tell(&world, &notice(&world, &other, soon)).await);
    assert!(tell(&world, &notice(&world, &credential, Kind::ExpiresSoon { days: 1 })).await);
    assert_eq!(deliveries(&world).await.len(), 3);
    let mut session = world.store.session().await.unwrap();
    let told = notice(&world, &credential, Kind::Expired);
    assert!(tell(&world, &told).await);
    let page = notifications::page(&mut session, world.organization, "z", 1).await.unwrap();
    assert_eq!(page, [told]);
}

async fn only_channels_that_want_it_are_told(world: World) {
    let credential = world.add(world.credential("c")).await.unwrap();
    let mut mail = channel(&world, "mail", ChannelKind::Email);
    mail.recipients = vec!["b@acme.example".to_owned(), "a@acme.example".to_owned()];
    let mut picky = channel(&world, "picky", ChannelKind::Slack);
    picky.only = vec!["rejected".to_owned()];
    let mut off = channel(&world, "off", ChannelKind::Webhook);
    off.is_enabled = false;
    for channel in [&mail, &picky, &off] {
        add(&world, channel).await;
    }
    tell(&world, &notice(&world, &credential, Kind::Recovered)).await;
    let told = |deliveries: Vec<notifications::Delivery>| {
        let shown = deliveries.iter().map(|it| format!("{}/{}", it.channel, it.recipient));
        shown.collect::<Vec<_>>()
    };
    assert_eq!(told(deliveries(&world).await), ["mail/a@acme.example", "mail/b@acme.example"]);
    tell(&world, &notice(&world, &credential, Kind::Rejected)).await;
    let all = told(deliveries(&world).await);
    assert_eq!(all[2..], ["mail/a@acme.example", "mail/b@acme.example", "picky/"]);
}

async fn channels_are_told_on_their_own_days(world: World) {
    let credential = world.add(world.credential("c")).await.unwrap();
    let early = WarningDays::parse("60,7").unwrap();
    let mut session = world.store.session().await.unwrap();
    let mut days = async || channels::warning_days(&mut session, world.organization).await.unwrap();
    assert_eq!(days().await, [WarningDays::default()]);
    add(&world, &channel(&world, "usual", ChannelKind::Slack)).await;
    let of = |name| Channel { days: early.clone(), ..channel(&world, name, ChannelKind::Slack) };
    add(&world, &of("early")).await;
    add(&world, &of("meant")).await;
    let days_of = |text| WarningDays::parse(text).unwrap();
    // What nobody is told by is no reason to look.
    add(&world, &Channel { is_enabled: false, days: days_of("90"), ..of("off") }).await;
    let only = vec!["expired".to_owned()];
    add(&world, &Channel { only, days: days_of("91"), ..of("ended") }).await;
    assert_eq!(days().await, [WarningDays::default(), early.clone()]);
    for days in [60, 30, 7] {
        tell(&world, &notice(&world, &credential, Kind::ExpiresSoon { days })).await;
    }
    let told = deliveries(&world).await.into_iter().map(|it| it.channel).collect::<Vec<_>>();
    assert_eq!(told, ["early", "meant", "usual", "early", "meant", "usual"]);
    let last = notice(&world, &credential, Kind::ExpiresSoon { days: 1 });
    let told = last.clone();
    let is_meant = |channel: &Channel| channel.name == "meant";
    assert!(change!(world, session => notifications::tell_those(session, &told, is_meant).await?));
    assert_eq!(deliveries(&world).await.len(), 6, "it does not want this one");
    let told = notice(&world, &credential, Kind::Expired);
    assert!(change!(world, session => notifications::tell_those(session, &told, is_meant).await?));
    assert_eq!(deliveries(&world).await.pop().unwrap().channel, "meant");
}

async fn a_channel_is_claimed_by_one(world: World) {
    let credential = world.add(world.credential("c")).await.unwrap();
    let chat = channel(&world, "chat", ChannelKind::Slack);
    add(&world, &chat).await;
    tell(&world, &notice(&world, &credential, Kind::Rejected)).await;
    let mut session = world.store.session().await.unwrap();
    let now = world.clock.now();
    assert!(notifications::due_channels(&mut session, now, 9).await.unwrap().is_empty());
    let settled = now.plus(SETTLE_TIME);
    let due = notifications::due_channels(&mut session, settled, 9).await.unwrap();
    assert_eq!(due, std::slice::from_ref(&chat));
    let id = chat.id;
    assert!(change!(world, session => notifications::claim(session, id, "one", LONG).await?));
    assert!(!change!(world, session => notifications::claim(session, id, "two", LONG).await?));
    assert!(notifications::due_channels(&mut session, settled, 9).await.unwrap().is_empty());
    change!(world, session => notifications::release(session, id, "two").await?);
    assert!(!change!(world, session => notifications::claim(session, id, "two", LONG).await?));
    change!(world, session => notifications::release(session, id, "one").await?);
    // A claim that ran out is anybody's: whoever had it may be dead.
    let none = Duration::ZERO;
    assert!(change!(world, session => notifications::claim(session, id, "one", none).await?));
    assert!(change!(world, session => notifications::claim(session, id, "two", LONG).await?));
}

async fn a_telling_is_tried_again_and_ends(world: World) {
    let credential = world.add(world.credential("c")).await.unwrap();
    let chat = channel(&world, "chat", ChannelKind::Slack);
    add(&world, &chat).await;
    let told = notice(&world, &credential, Kind::Rejected);
    tell(&world, &told).await;
    let (id, at) = (chat.id, world.clock.now());
    let later = at.plus(LONG);
    let mut session = world.store.session().await.unwrap();
    let mut waiting = async |by| notifications::waiting(&mut session, id, by, 9).await.unwrap();
    let first = waiting(at.plus(SETTLE_TIME)).await;
    assert_eq!(first.len(), 1);
    assert_eq!((&first[0].notice, first[0].attempts), (&told, 0));
    let item = first[0].clone();
    let again = Told::Again(later, "It did not answer.".to_owned());
    change!(world, session => notifications::mark(session, id, &item, &again, at).await?);
    assert!(waiting(at.plus(SETTLE_TIME)).await.is_empty());
    let item = waiting(later).await.remove(0);
    assert_eq!(item.attempts, 1);
    let shown = deliveries(&world).await.remove(0);
    assert_eq!(shown.state, DeliveryState::Waiting);
    assert_eq!(shown.last_error.as_deref(), Some("It did not answer."));
    let quiet_until = later.plus(LONG);
    change!(world, session => notifications::postpone(session, id, quiet_until).await?);
    assert!(waiting(later).await.is_empty());
    assert_eq!(waiting(quiet_until).await.len(), 1);
    let (item, sent) = (item.clone(), item);
    change!(world, session => notifications::mark(session, id, &item, &Told::Sent, at).await?);
    assert!(waiting(quiet_until).await.is_empty());
    // What was told is not un-told by somebody who comes late.
    let never = Told::Never("late".to_owned());
    change!(world, session => {
        notifications::mark(session, id, &sent, &never, at).await?;
        notifications::give_up(session, id, "late", at).await?;
    });
    let shown = deliveries(&world).await.remove(0);
    assert_eq!((shown.state, shown.attempts, shown.last_error), (DeliveryState::Sent, 2, None));
    tell(&world, &notice(&world, &credential, Kind::Recovered)).await;
    change!(world, session => notifications::give_up(session, id, "off", at).await?);
    assert_eq!(deliveries(&world).await[1].state, DeliveryState::Failed);
}

async fn a_warning_outlives_its_credential_and_not_its_channel(world: World) {
    let credential = world.add(world.credential("c")).await.unwrap();
    let chat = channel(&world, "chat", ChannelKind::Slack);
    add(&world, &chat).await;
    let told = notice(&world, &credential, Kind::Rejected);
    tell(&world, &told).await;
    let (credential_id, channel_id) = (credential.id, chat.id);
    change!(world, session => store::credentials::delete(session, credential_id).await?);
    let mut session = world.store.session().await.unwrap();
    let page = notifications::page(&mut session, world.organization, "z", 9).await.unwrap();
    assert_eq!(page, [Notice { credential_id: None, ..told }]);
    assert_eq!(deliveries(&world).await.len(), 1);
    change!(world, session => channels::delete(session, channel_id).await?);
    assert!(deliveries(&world).await.is_empty());
}

async fn old_warnings_are_forgotten_unless_they_wait(world: World) {
    let credential = world.add(world.credential("c")).await.unwrap();
    tell(&world, &notice(&world, &credential, Kind::Rejected)).await;
    add(&world, &channel(&world, "chat", ChannelKind::Slack)).await;
    let waits = notice(&world, &credential, Kind::Recovered);
    tell(&world, &waits).await;
    let before = world.clock.now().plus(LONG);
    let gone = change!(world, session => notifications::delete_before(session, before).await?);
    assert_eq!(gone, 1);
    let mut session = world.store.session().await.unwrap();
    let page = notifications::page(&mut session, world.organization, "z", 9).await.unwrap();
    assert_eq!(page, [waits]);
}
