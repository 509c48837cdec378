//! Odd moments: a channel that changes while something waits, a key that is replaced, a deletion.

use broker::UpdateChannel;
use domain::notification::ChannelKind;
use testkit::Receiver;

use crate::webhook::verify;
use crate::world::On;
use crate::world::World;

async fn change(world: &World, id: &str, change: UpdateChannel) {
    world.broker.update_channel(&world.caller, id, change).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_taken_off_a_channel_hears_nothing_more() {
    let world = World::new(On::Sqlite).await;
    let (a, b) = ("a@acme.example", "b@acme.example");
    let id = world.channel("mail", ChannelKind::Email, &[a, b]).await.channel.id.to_string();
    world.rejected(&world.credential("c").await, "ci").await;
    let recipients = Some(vec![b.to_owned()]);
    change(&world, &id, UpdateChannel { recipients, ..UpdateChannel::default() }).await;
    world.settled_round().await;
    let told = world.told().await;
    assert_eq!((told[0].0.as_str(), told[0].1), (a, "failed"));
    assert_eq!((told[1].0.as_str(), told[1].1), (b, "sent"));
    world.rejected(&world.credential("d").await, "ci").await;
    change(&world, &id, UpdateChannel { is_enabled: Some(false), ..UpdateChannel::default() })
        .await;
    change(&world, &id, UpdateChannel { is_enabled: Some(true), ..UpdateChannel::default() }).await;
    world.settled_round().await;
    let told = world.told().await.pop().unwrap();
    assert_eq!((told.1, told.3.as_str()), ("failed", "The channel was switched off."));
    assert_eq!(world.mails.mails().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_url_given_anew_is_the_one_that_is_used() {
    let world = World::new(On::Sqlite).await;
    let (old, new) = (Receiver::start().await, Receiver::start().await);
    let made = world.channel("hook", ChannelKind::Webhook, &[&old.url("/x")]).await;
    world.rejected(&world.credential("c").await, "ci").await;
    let url = Some(domain::Secret::from(new.url("/y")));
    let id = made.channel.id.to_string();
    change(&world, &id, UpdateChannel { url, ..UpdateChannel::default() }).await;
    world.settled_round().await;
    assert!(old.requests().is_empty());
    let key = made.signing_key.unwrap();
    assert!(verify(key.expose_text().unwrap(), &new.requests()[0]), "the key stays");
}

async fn rekeyed(on: On) {
    let world = World::new(on).await;
    let receiver = Receiver::start().await;
    let made = world.channel("hook", ChannelKind::Webhook, &[&receiver.url("/x")]).await;
    world.channel("chat", ChannelKind::Slack, &[&receiver.url("/y")]).await;
    world.rejected(&world.credential("c").await, "ci").await;
    let done = world.broker.rekey(&|_| {}).await.unwrap();
    assert_eq!(done.secrets, 4, "the credential's, two URLs and a signing key");
    world.settled_round().await;
    let requests = receiver.requests();
    assert_eq!(requests.len(), 2, "{:?}", world.told().await);
    let key = made.signing_key.unwrap();
    let signed = requests.iter().find(|it| it.headers.contains_key("webhook-id")).unwrap();
    assert!(verify(key.expose_text().unwrap(), signed));
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_survive_a_rekey_on_sqlite() {
    rekeyed(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_survive_a_rekey_on_postgres() {
    rekeyed(On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_is_told_though_its_credential_is_gone() {
    let world = World::new(On::Sqlite).await;
    let receiver = Receiver::start().await;
    world.channel("chat", ChannelKind::Slack, &[&receiver.url("/x")]).await;
    let credential = world.credential("c").await;
    world.rejected(&credential, "ci").await;
    let id = credential.id.to_string();
    world.broker.delete_credential(&world.caller, &id, false).await.unwrap();
    world.settled_round().await;
    assert_eq!(receiver.requests().len(), 1);
    assert!(receiver.requests()[0].body.contains("is not accepted any more: the host said no."));
}
