//! Tokens and keys against an issuer on loopback, on a clock that the test moves.

use std::sync::Arc;
use std::time::Duration;

use domain::Clock;
use domain::ErrorKind;
use domain::Secret;
use outbound::Guard;
use outbound::Limits;
use outbound::Outbound;
use outbound::Reach;
use serde_json::Value;
use serde_json::json;
use testkit::ManualClock;
use testkit::issuer::AUDIENCE;
use testkit::issuer::Answer;
use testkit::issuer::SigningKey;

use super::Issuer;
use super::OidcSettings;
use super::limits;
use super::looks_like_one;

const EMAIL: &str = "member@example.com";

struct World {
    theirs: testkit::Issuer,
    ours: Arc<Issuer>,
    clock: Arc<ManualClock>,
}

impl World {
    async fn new(keys: &[&SigningKey]) -> World {
        World::with(keys, None).await
    }

    async fn with(keys: &[&SigningKey], claim: Option<&str>) -> World {
        let theirs = testkit::Issuer::start(keys).await;
        let clock = Arc::new(ManualClock::default());
        let claim = claim.map(str::to_owned);
        let settings = OidcSettings::new(theirs.url(), AUDIENCE.to_owned(), claim, true).unwrap();
        let guard = Guard::new(vec!["127.0.0.0/8".parse().unwrap()], true);
        let outbound = Arc::new(Outbound::new(Reach::Guarded(guard), Limits::default()));
        let ours = Arc::new(Issuer::new(settings, outbound, clock.clone()));
        World { theirs, ours, clock }
    }

    fn claims(&self) -> Value {
        self.theirs.claims(EMAIL, self.clock.now().seconds())
    }

    async fn ask(&self, token: &str) -> Result<String, ErrorKind> {
        let presented = Secret::from(token.to_owned());
        self.ours.proven_address(&presented).await.map_err(|error| error.kind())
    }

    /// What a key's good token proves.
    async fn good(&self, key: &SigningKey) -> Result<String, ErrorKind> {
        self.ask(&key.sign(&self.claims())).await
    }

    fn wait(&self, span: Duration) {
        self.clock.advance(span);
    }
}

fn proven() -> Result<String, ErrorKind> {
    Ok(EMAIL.to_owned())
}

const UNKNOWN: Result<String, ErrorKind> = Err(ErrorKind::Unauthenticated);

#[tokio::test]
async fn every_allowed_algorithm_proves_an_address() {
    let words = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];
    let keys: Vec<SigningKey> = words.iter().map(|word| SigningKey::new(word, word)).collect();
    let world = World::new(&keys.iter().collect::<Vec<_>>()).await;
    for key in &keys {
        assert_eq!(world.good(key).await, proven());
        let nameless = key.clone().with_header(|header| header.kid = None);
        assert_eq!(world.good(&nameless).await, proven());
    }
    assert_eq!(world.theirs.fetches(), 1);
}

#[tokio::test]
async fn nobody_signs_with_what_everybody_knows() {
    let key = SigningKey::new("RS256", "one");
    let ec = SigningKey::new("ES256", "two");
    let world = World::new(&[&key, &ec]).await;
    assert_eq!(world.good(&key).await, proven());
    let claims = world.claims();
    let stranger = SigningKey::new("RS256", "one");
    let own_key = stranger.jwk();
    let brings_key = SigningKey::new("RS256", "one").with_header(|header| {
        header.jwk = serde_json::from_value(own_key.clone()).ok();
        header.jku = Some("http://127.0.0.1:1/keys".to_owned());
    });
    let mut cut = key.sign(&claims);
    cut.truncate(cut.len() - 8);
    let mut parts: Vec<String> = key.sign(&claims).split('.').map(str::to_owned).collect();
    let other = key.sign(&world.theirs.claims("owner@example.com", 0));
    parts[1] = other.split('.').nth(1).unwrap().to_owned();
    for (what, token) in [
        ("none", SigningKey::unsigned(&claims)),
        ("HS256 with the public key", key.sign_with_public_part(&claims)),
        ("another key of that name", stranger.sign(&claims)),
        ("a key in the token", brings_key.sign(&claims)),
        ("another algorithm than the key's", {
            let crossed = key.clone().with_header(|it| it.kid = Some("two".to_owned()));
            crossed.sign(&claims)
        }),
        ("RSA-PSS with a key for PKCS #1", {
            let crossed = key.clone().with_header(|it| it.alg = jsonwebtoken::Algorithm::PS256);
            crossed.sign(&claims)
        }),
        ("something critical", {
            let critical = key.clone().with_header(|it| it.crit = Some(vec!["b64".to_owned()]));
            critical.sign(&claims)
        }),
        ("a cut signature", cut),
        ("another payload", parts.join(".")),
    ] {
        assert_eq!(world.ask(&token).await, UNKNOWN, "{what}");
    }
}

#[tokio::test]
async fn claims_have_to_be_right() {
    let key = SigningKey::new("ES256", "one");
    let world = World::new(&[&key]).await;
    let now = world.clock.now().seconds();
    let with = |field: &str, value: Value| {
        let mut claims = world.claims();
        claims[field] = value;
        key.sign(&claims)
    };
    let without = |field: &str| {
        let mut claims = world.claims();
        claims.as_object_mut().unwrap().remove(field);
        key.sign(&claims)
    };
    for (field, value) in [
        ("aud", json!(["other", AUDIENCE])),
        ("email", json!("Member@Example.com")),
        ("exp", json!(now - limits::LEEWAY_SECONDS + 1)),
        ("nbf", json!(now + limits::LEEWAY_SECONDS)),
    ] {
        assert_eq!(world.ask(&with(field, value.clone())).await, proven(), "{field} {value}");
    }
    assert_eq!(world.ask(&without("nbf")).await, proven());
    let url = world.theirs.url();
    for (field, value) in [
        ("iss", json!(format!("{url}/"))),
        ("iss", json!([url])),
        ("iss", json!("https://other.example")),
        ("aud", json!("other")),
        ("aud", json!([])),
        ("aud", json!(["Claviger"])),
        ("exp", json!(now - limits::LEEWAY_SECONDS)),
        ("exp", json!(-1)),
        ("exp", json!("never")),
        ("exp", Value::Null),
        ("nbf", json!(now + limits::LEEWAY_SECONDS + 1)),
        ("nbf", json!("soon")),
        ("email", json!("not an address")),
        ("email", json!([EMAIL])),
        // The Kelvin sign folds to a plain k.
        ("email", json!("\u{212a}elvin@example.com")),
        ("email_verified", json!(false)),
        ("email_verified", json!("true")),
        ("email_verified", json!(1)),
    ] {
        assert_eq!(world.ask(&with(field, value.clone())).await, UNKNOWN, "{field} {value}");
    }
    for field in ["iss", "aud", "exp", "email", "email_verified"] {
        assert_eq!(world.ask(&without(field)).await, UNKNOWN, "{field}");
    }
}

#[tokio::test]
async fn another_claim_may_name_the_member() {
    let key = SigningKey::new("ES256", "one");
    let world = World::with(&[&key], Some("upn")).await;
    let mut claims = world.claims();
    assert_eq!(world.ask(&key.sign(&claims)).await, UNKNOWN);
    claims["upn"] = json!("other@example.com");
    claims["email_verified"] = json!(false);
    assert_eq!(world.ask(&key.sign(&claims)).await, Ok("other@example.com".to_owned()));
}

#[tokio::test]
async fn keys_are_replaced() {
    let (old, new) = (SigningKey::new("ES256", "old"), SigningKey::new("ES256", "new"));
    let world = World::new(&[&old]).await;
    assert_eq!(world.good(&old).await, proven());
    world.theirs.publish(&[&new]);
    assert_eq!(world.good(&new).await, UNKNOWN, "the issuer was asked a moment ago");
    world.wait(limits::FETCH_EVERY);
    assert_eq!(world.good(&new).await, proven());
    assert_eq!(world.good(&old).await, UNKNOWN);
    assert_eq!(world.theirs.fetches(), 2);
}

#[tokio::test]
async fn a_withdrawn_key_ends_though_nobody_shows_a_new_one() {
    let (old, new) = (SigningKey::new("ES256", "old"), SigningKey::new("ES256", "new"));
    let world = World::new(&[&old]).await;
    assert_eq!(world.good(&old).await, proven());
    world.theirs.publish(&[&new]);
    world.wait(limits::FRESH_TIME_MAX);
    assert_eq!(world.good(&old).await, UNKNOWN);
    assert_eq!(world.good(&new).await, proven());
}

#[tokio::test]
async fn nobody_waits_for_an_issuer_that_is_away() {
    let (old, new) = (SigningKey::new("ES256", "old"), SigningKey::new("ES256", "new"));
    let world = World::new(&[&old]).await;
    assert_eq!(world.good(&old).await, proven());
    world.theirs.answer_keys(Answer::Say("503 Service Unavailable".to_owned()));
    world.wait(limits::FRESH_TIME_MAX);
    assert_eq!(world.good(&old).await, proven());
    world.theirs.answer_keys(Answer::Hang);
    world.wait(limits::FETCH_EVERY);
    for _ in 0..3 {
        let answer = tokio::time::timeout(limits::FETCH_TIME_MAX / 4, world.good(&old)).await;
        assert_eq!(answer.expect("it does not wait"), proven());
    }
    world.theirs.publish(&[&new]);
    world.wait(limits::FETCH_EVERY);
    let is_over = async {
        while world.good(&old).await != UNKNOWN {
            // The fetch that hangs holds the turn until it is given up.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(limits::FETCH_TIME_MAX * 2, is_over).await.expect("the key ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_do_not_make_us_ask() {
    let key = SigningKey::new("ES256", "one");
    let world = Arc::new(World::new(&[&key]).await);
    let mut asked = tokio::task::JoinSet::new();
    for number in 0..100 {
        let (world, key) = (Arc::clone(&world), key.clone());
        asked.spawn(async move {
            let id = format!("made up {number}");
            world.good(&key.with_header(|header| header.kid = Some(id))).await
        });
    }
    for answer in asked.join_all().await {
        assert_eq!(answer, UNKNOWN);
    }
    assert_eq!(world.theirs.lines().len(), 2, "one look at the issuer, one at its keys");
    let before = world.theirs.lines().len();
    assert_eq!(world.ask(&SigningKey::unsigned(&world.claims())).await, UNKNOWN);
    assert_eq!(world.ask(&key.sign_with_public_part(&world.claims())).await, UNKNOWN);
    assert_eq!(world.theirs.lines().len(), before);
}

#[tokio::test]
async fn whoever_goes_away_does_not_end_the_fetch() {
    let key = SigningKey::new("ES256", "one");
    let world = World::new(&[&key]).await;
    world.theirs.answer_document(Answer::Hang);
    let hurried = tokio::time::timeout(Duration::from_millis(200), world.good(&key)).await;
    assert!(hurried.is_err());
    let waiting = world.good(&key).await;
    assert_eq!(waiting, Err(ErrorKind::Unavailable), "it waited for the fetch that was under way");
    assert_eq!(world.theirs.lines().len(), 1);
}

#[tokio::test]
async fn an_issuer_may_be_away_for_a_while() {
    let key = SigningKey::new("ES256", "one");
    let world = World::new(&[&key]).await;
    assert_eq!(world.good(&key).await, proven());
    world.theirs.answer_document(Answer::Say("503 Service Unavailable".to_owned()));
    world.wait(limits::KEPT_TIME_MAX - Duration::from_secs(60));
    assert_eq!(world.good(&key).await, proven());
    world.wait(Duration::from_secs(60));
    assert_eq!(world.good(&key).await, Err(ErrorKind::Unavailable));
    let own = world.theirs.url();
    world.theirs.say_of_itself(&own, &format!("{own}/keys"));
    world.wait(limits::FETCH_EVERY);
    assert_eq!(world.good(&key).await, proven());
}

#[tokio::test]
async fn hostile_answers_change_nothing() {
    let key = SigningKey::new("ES256", "one");
    let world = World::new(&[&key]).await;
    assert_eq!(world.good(&key).await, proven());
    let text = |value: Value| Answer::Text(value.to_string());
    let elsewhere = format!("302 Found\r\nlocation: {}/elsewhere", world.theirs.url());
    let many = vec![SigningKey::new("ES256", "evil").jwk(); limits::KEYS_MAX + 1];
    for answer in [
        Answer::Endless,
        Answer::Text("<html><body>Sign in</body></html>".to_owned()),
        Answer::Say(elsewhere),
        Answer::Say("500 Internal Server Error".to_owned()),
        Answer::Text("[".repeat(100_000)),
        text(json!({ "keys": many })),
        text(json!({ "keys": {} })),
        text(json!([])),
    ] {
        world.theirs.answer_keys(answer.clone());
        world.wait(limits::FETCH_EVERY);
        let before = world.theirs.fetches();
        let unknown = key.clone().with_header(|header| header.kid = Some("other".to_owned()));
        assert_eq!(world.good(&unknown).await, UNKNOWN, "{answer:?}");
        assert_eq!(world.theirs.fetches(), before + 1, "{answer:?}");
        assert_eq!(world.good(&key).await, proven(), "{answer:?}");
    }
    assert!(!world.theirs.lines().iter().any(|line| line.contains("elsewhere")));
    assert!(world.theirs.endless_bytes() < 16 * 1024 * 1024, "{}", world.theirs.endless_bytes());
}

#[tokio::test]
async fn keys_that_are_of_no_use_are_left_out() {
    let key = SigningKey::new("ES256", "one");
    let world = World::new(&[&key]).await;
    let shared = json!({"kty": "oct", "k": "c2VjcmV0", "kid": "one", "alg": "HS256"});
    let mut to_encrypt = key.jwk();
    to_encrypt["use"] = json!("enc");
    let odd = json!({"kty": "AKP", "kid": "odd"});
    let publish = |keys: Value| {
        world.theirs.answer_keys(Answer::Text(json!({ "keys": keys }).to_string()));
    };
    publish(json!([shared, to_encrypt, odd, 1]));
    assert_eq!(world.good(&key).await, UNKNOWN);
    publish(json!([shared, to_encrypt, odd, 1, key.jwk()]));
    world.wait(limits::FETCH_EVERY);
    assert_eq!(world.good(&key).await, proven());
}

#[test]
fn the_form_of_a_jwt() {
    let looks = |text: &str| looks_like_one(&Secret::from(text.to_owned()));
    assert!(looks("a.b.c"));
    let long = format!("{}.b.c", "a".repeat(limits::TOKEN_BYTES_MAX));
    for other in ["", "a", "a.b", "a.b.", "..", "a.b.c.d", "a.b.c=", "a.b c.d", &long] {
        assert!(!looks(other), "{other}");
    }
}
