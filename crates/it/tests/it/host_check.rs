//! `claviger host check` as people meet it: hosts of every kind, hosts that are forbidden, untrusted,
//! late or lying – and each time a sentence, what to do, and an exit code.

use std::time::Duration;

use forges::Forge;
use forges::Kind;
use forges::Options;
use githost::Behaviour;
use it::On;
use it::Ran;
use it::ServerOptions;
use it::World;
use serde_json::Value;

use crate::toolbox::records;

async fn check(world: &World, url: &str, more: &[&str]) -> (Ran, Value) {
    let ran = world.run(&[&["host", "check", url, "--json"], more].concat()).await;
    let json = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}{}", ran.out, ran.err));
    (ran, json)
}

async fn forge(world: &World, options: Options) -> Forge {
    let root = world.root.path().join(format!("forge-{:?}-{}", options.kind, options.has_tls));
    Forge::start_with(options, &root).await.unwrap()
}

/// The sentences and hints of the findings that stand in the way, or of the others.
fn said(check: &Value, is_blocking: bool) -> String {
    let all = check["findings"].as_array().unwrap().iter();
    let wanted = all.filter(|it| it["blocking"] == is_blocking);
    wanted.map(|it| format!("{} {}\n", it["sentence"], it["hint"])).collect()
}

fn status(status: u16, headers: &[(&str, &str)], body: &str) -> Behaviour {
    let headers = headers.iter().map(|(name, it)| ((*name).to_owned(), (*it).to_owned())).collect();
    Behaviour::Status { status, headers, body: body.to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_is_named_without_a_secret_and_on_record() {
    let world = World::new(On::Sqlite).await;
    let cases = [
        (Kind::GitHub, "github", Some("3.19.1")),
        (Kind::GitLab, "gitlab", None),
        (Kind::BitbucketDc, "bitbucket-dc", Some("10.1.2")),
        (Kind::Gitea, "gitea", Some("1.27.0")),
        (Kind::Forgejo, "forgejo", Some("17.0.0+gitea-1.22.0")),
        (Kind::SourceHut, "sourcehut", None),
        (Kind::Gitee, "gitee", None),
    ];
    for (kind, word, version) in cases {
        let forge = forge(&world, Options::new(kind)).await;
        // It is registered and has a credential, whose secret must stay where it is.
        let secret = world.secret.text();
        let add = ["credential", "add", "--name", word, "--provider", word, "--no-check", "--json"];
        let more = ["--host", forge.url(), "--secret-file", "-"];
        world.run_as(&world.owner, &[&add[..], &more].concat(), secret).await.json();
        let (ran, found) = check(&world, forge.url(), &[]).await;
        assert_eq!((ran.code, &found["ok"]), (0, &Value::from(true)), "{found:#}");
        assert_eq!(found["kind"], word);
        assert_eq!(found["version"], Value::from(version), "{word}");
        assert_eq!(found["registered"], true);
        assert_eq!(found["findings"], serde_json::json!([]), "{word}");
        assert_eq!(found["addresses"][0]["allowed"], true);
        assert!(found["clock_ahead_seconds"].as_i64().unwrap().abs() <= 5, "{found:#}");
        // A repository's address is its host's.
        let (_, below) = check(&world, &format!("{}/acme/app", forge.url()), &[]).await;
        assert_eq!(below["url"], forge.url());
        let (ran, other) = check(&world, forge.url(), &["--provider", "bitbucket"]).await;
        assert_eq!(ran.code, 7, "{other:#}");
        assert!(said(&other, true).contains(&format!("registered as {word}")), "{other:#}");
        for seen in forge.host().journal() {
            assert_eq!(seen.header("authorization"), None, "{word}: {seen:?}");
        }
    }
    assert_eq!(records(&world, "host.check", "begun").await.len(), 3 * cases.len());
    let ended = records(&world, "host.check", "ended").await;
    assert!(ended.iter().any(|it| it["detail"] == "ok: gitea 1.27.0"), "{ended:#?}");
    let viewer = world.token("viewer").await;
    let refused = world.run_as(&viewer, &["host", "check", &world.host.url()], "").await;
    assert_eq!(refused.code, 5, "{}", refused.err);
    assert_eq!(records(&world, "host.check", "refused").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forbidden_address_names_every_flag_and_is_not_dialled() {
    let strict = ServerOptions { strict: true, ..ServerOptions::default() };
    let world = World::with(On::Sqlite, strict).await;
    let (ran, found) = check(&world, &world.host.url(), &[]).await;
    assert_eq!((ran.code, &found["ok"]), (5, &Value::from(false)), "{found:#}");
    assert_eq!(found["addresses"][0]["allowed"], false);
    let why = said(&found, true);
    assert!(why.contains("--allow-network 127.0.0.1/32"), "{why}");
    assert!(why.contains("--allow-plain-http"), "{why}");
    assert_eq!(found["kind"], Value::Null);
    assert!(world.host.journal().is_empty());
    let (ran, found) = check(&world, "https://169.254.169.254", &[]).await;
    assert_eq!(ran.code, 5);
    assert!(said(&found, true).contains("never dialled"), "{found:#}");
    let human = world.run(&["host", "check", &world.host.url()]).await;
    assert_eq!(human.code, 5);
    assert!(human.out.contains("problem: ") && human.out.contains("hint: "), "{}", human.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_text_and_absent_hosts_say_what_to_do() {
    let arguments = ["--allow-network", "127.0.0.0/8"].map(str::to_owned);
    let strict = ServerOptions { strict: true, arguments: arguments.into(), ..Default::default() };
    let world = World::with(On::Sqlite, strict).await;
    let (ran, found) = check(&world, &world.host.url(), &[]).await;
    assert_eq!(ran.code, 5, "{found:#}");
    assert_eq!(said(&found, true).matches("--allow-plain-http").count(), 1, "{found:#}");
    assert!(world.host.journal().is_empty());
    let (ran, found) = check(&world, "https://127.0.0.1:9", &[]).await;
    assert_eq!(ran.code, 11, "{found:#}");
    assert!(said(&found, true).contains("--outbound-proxy"), "{found:#}");
    let wrong = world.run(&["host", "check", "git.lan", "--json"]).await;
    assert_eq!(wrong.code, 3, "{}", wrong.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_its_own_is_named_with_the_option() {
    let world = World::with(On::Sqlite, ServerOptions { tls: true, ..Default::default() }).await;
    let forge = forge(&world, Options { has_tls: true, ..Options::new(Kind::Gitea) }).await;
    let (ran, found) = check(&world, forge.url(), &[]).await;
    assert_eq!(ran.code, 11, "{found:#}");
    assert!(said(&found, true).contains("--ca FILE.pem"), "{found:#}");
    assert_eq!(found["tls"]["trusted"], false);
    let leaf = &found["tls"]["chain"][0];
    assert_eq!(leaf["issuer"], "CN=githost throw-away authority", "{found:#}");
    assert_eq!(found["kind"], Value::Null, "an untrusted host is asked nothing");
    assert!(forge.host().journal().is_empty());

    let file = world.root.path().join("ca.pem");
    std::fs::write(&file, forge.ca_pem().unwrap()).unwrap();
    let add = ["host", "add", "--provider", "gitea", "--url", forge.url(), "--json", "--ca"];
    world.run(&[&add[..], &[file.to_str().unwrap()]].concat()).await.json();
    let (ran, found) = check(&world, forge.url(), &[]).await;
    assert_eq!((ran.code, &found["tls"]["trusted"]), (0, &Value::from(true)), "{found:#}");
    assert_eq!(found["tls"]["version"], "TLS 1.3");
    assert!(found["tls"]["days_left"].as_i64().unwrap() > 14, "{found:#}");
    assert_eq!(found["kind"], "gitea");

    // The server's own certificate signs itself.
    let own = world.server.https_url.clone().unwrap();
    let (ran, found) = check(&world, &own, &[]).await;
    assert_eq!(ran.code, 11, "{found:#}");
    let (why, leaf) = (said(&found, true), &found["tls"]["chain"][0]);
    assert!(why.contains("It signs itself.") && why.contains("--ca FILE.pem"), "{why}");
    assert!(why.contains(leaf["sha256"].as_str().unwrap()), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_provider_is_of_unknown_kind() {
    let world = World::new(On::Sqlite).await;
    let (ran, found) = check(&world, &world.host.url(), &[]).await;
    assert_eq!((ran.code, &found["kind"]), (0, &Value::from("generic")), "{found:#}");
    assert!(said(&found, false).contains("--provider generic"), "{found:#}");
    let (ran, found) = check(&world, &world.host.url(), &["--provider", "generic"]).await;
    assert_eq!((ran.code, &found["findings"]), (0, &serde_json::json!([])));
    let (ran, found) = check(&world, &world.host.url(), &["--provider", "gitlab"]).await;
    assert_eq!(ran.code, 11, "{found:#}");
    assert!(said(&found, true).contains("does not answer as gitlab does"), "{found:#}");
    let gitea = forge(&world, Options::new(Kind::Gitea)).await;
    let (ran, found) = check(&world, gitea.url(), &["--provider", "gitlab"]).await;
    assert_eq!(ran.code, 7, "{found:#}");
    assert!(said(&found, true).contains("answers as gitea, not as gitlab"), "{found:#}");
    let (ran, found) = check(&world, gitea.url(), &["--provider", "forgejo"]).await;
    assert_eq!(ran.code, 0, "they speak alike: {found:#}");
    assert!(said(&found, false).contains("answers as gitea"), "{found:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hosts_that_lie_or_are_late_do_not_pass_and_do_not_hold_us_up() {
    let world = World::new(On::Sqlite).await;
    let forge = forge(&world, Options::new(Kind::Gitea)).await;
    let own = format!("{}/api/v1/version", forge.url());
    let away = |location: &str| Behaviour::Redirect { status: 302, location: location.to_owned() };
    let cases = [
        (Behaviour::Html, 0, "unknown kind"),
        (away("https://evil.lan/"), 11, "to https://evil.lan/"),
        // A circle: nobody walks it.
        (away(&own), 0, "unknown kind"),
        (Behaviour::HugeJson { bytes: 500 * 1024 * 1024 }, 11, "larger than"),
        (status(503, &[], "{}"), 11, "answered 503"),
    ];
    for (behaviour, code, expected) in cases {
        forge.behave("/", Some(behaviour.clone()));
        forge.forget();
        let (ran, found) = check(&world, forge.url(), &[]).await;
        assert_eq!(ran.code, code, "{behaviour:?}: {found:#}");
        let all = said(&found, true) + &said(&found, false);
        assert!(all.contains(expected), "{behaviour:?}: {all}");
        assert_eq!(found["kind"], "generic", "{behaviour:?}");
        assert!(forge.host().journal().len() <= 8, "{behaviour:?}");
    }
    assert!(crate::toolbox::peak_kilobytes(&world) < 200 * 1024);
    forge.behave("/", None);

    let late = status(200, &[("date", "Sun, 06 Nov 1994 08:49:37 GMT")], "hello");
    world.host.behave("/", Some(late));
    let (ran, found) = check(&world, &world.host.url(), &["--provider", "generic"]).await;
    assert_eq!(ran.code, 0, "{found:#}");
    assert!(found["clock_ahead_seconds"].as_i64().unwrap() < -1_000_000_000, "{found:#}");
    assert!(said(&found, false).contains("seconds behind this server's"), "{found:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cloud_is_known_by_its_name_and_looked_at_where_it_was_pointed() {
    let root = tempfile::tempdir().unwrap();
    let forge = Forge::start(Kind::GitLab, root.path()).await.unwrap();
    let environment = vec![("CLAVIGER_CLOUD_GITLAB_URL".to_owned(), forge.url().to_owned())];
    let options = ServerOptions { environment, ..ServerOptions::default() };
    let world = World::with(On::Sqlite, options).await;
    let (ran, found) = check(&world, "https://gitlab.com", &[]).await;
    assert_eq!((ran.code, &found["kind"]), (0, &Value::from("gitlab")), "{found:#}");
    assert_eq!(found["url"], "https://gitlab.com");
    assert_eq!(found["connects_to"], forge.url());
    let targets: Vec<String> = forge.host().journal().into_iter().map(|it| it.target).collect();
    assert_eq!(targets, ["/"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn checks_are_on_record_before_they_dial_and_few_at_once() {
    let world = World::new(On::Sqlite).await;
    world.host.behave("/", Some(Behaviour::Hang));
    let url = world.host.url();
    let hanging = || check(&world, &url, &[]);
    let meanwhile = async {
        let arrived = async {
            while world.host.journal().len() < 4 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), arrived).await.expect("all four arrive");
        let fifth = world.run(&["host", "check", &url, "--json"]).await;
        assert_eq!(fifth.code, 9, "{}{}", fifth.out, fifth.err);
        assert_eq!(records(&world, "host.check", "begun").await.len(), 4);
        assert!(records(&world, "host.check", "ended").await.is_empty());
    };
    let (one, two, three, four, ()) =
        tokio::join!(hanging(), hanging(), hanging(), hanging(), meanwhile);
    for (ran, found) in [one, two, three, four] {
        assert_eq!(ran.code, 11, "{found:#}");
        assert!(said(&found, true).contains("did not answer within 10 seconds"), "{found:#}");
    }
    assert_eq!(check(&world, "https://127.0.0.1:9", &[]).await.0.code, 11, "turns come back");
}
