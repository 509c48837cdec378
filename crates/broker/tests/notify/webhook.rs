//! Webhooks and chats: signatures, retries and their end, and that URLs stay secret.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::limits::DELIVERY_ATTEMPTS_MAX;
use domain::notification::ChannelKind;
use serde_json::Value;
use testkit::Receiver;
use testkit::receiver::Manner;
use testkit::receiver::Request;

use crate::world::On;
use crate::world::World;

/// Checks a request as a receiver that follows Standard Webhooks does.
pub fn verify(secret: &str, request: &Request) -> bool {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let header = |name: &str| request.headers[name].as_str();
    let signed =
        format!("{}.{}.{}", header("webhook-id"), header("webhook-timestamp"), request.body);
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    header("webhook-signature").split(' ').any(|signature| {
        let given = signature.strip_prefix("v1,").and_then(|text| STANDARD.decode(text).ok());
        given.is_some_and(|given| hmac::verify(&key, signed.as_bytes(), &given).is_ok())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_can_verify_what_it_gets() {
    let world = World::new(On::Sqlite).await;
    let receiver = Receiver::start().await;
    let url = receiver.url("/hooks/claviger?token=x");
    let made = world.channel("hook", ChannelKind::Webhook, &[&url]).await;
    let key = made.signing_key.unwrap();
    let secret = key.expose_text().unwrap();
    let credential = world.credential("builds").await;
    let id = world.rejected(&credential, "ci").await;
    world.settled_round().await;
    let requests = receiver.requests();
    assert_eq!(requests.len(), 1);
    let request = &requests[0];
    assert_eq!(request.line, "POST /hooks/claviger?token=x HTTP/1.1");
    assert_eq!(request.headers["content-type"], "application/json");
    assert_eq!(request.headers["webhook-id"], format!("msg_{id}"));
    assert!(verify(secret, request));
    let forged = Request { body: request.body.replace("builds", "bilds"), ..request.clone() };
    assert!(!verify(secret, &forged));
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(body["type"], "credential.rejected");
    assert_eq!(body["data"]["credential_id"], credential.id.to_string());
    assert_eq!(body["data"]["handle"], "builds");
    let hook = made.channel.id.to_string();
    world.broker.test_channel(&world.caller, &hook).await.unwrap();
    let test = receiver.requests().pop().unwrap();
    assert!(verify(secret, &test));
    assert_eq!(serde_json::from_str::<Value>(&test.body).unwrap()["type"], "channel.test");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_tried_again_and_given_up() {
    let world = World::new(On::Sqlite).await;
    let receiver = Receiver::start().await;
    let url = receiver.url("/services/canary-path");
    world.channel("chat", ChannelKind::Slack, &[&url]).await;
    receiver.behave(Manner::Say("503 Service Unavailable".to_owned()));
    world.rejected(&world.credential("a").await, "ci").await;
    world.settled_round().await;
    let mut attempts = 1;
    // The next attempt comes when its time has come, and not before.
    for minutes in [1, 5, 30, 120, 360, 360, 360] {
        let told = world.told().await.remove(0);
        assert_eq!((told.1, told.2), ("waiting", attempts));
        assert_eq!(told.3, format!("http://{} answered 503.", receiver.address));
        let wait = Duration::from_secs(60 * minutes);
        world.clock.advance(wait.checked_sub(Duration::from_millis(1)).unwrap());
        world.round().await;
        assert_eq!(receiver.requests().len(), usize::try_from(attempts).unwrap());
        world.clock.advance(Duration::from_millis(1));
        world.round().await;
        attempts += 1;
        assert_eq!(receiver.requests().len(), usize::try_from(attempts).unwrap());
    }
    assert_eq!(attempts, DELIVERY_ATTEMPTS_MAX);
    let told = world.told().await.remove(0);
    assert_eq!((told.1, told.2), ("failed", DELIVERY_ATTEMPTS_MAX));
    assert!(!told.3.contains("canary"));
    world.clock.advance(Duration::from_secs(30 * 24 * 3600));
    world.round().await;
    assert_eq!(receiver.requests().len(), usize::try_from(attempts).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_not_followed() {
    let world = World::new(On::Sqlite).await;
    let (receiver, elsewhere) = (Receiver::start().await, Receiver::start().await);
    let location = elsewhere.url("/canary");
    receiver.behave(Manner::Say(format!("307 Temporary Redirect\r\nlocation: {location}")));
    let made = world.channel("chat", ChannelKind::Slack, &[&receiver.url("/x")]).await;
    let id = made.channel.id.to_string();
    let refused = world.broker.test_channel(&world.caller, &id).await.unwrap_err();
    let said =
        format!("http://{} answered 307, a redirect, which is not followed.", receiver.address);
    assert_eq!(refused.message(), said);
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_of_strangers_are_guarded() {
    let world = World::new(On::Sqlite).await;
    for (name, url) in [
        ("metadata", "http://169.254.169.254/latest/meta-data"),
        ("private", "https://10.0.0.1/x"),
        ("mapped", "http://[::ffff:192.168.1.1]/x"),
    ] {
        let made = world.channel(name, ChannelKind::Webhook, &[url]).await;
        let id = made.channel.id.to_string();
        let refused = world.broker.test_channel(&world.caller, &id).await.unwrap_err();
        assert_eq!(refused.kind(), domain::ErrorKind::Forbidden, "{refused}");
    }
    world.rejected(&world.credential("a").await, "ci").await;
    world.settled_round().await;
    for told in world.told().await {
        assert_eq!(told.1, "waiting");
        assert!(told.3.contains("dialled"), "{}", told.3);
    }
}
