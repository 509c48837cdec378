//! Many at once, too much at once, and words that mean something elsewhere.

use it::On;
use serde_json::Value;
use serde_json::json;

use super::raw::Raw;
use super::raw::refused;
use super::signer::Sent;

/// So many ask for one name.
const CROWD: usize = 20;
/// More than a body may have, in bytes.
const TOO_MUCH: usize = 2 * 1024 * 1024;

/// As many clients, or one that asks as often within a second: one signature then.
async fn one_name(on: On, is_one_signature: bool) {
    let raw = Raw::new(on).await;
    let alike = raw.personal("wanted").signed(&raw.key);
    let crowd: Vec<Sent> = (0..CROWD)
        .map(|number| match is_one_signature {
            true => alike.clone(),
            false => {
                let sent = raw.personal("wanted");
                sent.with("User-Agent", &format!("crowd/{number}")).signed(&raw.key)
            }
        })
        .collect();
    let url = raw.server.url.clone();
    let asked = crowd.into_iter().map(|sent| {
        let url = url.clone();
        tokio::spawn(async move { sent.send(&url).await })
    });
    let asked: Vec<_> = asked.collect();
    let mut stored = 0;
    for answer in asked {
        let answer = answer.await.unwrap();
        match answer.status {
            200 => stored += 1,
            _ => refused("one of the crowd", &answer, 400, "SVCSTG.REPO.0403"),
        }
    }
    assert_eq!(stored, 1);
    assert_eq!(raw.names().await, ["wanted"]);
    let all = raw.run(&["credential", "list", "--json"]).await.json();
    assert_eq!(all.as_array().unwrap().len(), 1, "{all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_crowd_one_gets_the_name_sqlite() {
    one_name(On::Sqlite, false).await;
    one_name(On::Sqlite, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_crowd_one_gets_the_name_postgres() {
    one_name(On::Postgres, false).await;
    one_name(On::Postgres, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_are_limited_and_broken_ones_refused() {
    let raw = Raw::new(On::Sqlite).await;
    let target = raw.at("auths/github/personal");
    let huge = json!({ "name": "huge", "token": "x".repeat(TOO_MUCH) });
    let sent = Sent::new("POST", &target, Some(&huge)).signed(&raw.key);
    refused("too much", &raw.send(&sent).await, 413, "APIGW.0201");
    let long = json!({ "name": "huge", "token": "x".repeat(TOO_MUCH / 4) });
    let sent = Sent::new("POST", &target, Some(&long)).signed(&raw.key);
    let answer = raw.send(&sent).await;
    assert!(matches!(answer.status, 400 | 413), "{answer:?}");
    for body in [
        "",
        "null",
        "[]",
        "{}",
        "\"text\"",
        "{\"name\":\"broken\"",
        "{\"name\":5,\"token\":\"x\"}",
        "{\"name\":\"broken\",\"token\":{}}",
        "{\"name\":\"broken\",\"token\":null}",
        "[\"broken\",\"token\",null]",
        "name=broken&token=x",
        "<xml/>",
    ] {
        let mut sent = Sent::new("POST", &target, None);
        sent.body = body.as_bytes().to_vec();
        let answer = raw.send(&sent.signed(&raw.key)).await;
        refused(body, &answer, 400, "SVCSTG.REPO.0400");
    }
    let nested = "[".repeat(200_000);
    let mut sent = Sent::new("POST", &target, None);
    sent.body = nested.into_bytes();
    refused("nested", &raw.send(&sent.signed(&raw.key)).await, 400, "SVCSTG.REPO.0400");
    assert_eq!(raw.names().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_others_are_data() {
    let raw = Raw::new(On::Sqlite).await;
    raw.stored("kept").await;
    let script = "<img src=x onerror=alert(1)>";
    let body = json!({ "name": script, "token": raw.token() });
    let sent = Sent::new("POST", &raw.at("auths/github/personal"), Some(&body)).signed(&raw.key);
    refused("a name", &raw.send(&sent).await, 400, "SVCSTG.REPO.0400");
    let encoded = "%3Cimg%20src=x%20onerror=alert(1)%3E";
    for (method, path) in [
        ("DELETE", format!("auths/{encoded}")),
        ("POST", format!("auths/{encoded}/personal")),
        ("GET", format!("repos/{encoded}/app/branches")),
        ("GET", format!("files/acme/app/{encoded}?ref=main")),
        ("GET", format!("repos/project-info?clone_url={encoded}")),
    ] {
        let body = (method == "POST").then(|| json!({ "name": "html", "token": "x" }));
        let sent = Sent::new(method, &raw.at(&path), body.as_ref()).with("X-Repo-Auth", "kept");
        let answer = raw.send(&sent.signed(&raw.key)).await;
        assert_eq!(answer.status, 400, "{path}: {answer:?}");
        let kind = answer.header("content-type").unwrap();
        assert!(kind.starts_with("application/json"), "{path}: {kind}");
        let said: Value = serde_json::from_str(&answer.body).unwrap();
        assert!(said["error_msg"].is_string(), "{path}: {said}");
    }
    // A description natively given is not shown here; a file is what it is.
    let body = json!({ "message": script, "content": "PGI+" });
    let path = raw.at("files/acme/app/x.html?ref=main");
    let sent = Sent::new("POST", &path, Some(&body)).with("X-Repo-Auth", "kept");
    assert_eq!(raw.send(&sent.signed(&raw.key)).await.status, 200);
    let (_, commits) = raw.ask("GET", "repos/acme/app/commits", "kept").await;
    assert_eq!(commits["commits"][0]["message"].as_str().unwrap().trim(), script);
}
