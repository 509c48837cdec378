//! The guard at the dialled address, and refusals that name the flag.

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::*;

async fn server(answer: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        for _ in 0..4 {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0u8; 1024];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    port
}

async fn get(reach: Reach, url: &str) -> Result<http::Response<Incoming>> {
    let request = http::Request::get(url).body(empty()).unwrap();
    Outbound::new(reach, Limits::default()).send(request, &Trust::Roots).await
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

#[tokio::test]
async fn literals_and_names_pass_the_same_guard() {
    let port = server(OK).await;
    let open = Guard::new(Vec::new(), true);
    for url in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://localhost:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
    ] {
        let refused = get(Reach::Guarded(open.clone()), &url).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Forbidden, "{url}: {refused}");
        assert!(refused.to_string().contains("--allow-network"), "{refused}");
    }
    let allowed = Guard::new(vec!["127.0.0.0/8".parse().unwrap()], true);
    let answer = get(Reach::Guarded(allowed), &format!("http://127.0.0.1:{port}/")).await.unwrap();
    assert_eq!(&read_limited(answer.into_body(), 5).await.unwrap()[..], b"hello");
}

#[tokio::test]
async fn plain_text_needs_its_flag() {
    let port = server(OK).await;
    let guard = Guard::new(vec!["127.0.0.0/8".parse().unwrap()], false);
    let refused =
        get(Reach::Guarded(guard), &format!("http://127.0.0.1:{port}/")).await.unwrap_err();
    assert!(refused.to_string().contains("--allow-plain-http"), "{refused}");
}

#[tokio::test]
async fn redirects_are_not_followed_and_large_answers_are_refused() {
    let moved = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
    let port = server(moved).await;
    let answer = get(Reach::Anywhere, &format!("http://127.0.0.1:{port}/")).await.unwrap();
    assert_eq!(answer.status(), 302);
    let port = server(OK).await;
    let answer = get(Reach::Anywhere, &format!("http://127.0.0.1:{port}/")).await.unwrap();
    assert_eq!(read_limited(answer.into_body(), 4).await.unwrap_err().kind(), ErrorKind::Upstream);
}

#[tokio::test]
async fn an_absent_host_is_a_sentence() {
    let refused = get(Reach::Anywhere, "http://127.0.0.1:9/").await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Upstream);
    assert!(refused.message().contains("127.0.0.1:9"), "{refused}");
}

#[tokio::test]
async fn a_journal_has_every_exchange_and_forgets_what_was_taken() {
    let port = server(OK).await;
    let journal = Arc::new(Journal::default());
    let outbound =
        Outbound::new(Reach::Anywhere, Limits::default()).with_journal(Arc::clone(&journal));
    let head = |url: &str| {
        http::Request::head(url).header("Authorization", "Bearer canary").body(empty()).unwrap()
    };
    let url = format!("http://127.0.0.1:{port}/user/repos?page=2");
    outbound.send(head(&url), &Trust::Roots).await.unwrap();
    outbound.send(head("http://127.0.0.1:9/"), &Trust::Roots).await.unwrap_err();
    let shown = format!("{journal:?}");
    assert!(!shown.contains("canary"), "{shown}");
    let absent = "http://127.0.0.1:9/".to_owned();
    let wanted = [
        Exchange { method: http::Method::HEAD, url, outcome: Ok(http::StatusCode::OK) },
        Exchange { method: http::Method::HEAD, url: absent, outcome: Err(ErrorKind::Upstream) },
    ];
    assert_eq!(journal.exchanges(), wanted);
    assert_eq!(journal.take(), wanted);
    assert!(journal.exchanges().is_empty());
}
