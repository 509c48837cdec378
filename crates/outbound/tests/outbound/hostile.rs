//! Hosts that drip, flood and point elsewhere.

use std::time::Duration;

use domain::ErrorKind;
use outbound::Limits;
use outbound::Outbound;
use outbound::Trust;
use tokio::io::AsyncWriteExt;

use crate::fixtures::HELLO;
use crate::fixtures::Server;
use crate::fixtures::get;
use crate::fixtures::loopback;
use crate::fixtures::short;

const MEBIBYTE: usize = 1024 * 1024;

#[tokio::test]
async fn a_head_that_drips_is_given_up() {
    let drip = Server::start(|mut stream, server| async move {
        server.read_head(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
        while stream.write_all(b"X: y\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    let url = drip.url("http", "127.0.0.1");
    let outbound = Outbound::new(loopback(), short());
    let refused = get(&outbound, &url, &Trust::Roots).await.unwrap_err();
    assert!(refused.message().contains("did not answer within"), "{refused}");
}

#[tokio::test]
async fn a_head_without_end_is_refused() {
    let endless = Server::start(|mut stream, server| async move {
        server.read_head(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nX: ").await;
        while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
    })
    .await;
    let url = endless.url("http", "127.0.0.1");
    let outbound = Outbound::new(loopback(), Limits::default());
    let refused = get(&outbound, &url, &Trust::Roots).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Upstream);
    assert!(refused.message().contains("too large"), "{refused}");
}

/// Sends up to 500 MiB, announced or not, and says how much the other side took.
async fn flood(is_announced: bool) -> (Server, tokio::sync::mpsc::UnboundedReceiver<usize>) {
    let (report, taken) = tokio::sync::mpsc::unbounded_channel();
    let server = Server::start(move |mut stream, server| {
        let report = report.clone();
        async move {
            server.read_head(&mut stream).await;
            let head = match is_announced {
                true => format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 500 * MEBIBYTE),
                false => "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_owned(),
            };
            let _ = stream.write_all(head.as_bytes()).await;
            let piece = vec![b'x'; 64 * 1024];
            let mut sent = 0;
            while sent < 500 * MEBIBYTE && stream.write_all(&piece).await.is_ok() {
                sent += piece.len();
            }
            let _ = report.send(sent);
        }
    })
    .await;
    (server, taken)
}

#[tokio::test]
async fn a_body_of_500_mib_is_refused_early() {
    for is_announced in [true, false] {
        let (server, mut taken) = flood(is_announced).await;
        let outbound = Outbound::new(loopback(), Limits::default());
        let url = server.url("http", "127.0.0.1");
        let refused = get(&outbound, &url, &Trust::Roots).await.unwrap_err();
        assert!(refused.message().contains("larger than 64 bytes"), "{refused}");
        let taken = tokio::time::timeout(Duration::from_secs(20), taken.recv()).await;
        // What the sockets' buffers swallow, and not more.
        assert!(taken.unwrap().unwrap() < 50 * MEBIBYTE, "{is_announced}");
    }
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let other = Server::saying(HELLO).await;
    let answer = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:{}/\r\nContent-Length: 0\r\n\r\n",
        other.port
    );
    let moved = Server::saying(answer.leak()).await;
    let outbound = Outbound::new(loopback(), Limits::default());
    let request = http::Request::get(moved.url("http", "127.0.0.1"))
        .header("Authorization", "Bearer canary")
        .body(outbound::empty())
        .unwrap();
    assert_eq!(outbound.send(request, &Trust::Roots).await.unwrap().status(), 307);
    assert_eq!(moved.heads().len(), 1);
    assert!(other.heads().is_empty());
}
