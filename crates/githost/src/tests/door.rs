//! Who is let in, what is not there, and the end of a host.

use std::sync::Arc;

use testkit::Git;

use super::REFS;
use super::World;
use super::ask;
use crate::Ask;
use crate::Auth;
use crate::GitHost;
use crate::Options;
use crate::Verdict;
use crate::create_repository;

#[tokio::test]
async fn the_challenge_comes_first_and_the_token_opens() {
    let world = World::new().await;
    world.git.run(&["ls-remote", &world.url()]).await.text();
    let journal = world.host.journal();
    assert_eq!(journal[0].target, REFS);
    assert_eq!(journal[0].header("authorization"), None);
    assert!(journal[1].header("authorization").unwrap().starts_with("Basic "));
    let refused = ask(&world.host, REFS, "").await;
    assert!(refused.starts_with("HTTP/1.1 401 "), "{refused}");
    assert!(refused.contains("www-authenticate: Basic realm=\"githost\"\r\n"), "{refused}");
}

#[tokio::test]
async fn a_rotated_token_is_refused_at_once() {
    let world = World::new().await;
    world.host.set_token("another".to_owned());
    let refused = world.git.run(&["ls-remote", &world.url()]).await;
    assert!(refused.stderr.contains("Authentication failed"), "{}", refused.stderr);
    world.keep_token("another").await;
    world.git.run(&["ls-remote", &world.url()]).await.text();
}

#[tokio::test]
async fn bearer_and_open_hosts() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("root");
    create_repository("git".as_ref(), &root, "app.git").unwrap();
    let git = Git::new(directory.path());

    let auth = Auth::Bearer { token: "tok".to_owned() };
    let host = GitHost::start(&root, Options::new(auth)).await.unwrap();
    let url = host.repository_url("app.git");
    let refused = ask(&host, "/app.git/info/refs?service=git-upload-pack", "").await;
    assert!(refused.contains("www-authenticate: Bearer realm=\"githost\"\r\n"), "{refused}");
    assert!(!git.run(&["ls-remote", &url]).await.ok());
    let header = "http.extraHeader=Authorization: Bearer tok";
    git.run(&["-c", header, "ls-remote", &url]).await.text();

    let open = GitHost::start(&root, Options::new(Auth::Open)).await.unwrap();
    let work = git.sample("work", &[("a", b"a")]).await;
    work.run(&["push", "--quiet", &open.repository_url("app"), "main"]).await.text();
}

#[tokio::test]
async fn what_is_not_there() {
    let world = World::new().await;
    let home = ask(&world.host, "/", "").await;
    assert!(home.ends_with("\r\n\r\nprivate Git host\n"), "{home}");
    for target in [
        "/acme/other.git/info/refs?service=git-upload-pack",
        "/acme/app.git/info/refs",
        "/acme/app.git/config",
        "/acme/info/refs?service=git-upload-pack",
        "/acme/app.git/../../root/acme/app.git/info/refs?service=git-upload-pack",
    ] {
        let answer = world.ask(target).await;
        assert!(answer.starts_with("HTTP/1.1 404 "), "{target}: {answer}");
        assert!(answer.contains("content-type: text/plain"), "{target}: {answer}");
        assert!(ask(&world.host, target, "").await.starts_with("HTTP/1.1 401 "), "{target}");
    }
}

#[tokio::test]
async fn a_judge_decides_per_repository_and_operation() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("root");
    create_repository("git".as_ref(), &root, "acme/app").unwrap();
    let judge = |ask: &Ask| {
        let password = ask.basic.as_ref().map(|(_, password)| password.as_str());
        match (ask.repository.trim_end_matches(".git"), password, ask.is_write) {
            ("below/acme/app", Some("writer"), _) | ("below/acme/app", Some("reader"), false) => {
                Verdict::Allow { repository: "acme/app.git".to_owned() }
            }
            ("below/acme/app", Some("reader"), true) => Verdict::forbid("read only\n"),
            (_, Some(_), _) => Verdict::absent("Repository not found.\n"),
            (_, None, _) => Verdict::challenge("Basic realm=\"test\"", "who?\n"),
        }
    };
    let host = GitHost::start(&root, Options::new(Auth::Ask(Arc::new(judge)))).await.unwrap();
    let git = Git::new(directory.path());
    let work = git.sample("work", &[("a", b"a")]).await;
    let url = |who: &str, path: &str| {
        host.repository_url(path).replace("http://", &format!("http://git:{who}@"))
    };
    work.run(&["push", "--quiet", &url("writer", "below/acme/app"), "main"]).await.text();
    git.run(&["ls-remote", "--exit-code", &url("reader", "below/acme/app")]).await.text();
    let refused = work.run(&["push", &url("reader", "below/acme/app"), "main"]).await;
    assert!(refused.stderr.contains("403"), "{}", refused.stderr);
    let absent = git.run(&["ls-remote", &url("reader", "acme/app")]).await;
    assert!(absent.stderr.contains("Repository not found."), "{}", absent.stderr);
    let stranger = ask(&host, REFS, "").await;
    assert!(stranger.contains("www-authenticate: Basic realm=\"test\"\r\n"), "{stranger}");
}

#[tokio::test]
async fn a_front_answers_what_is_not_gits_or_passes() {
    let directory = tempfile::tempdir().unwrap();
    create_repository("git".as_ref(), directory.path(), "acme/app").unwrap();
    let front = |request: http::Request<bytes::Bytes>| match request.uri().path() {
        "/api" => Some(http::Response::new(request.into_body())),
        "/panic" => panic!("asked to"),
        _ => None,
    };
    let options = Options { front: Some(Arc::new(front)), ..Options::new(Auth::Open) };
    let host = GitHost::start(directory.path(), options).await.unwrap();
    let body = |length: usize| format!("Content-Length: {length}\r\n\r\n{}", "b".repeat(length));
    let echoed = ask(&host, "/api", &body(7)).await;
    assert!(echoed.ends_with("\r\n\r\nbbbbbbb"), "{echoed}");
    let too_much = format!("Content-Length: {}\r\n", crate::limits::FRONT_BODY_BYTES_MAX + 1);
    assert!(ask(&host, "/api", &too_much).await.starts_with("HTTP/1.1 413 "));
    assert!(ask(&host, "/other", "").await.starts_with("HTTP/1.1 404 "));
    assert!(ask(&host, "/", "").await.ends_with("private Git host\n"));
    assert!(ask(&host, "/panic", "").await.starts_with("HTTP/1.1 500 "));
    assert!(ask(&host, REFS, "").await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn a_request_sent_out_over_http_and_tls() {
    let directory = tempfile::tempdir().unwrap();
    let front =
        |request: http::Request<bytes::Bytes>| Some(http::Response::new(request.into_body()));
    for has_tls in [false, true] {
        let options = Options { front: Some(Arc::new(front)), ..Options::new(Auth::Open) };
        let options = if has_tls { options.over_tls() } else { options };
        let host = GitHost::start(directory.path(), options).await.unwrap();
        let request = || {
            let uri = format!("{}/hook?a=b", host.url());
            http::Request::post(uri).header("x-event", "push").body("body".into()).unwrap()
        };
        let pem = host.ca_pem().unwrap_or_default();
        let wait = std::time::Duration::from_secs(10);
        let answer = crate::send(request(), &pem, wait).await.unwrap();
        assert_eq!(answer.body(), "body");
        let seen = host.journal();
        assert_eq!(seen[0].target, "/hook?a=b");
        assert_eq!(seen[0].header("host"), Some(host.address().to_string().as_str()));
        assert_eq!(crate::send(request(), "", wait).await.is_err(), has_tls);
        host.behave("/hook", Some(crate::Behaviour::Hang));
        let wait = std::time::Duration::from_millis(100);
        assert!(crate::send(request(), &pem, wait).await.is_err());
    }
}

#[tokio::test]
async fn a_stopped_host_is_gone() {
    let world = World::new().await;
    let address = world.host.address();
    world.host.behave("/", Some(crate::Behaviour::Hang));
    let mut waiting = tokio::net::TcpStream::connect(address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut waiting, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        .await
        .unwrap();
    world.host.stop().await;
    let mut rest = Vec::new();
    let read = tokio::io::AsyncReadExt::read_to_end(&mut waiting, &mut rest).await;
    assert!(read.is_err() || rest.is_empty());
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[test]
fn repositories_stay_below_the_root() {
    let directory = tempfile::tempdir().unwrap();
    for path in ["../up", "a/../../up", "", "/", ".hidden", "a//b"] {
        assert!(create_repository("git".as_ref(), directory.path(), path).is_err(), "{path}");
    }
    let twice = || create_repository("git".as_ref(), directory.path(), "/acme/app.git/").unwrap();
    assert_eq!(twice(), directory.path().join("acme/app.git"));
    // Making it again changes nothing.
    let config = || std::fs::read_to_string(directory.path().join("acme/app.git/config")).unwrap();
    let first = config();
    twice();
    assert_eq!(config(), first);
}
