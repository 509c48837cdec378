//! A signed request that was changed on its way, or sent again: nobody's, and nothing happens.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use it::On;
use it::Server;
use serde_json::json;

use super::raw::EMAIL;
use super::raw::Raw;
use super::raw::all_of_bitbucket;
use super::raw::refused;
use super::signer::ALGORITHM;
use super::signer::Key;
use super::signer::Sent;
use super::signer::moment;
use super::signer::now;

/// The window of a signature, in milliseconds.
const WINDOW: i64 = 15 * 60 * 1000;
/// Longer than any of these tests may be late, in milliseconds.
const SLACK: i64 = 60 * 1000;

/// Ways to change a signed request on its way.
fn tampered(sent: &Sent) -> Vec<(&'static str, Sent)> {
    let change = |work: &dyn Fn(&mut Sent)| {
        let mut changed = sent.clone();
        work(&mut changed);
        changed
    };
    let signature = |work: &dyn Fn(&str) -> String| {
        change(&|it| {
            let value = work(it.header("Authorization"));
            it.set("Authorization", &value);
        })
    };
    let again = |name: &str| {
        change(&|it| {
            let value = it.header(name).to_owned();
            it.headers.push((name.to_owned(), value));
        })
    };
    vec![
        ("method", change(&|it| it.method = "PUT".to_owned())),
        ("path", change(&|it| it.target = it.target.replace("github", "gitea"))),
        ("project", change(&|it| it.target = it.target.replacen('-', "", 1))),
        ("version", change(&|it| it.target = it.target.replacen("/v1", "/v3", 1))),
        ("a slash before it", change(&|it| it.target.insert(0, '/'))),
        ("query", change(&|it| it.target.push_str("?tag=intl"))),
        ("a header", change(&|it| it.set("User-Agent", "golangsdk/2.0.1"))),
        ("another header", change(&|it| it.set("Content-Type", "application/json; a=b"))),
        ("body", change(&|it| it.body[2] ^= 1)),
        ("the body's end", change(&|it| it.body.truncate(it.body.len() - 1))),
        ("no body", change(&|it| it.body.clear())),
        ("date", change(&|it| it.set("X-Sdk-Date", &moment(now() - 2000)))),
        ("no date", change(&|it| it.headers.retain(|(name, _)| name != "X-Sdk-Date"))),
        ("no header that is signed", change(&|it| it.headers.retain(|(name, _)| name != "Accept"))),
        ("two of a header", again("User-Agent")),
        ("two dates", again("X-Sdk-Date")),
        ("two signatures", again("Authorization")),
        ("unknown key", signature(&|it| it.replace("Access=", "Access=X"))),
        ("no key", signature(&|it| format!("{ALGORITHM} Access={}", &it[it.find(',').unwrap()..]))),
        ("SM3", signature(&|it| it.replace(ALGORITHM, "SDK-HMAC-SM3"))),
        ("ECDSA", signature(&|it| it.replace(ALGORITHM, "SDK-ECDSA-P256-SHA256"))),
        ("V11", signature(&|it| it.replace(ALGORITHM, "V11-HMAC-SHA256"))),
        ("another's scheme", signature(&|it| it.replace(ALGORITHM, "AWS4-HMAC-SHA256"))),
        ("lower case", signature(&|it| it.replace(ALGORITHM, "sdk-hmac-sha256"))),
        ("a short signature", signature(&|it| it[..it.len() - 1].to_owned())),
        ("a long signature", signature(&|it| format!("{it}0"))),
        ("no signature", signature(&|it| it[..it.len() - 64].to_owned())),
        ("no signature at all", signature(&|it| it[..it.rfind(',').unwrap()].to_owned())),
        ("a header not signed", signature(&|it| it.replace("accept;", ""))),
        ("the date not signed", signature(&|it| it.replace(";x-sdk-date", ""))),
        ("other order", signature(&|it| it.replace("accept;content-type", "content-type;accept"))),
        ("one signed twice", signature(&|it| it.replace("accept;", "accept;accept;"))),
        ("words in capitals", signature(&|it| it.replace("accept;", "Accept;"))),
        ("a temporary key", change(&|it| it.set("X-Security-Token", "STS"))),
        ("another digest", change(&|it| it.set("X-Sdk-Content-Sha256", &"0".repeat(64)))),
        ("no digest", change(&|it| it.set("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD"))),
    ]
}

/// Requests that are signed well, and still not taken.
async fn ill_signed(raw: &Raw, name: &str) -> Vec<(&'static str, Sent)> {
    let sent = || raw.personal(name);
    let at = |millis: i64| sent().with("X-Sdk-Date", &moment(now() + millis)).signed(&raw.key);
    let unsigned = sent().with("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD");
    let (id, revoked) = raw.key_of("devops").await;
    assert_eq!(raw.run(&["access-key", "revoke", &id]).await.code, 0);
    let swapped = Key { access: raw.key.access.clone(), secret: revoked.secret.clone() };
    let mut dateless = sent();
    dateless.headers.retain(|(it, _)| it != "X-Sdk-Date");
    vec![
        ("too old", at(-WINDOW - SLACK)),
        ("of the future", at(WINDOW + SLACK)),
        ("no moment", sent().with("X-Sdk-Date", "now").signed(&raw.key)),
        ("a moment with lines", sent().with("X-Sdk-Date", "2026-11-21T00:00:00Z").signed(&raw.key)),
        ("no date at all", dateless.signed(&raw.key)),
        ("revoked", sent().signed(&revoked)),
        ("a key and another's secret", sent().signed(&swapped)),
        ("unsigned payload", unsigned.signed_over(&raw.key, "UNSIGNED-PAYLOAD")),
    ]
}

async fn nobody_tampers(on: On) {
    let raw = Raw::new(on).await;
    let sent = raw.personal("tampered").signed(&raw.key);
    let all = [tampered(&sent), ill_signed(&raw, "tampered").await].concat();
    for (what, changed) in all {
        // What is no signature is no token either.
        refused(what, &raw.send(&changed).await, 401, "APIGW.0301");
    }
    // A good token does not heal a bad signature.
    let mut healed = sent.clone();
    healed.set("X-Auth-Token", &raw.owner);
    healed.body[2] ^= 1;
    refused("a token beside it", &raw.send(&healed).await, 401, "APIGW.0301");
    assert_eq!(raw.names().await, Vec::<String>::new());
    // None of that has used it up.
    let answer = raw.send(&sent).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(raw.names().await, ["tampered"]);
    // A digest that is the body's is good.
    let removal = raw.removal("tampered");
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let removal = removal.with("X-Sdk-Content-Sha256", empty).signed(&raw.key);
    assert_eq!(raw.send(&removal).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_on_its_way_is_nobodys_sqlite() {
    nobody_tampers(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_on_its_way_is_nobodys_postgres() {
    nobody_tampers(On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_something_is_taken_once() {
    let raw = Raw::new(On::Sqlite).await;
    let made = raw.personal("once").signed(&raw.key);
    assert_eq!(raw.send(&made).await.status, 200);
    let removed = raw.removal("once").signed(&raw.key);
    assert_eq!(raw.send(&removed).await.status, 204);
    // Neither brings it back, nor takes away what is new.
    refused("made again", &raw.send(&made).await, 401, "APIGW.0301");
    assert_eq!(raw.names().await, Vec::<String>::new());
    raw.stored("once").await;
    refused("removed again", &raw.send(&removed).await, 401, "APIGW.0301");
    assert_eq!(raw.names().await, ["once"]);
    // What would be refused anyway is told so: clients write the moment in seconds, so that asking twice
    // within one is no attack.
    let absent = raw.removal("nobody").signed(&raw.key);
    for _ in 0..2 {
        refused("absent", &raw.send(&absent).await, 400, "SVCSTG.REPO.0450");
    }
    let twice = raw.personal("once").signed(&raw.key);
    for _ in 0..2 {
        refused("taken", &raw.send(&twice).await, 400, "SVCSTG.REPO.0403");
    }
    // It was seen, although it was refused.
    raw.stored("nobody").await;
    refused("not absent any more", &raw.send(&absent).await, 401, "APIGW.0301");
    // Looking changes nothing.
    let look = Sent::new("GET", &raw.at("auths"), None).signed(&raw.key);
    for _ in 0..3 {
        assert_eq!(raw.send(&look).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_something_is_taken_once_by_all_replicas() {
    let raw = Raw::new(On::Postgres).await;
    let mut options = raw.options.clone();
    let key = raw.data().join("root.key");
    options.arguments.extend(["--root-key".to_owned(), key.to_str().unwrap().to_owned()]);
    let other = Server::start(&raw.root.path().join("other"), &options).await;
    let made = raw.personal("once").signed(&raw.key);
    assert_eq!(raw.send(&made).await.status, 200);
    refused("at the other", &made.send(&other.url).await, 400, "SVCSTG.REPO.0403");
    let look = Sent::new("GET", &raw.at("auths"), None).signed(&raw.key);
    assert_eq!(raw.send(&look).await.status, 200);
    assert_eq!(look.send(&other.url).await.status, 200);
    // At both at once, it is taken by one.
    let removed = raw.removal("once").signed(&raw.key);
    let (here, there) = tokio::join!(raw.send(&removed), removed.send(&other.url));
    let mut statuses = [here.status, there.status];
    statuses.sort_unstable();
    assert!(matches!(statuses, [204, 400 | 401]), "{here:?} {there:?}");
    assert_eq!(raw.names().await, Vec::<String>::new());
    refused("made again at the other", &made.send(&other.url).await, 401, "APIGW.0301");
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn terraform_is_served() {
    let raw = Raw::new(On::Sqlite).await;
    let beside = |sent: Sent| {
        let mut sent = sent.signed(&raw.key);
        // Set once the request is signed, as that client does.
        sent.set("X-Project-Id", &raw.project);
        sent.set("X-Domain-Id", "any");
        sent
    };
    let answer = raw.send(&beside(raw.personal("tf.token-1"))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let password = raw.bitbucket.issue(all_of_bitbucket());
    let token = STANDARD.encode(format!("{EMAIL}:{password}"));
    let body = json!({ "name": "tf.password", "token": token });
    let sent = Sent::new("POST", &raw.at("auths/bitbucket/password"), Some(&body));
    let answer = raw.send(&beside(sent)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.body.contains(r#""token_type":"password""#), "{answer:?}");
    assert!(!answer.body.contains(&password), "{answer:?}");
    let token = STANDARD.encode("octocat:s:e:c");
    let wrong = json!({ "name": "tf.wrong", "token": token, "password": "x", "user": "x" });
    for (body, code) in [
        // GitHub takes no passwords, and is asked.
        (json!({ "name": "tf.wrong", "token": token }), "SVCSTG.REPO.0451"),
        (json!({ "name": "tf.wrong", "token": "not base64!" }), "SVCSTG.REPO.0400"),
        (json!({ "name": "tf.wrong", "token": "b2N0b2NhdA==" }), "SVCSTG.REPO.0400"),
        (json!({ "name": "tf.wrong", "token": "OnNlY3JldA==" }), "SVCSTG.REPO.0400"),
        (wrong, "SVCSTG.REPO.0400"),
    ] {
        let sent = Sent::new("POST", &raw.at("auths/github/password"), Some(&body));
        refused(&body.to_string(), &raw.send(&beside(sent)).await, 400, code);
    }
    let mut names = raw.names().await;
    names.sort_unstable();
    assert_eq!(names, ["tf.password", "tf.token-1"]);
    let mut elsewhere = Sent::new("GET", &raw.at("auths"), None).signed(&raw.key);
    elsewhere.set("X-Project-Id", "01a1ff76-0000-7000-8000-000000000000");
    refused("another project", &raw.send(&elsewhere).await, 400, "SVCSTG.REPO.0400");
    let removal = beside(raw.removal("tf.token-1"));
    assert_eq!(raw.send(&removal).await.status, 204);
    // In token mode nothing is signed.
    let token = Sent::new("GET", &raw.at("auths"), None).with("X-Auth-Token", &raw.owner);
    assert_eq!(raw.send(&token).await.status, 200);
    let token = token.with("X-Auth-Token", "nobody");
    refused("a stranger", &raw.send(&token).await, 401, "APIGW.0301");
}
