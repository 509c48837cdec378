//! What a Git host may answer, and what of it reaches git: never our 401, never the secret, never
//! another host – always a sentence.

use std::time::Duration;

use githost::Auth;
use githost::Behaviour;
use it::On;
use it::ServerOptions;
use it::World;

use crate::toolbox::FETCH;
use crate::toolbox::another_host;
use crate::toolbox::ask;
use crate::toolbox::basic;
use crate::toolbox::client;
use crate::toolbox::filled;
use crate::toolbox::get;
use crate::toolbox::peak_kilobytes;
use crate::toolbox::records;
use crate::toolbox::store;
use crate::toolbox::with_token;

async fn world() -> World {
    let world = World::new(On::Sqlite).await;
    filled(&world, "acme/app").await;
    world.add_credential("Host token", &[]).await;
    world
}

fn status(status: u16, headers: &[(&str, &str)], body: &str) -> Behaviour {
    let headers = headers.iter().map(|(name, it)| ((*name).to_owned(), (*it).to_owned())).collect();
    Behaviour::Status { status, headers, body: body.to_owned() }
}

/// What git says about the repository as the host now is, and the raw status behind it.
async fn said(world: &World, behaviour: Behaviour) -> (u16, String) {
    world.host.behave("/", Some(behaviour));
    let answer = get(world, &world.owner, &format!("acme/app.git/{FETCH}")).await;
    let remote = with_token(&world.gateway("acme/app.git"), &world.owner);
    let listed = client(world, "git").run(&["ls-remote", &remote]).await;
    assert!(!listed.ok(), "{}", listed.stdout);
    for text in [&answer.head, &answer.body, &listed.stderr] {
        assert!(world.secret.find_in_bytes(text.as_bytes()).is_empty(), "{text}");
    }
    (answer.status, listed.stderr)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_secret_is_not_a_401_of_ours() {
    let world = world().await;
    world.host.set_token("somebody-replaced-it".to_owned());
    let answer = get(&world, &world.owner, &format!("acme/app.git/{FETCH}")).await;
    assert_eq!(answer.status, 403);
    assert!(answer.header("www-authenticate").is_none());
    assert!(answer.body.contains("refused the stored credential host-token"), "{}", answer.body);
    let remote = with_token(&world.gateway("acme/app.git"), &world.owner);
    let listed = client(&world, "git").run(&["ls-remote", &remote]).await;
    assert!(listed.stderr.contains("remote: Hint: replace its value"), "{}", listed.stderr);
    // Given again, it works at once.
    let update = ["credential", "update", "host-token", "--secret-file", "-", "--json"];
    world.run_as(&world.owner, &update, "somebody-replaced-it").await.json();
    client(&world, "git").run(&["ls-remote", &remote]).await.text();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_redirect_is_followed_with_a_secret() {
    let world = world().await;
    let second = another_host(&world, Auth::Open).await;
    let here = world.host.url();
    for code in [301, 302, 303, 307, 308] {
        let away = |location: String| Behaviour::Redirect { status: code, location };
        let to = format!("/acme/renamed.git/{FETCH}");
        let (status, text) = said(&world, away(to.clone())).await;
        assert_eq!(status, 403);
        assert!(text.contains("it is now acme/renamed"), "{text}");
        let (status, text) = said(&world, away(format!("{here}{to}"))).await;
        assert_eq!(status, 403);
        assert!(text.contains("it is now acme/renamed"), "{text}");
        let elsewhere = [
            format!("{}{to}", second.url()),
            format!("//{}{to}", second.address()),
            format!("{}{to}", here.replace("http://", "https://")),
            "http://169.254.169.254/latest/meta-data".to_owned(),
        ];
        for location in elsewhere {
            let (status, text) = said(&world, away(location)).await;
            assert_eq!(status, 403);
            assert!(text.contains("no redirect is followed"), "{text}");
            assert!(!text.contains("renamed"), "{text}");
        }
        let target = format!("/git/{}/acme/app.git/git-upload-pack", world.host.address());
        let answer = ask(&world.server.url, "POST", &target, &basic(&world.owner), b"0000").await;
        assert_eq!(answer.status, 403);
    }
    assert!(second.journal().is_empty(), "{:?}", second.journal());
}

#[tokio::test(flavor = "multi_thread")]
async fn other_answers_become_sentences() {
    let world = world().await;
    let page = status(200, &[("content-type", "text/html")], "<h1>Sign in</h1>");
    let (code, text) = said(&world, page).await;
    assert_eq!(code, 502);
    assert!(text.contains("did not answer as a Git server"), "{text}");
    assert!(!text.contains("<h1>"), "{text}");

    let (code, text) = said(&world, status(500, &[], "it broke\n")).await;
    assert_eq!(code, 502);
    assert!(text.contains("answered 500") && text.contains("remote: it broke"), "{text}");

    let page = status(500, &[("content-type", "text/html")], "<h1>it broke</h1>");
    assert!(!said(&world, page).await.1.contains("<h1>"));

    for code in [403, 404, 410] {
        let (ours, text) = said(&world, status(code, &[], "go away\n")).await;
        assert_eq!(ours, code);
        assert!(text.contains(&format!("answered {code}")), "{text}");
    }

    let limited = status(429, &[("retry-after", "17"), ("x-left", "0")], "slow down\n");
    let (code, text) = said(&world, limited).await;
    assert_eq!(code, 429);
    assert!(text.contains("slow down"), "{text}");
    let answer = get(&world, &world.owner, &format!("acme/app.git/{FETCH}")).await;
    assert_eq!(answer.header("retry-after"), Some("17"));
    assert_eq!(answer.header("x-left"), None);

    // Escape sequences do not reach a terminal (threat 5).
    let (_, text) = said(&world, status(403, &[], "\u{1b}[31mred\u{7}\u{202e}\n")).await;
    assert!(text.contains("red"), "{text}");
    let bad = |c: char| (c.is_control() && c != '\n' && c != '\r') || c == '\u{202e}';
    let remote: String = text.lines().filter(|line| line.contains("red")).collect();
    assert!(!remote.replace("\u{1b}[K", "").contains(bad), "{remote:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_echo_of_the_authorization_is_scrubbed() {
    let world = world().await;
    for code in [400, 403, 404, 429, 500, 503] {
        let (_, text) = said(&world, Behaviour::EchoAuthorization { status: code }).await;
        assert!(text.contains("Your Authorization was"), "{text}");
    }
    let bearer = another_host(&world, Auth::Open).await;
    let more = ["--repository", &bearer.repository_url("acme/app")];
    let url = bearer.url();
    store(&world, "Bearer", ("bitbucket-dc", &url), world.secret.text(), &more).await;
    bearer.behave("/", Some(Behaviour::EchoAuthorization { status: 403 }));
    let target = format!("/git/{}/acme/app.git/{FETCH}", bearer.address());
    let answer = ask(&world.server.url, "GET", &target, &basic(&world.owner), b"").await;
    assert!(answer.body.contains("Your Authorization was"), "{}", answer.body);
    assert!(world.secret.find_in_bytes(answer.body.as_bytes()).is_empty(), "{}", answer.body);
    // Nor is any of it in the log or in the audit records.
    let told =
        format!("{}{}", world.server.log(), world.run(&["audit", "list", "--json"]).await.out);
    assert!(world.secret.find_in_bytes(told.as_bytes()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_down_is_a_sentence() {
    let world = world().await;
    let gone = another_host(&world, Auth::Open).await;
    let (url, address) = (gone.url(), gone.address());
    store(&world, "Gone", ("gitea", &url), "a-secret-of-the-gone-one", &[]).await;
    gone.stop().await;
    let target = format!("/git/{address}/acme/app.git/{FETCH}");
    let answer = ask(&world.server.url, "GET", &target, &basic(&world.owner), b"").await;
    assert_eq!(answer.status, 502);
    assert!(answer.body.contains(&format!("{address} could not be reached")), "{}", answer.body);
    let ended = records(&world, "git.fetch", "ended").await;
    assert_eq!(ended.len(), 1, "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_end_is_passed_on_and_not_kept() {
    let world = world().await;
    let before = peak_kilobytes(&world);
    world.host.behave("/", Some(Behaviour::EndlessBody));
    // Reads a few megabytes of each and goes away.
    let path = format!("acme/app.git/{FETCH}");
    for _ in 0..5 {
        assert_eq!(get(&world, &world.owner, &path).await.status, 200);
    }
    let is_over = async || {
        let ended = records(&world, "git.fetch", "ended").await;
        ended.iter().filter(|it| it["detail"].as_str().unwrap().contains("broken off")).count() == 5
    };
    for _ in 0..100 {
        if is_over().await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(is_over().await, "{:?}", records(&world, "git.fetch", "ended").await);
    let growth = peak_kilobytes(&world) - before;
    assert!(growth < 30 * 1024, "the server took {growth} kB");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_address_needs_its_flag() {
    let options = ServerOptions { strict: true, ..ServerOptions::default() };
    let world = World::with(On::Sqlite, options).await;
    let plain = world.host.url();
    let add = ["credential", "add", "--name", "P", "--provider", "gitea", "--host", &plain];
    let add = [&add[..], &["--secret-file", "-"]].concat();
    let refused = world.run_as(&world.owner, &add, "a-secret").await;
    assert_ne!(refused.code, 0);
    assert!(refused.err.contains("--allow-plain-http"), "{}", refused.err);
    let url = plain.replace("http://", "https://");
    store(&world, "Private", ("gitea", &url), "a-secret", &["--no-check"]).await;
    let remote = with_token(&world.gateway("acme/app.git"), &world.owner);
    let listed = client(&world, "git").run(&["ls-remote", &remote]).await;
    assert!(!listed.ok());
    assert!(listed.stderr.contains("--allow-network 127.0.0.1/32"), "{}", listed.stderr);
    assert!(world.host.journal().is_empty());
}
