//! Every hostile behaviour, seen by a client that takes what comes.

use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::ANSWER_BYTES_MAX;
use super::REFS;
use super::World;
use super::ask;
use crate::Behaviour;
use crate::STRAY_HEADERS;

#[tokio::test]
async fn redirect_and_status() {
    let world = World::new().await;
    let location = "http://127.0.0.1:1/elsewhere".to_owned();
    world.host.behave("/acme/", Some(Behaviour::Redirect { status: 307, location }));
    let answer = world.ask(REFS).await;
    assert!(answer.starts_with("HTTP/1.1 307 "), "{answer}");
    assert!(answer.contains("location: http://127.0.0.1:1/elsewhere\r\n"), "{answer}");

    // The longer prefix wins, and may reach into the query.
    let status = Behaviour::Status {
        status: 429,
        headers: vec![("Retry-After".to_owned(), "7".to_owned())],
        body: "slower, please".to_owned(),
    };
    world.host.behave("/acme/app.git/info/refs?service=git-receive-pack", Some(status));
    let push = world.ask("/acme/app.git/info/refs?service=git-receive-pack").await;
    assert!(push.starts_with("HTTP/1.1 429 "), "{push}");
    assert!(push.contains("retry-after: 7\r\n") && push.ends_with("slower, please"), "{push}");
    assert!(world.ask(REFS).await.starts_with("HTTP/1.1 307 "));

    world.host.behave("/acme/", None);
    assert!(world.ask(REFS).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn hang() {
    let world = World::new().await;
    world.host.behave("/acme/app.git", Some(Behaviour::Hang));
    let waited = tokio::time::timeout(Duration::from_millis(300), world.ask(REFS)).await;
    assert!(waited.is_err());
    assert_eq!(world.host.journal().len(), 1);
    assert!(world.ask("/").await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn cookies_on_good_answers_only() {
    let world = World::new().await;
    world.host.behave("/", Some(Behaviour::SetCookie));
    let answer = world.ask(REFS).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    for (name, value) in STRAY_HEADERS {
        assert!(answer.contains(&format!("{name}: {value}\r\n")), "{name}: {answer}");
    }
    assert!(!ask(&world.host, REFS, "").await.contains("set-cookie"));
    world.git.run(&["ls-remote", &world.url()]).await.text();
}

#[tokio::test]
async fn the_echo_holds_the_secret_raw_and_decoded() {
    let world = World::new().await;
    world.host.behave("/", Some(Behaviour::EchoAuthorization { status: 403 }));
    let answer = world.ask(REFS).await;
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    let found = world.token.find_in_bytes(answer.as_bytes());
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(ask(&world.host, REFS, "").await.starts_with("HTTP/1.1 401 "));
    // Real git comes with the token after the challenge, and shows nothing of it.
    let refused = world.git.run(&["ls-remote", &world.url()]).await;
    assert!(refused.stderr.contains("403"), "{}", refused.stderr);
}

#[tokio::test]
async fn an_endless_body_looks_like_an_advertisement() {
    let world = World::new().await;
    world.host.behave(REFS, Some(Behaviour::EndlessBody));
    let answer = world.ask(REFS).await;
    assert!(answer.contains("content-type: application/x-git-upload-pack-advertisement\r\n"));
    assert!(answer.len() as u64 >= ANSWER_BYTES_MAX);
}

#[tokio::test]
async fn a_page_a_huge_array_and_a_drip() {
    let world = World::new().await;
    world.host.behave("/api/page", Some(Behaviour::Html));
    world.host.behave("/api/huge", Some(Behaviour::HugeJson { bytes: 300_000 }));
    world.host.behave("/api/tiny", Some(Behaviour::HugeJson { bytes: 4 }));
    world.host.behave("/api/slow", Some(Behaviour::Drip { pause: Duration::from_millis(20) }));

    let page = ask(&world.host, "/api/page", "").await;
    assert!(page.starts_with("HTTP/1.1 200 ") && page.contains("content-type: text/html"));
    let huge = ask_whole(&world.host, "/api/huge").await;
    assert_eq!(huge.len(), 300_000);
    let elements: Vec<String> = serde_json::from_slice(&huge).unwrap();
    assert!(elements.len() > 10_000, "{}", elements.len());
    assert_eq!(ask_whole(&world.host, "/api/tiny").await, b"[\"\"]");

    let mut stream = TcpStream::connect(world.host.address()).await.unwrap();
    stream.write_all(b"GET /api/slow HTTP/1.1\r\nHost: h\r\n\r\n").await.unwrap();
    let mut got = vec![0; 4096];
    let mut text = String::new();
    while text.matches("1\r\n \r\n").count() < 3 {
        let count = stream.read(&mut got).await.unwrap();
        assert_ne!(count, 0, "the drip ended: {text}");
        text.push_str(&String::from_utf8_lossy(&got[..count]));
    }
    assert!(text.contains("1\r\n[\r\n"), "{text}");
}

/// The body of a chunked answer.
async fn ask_whole(host: &crate::GitHost, target: &str) -> Vec<u8> {
    let answer = ask(host, target, "").await;
    let (_, mut rest) = answer.split_once("\r\n\r\n").unwrap();
    let mut body = Vec::new();
    while let Some((length, chunks)) = rest.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).unwrap();
        body.extend_from_slice(&chunks.as_bytes()[..length]);
        rest = &chunks[length + 2..];
    }
    body
}
