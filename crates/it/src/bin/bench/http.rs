//! A small HTTP/1.1 client that keeps its connection: the load must not cost more than the server.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// What a load did.
pub struct Load {
    /// Requests answered as expected, per second.
    pub per_second: f64,
    /// Requests answered.
    pub count: u64,
    /// Half of all answers came faster.
    pub p50: Duration,
    /// All but one in a hundred came faster.
    pub p99: Duration,
}

/// Sends requests over `connections` kept-alive connections for `span`. `body` makes each one's body
/// from its number.
pub async fn load(
    url: &str,
    token: &str,
    path: &str,
    connections: usize,
    span: Duration,
    body: impl Fn(u64) -> String + Send + Sync + 'static,
) -> Load {
    let authority = url.strip_prefix("http://").unwrap().to_owned();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {authority}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    );
    let (head, body) = (Arc::new(head), Arc::new(body));
    let (stop, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut tasks = tokio::task::JoinSet::new();
    let started = Instant::now();
    for _ in 0..connections {
        let (head, body, authority) = (Arc::clone(&head), Arc::clone(&body), authority.clone());
        let (stop, count) = (Arc::clone(&stop), Arc::clone(&count));
        tasks.spawn(async move {
            let mut stream = TcpStream::connect(authority).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let mut times = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let text = body(count.fetch_add(1, Ordering::Relaxed));
                let request = format!("{head}Content-Length: {}\r\n\r\n{text}", text.len());
                let sent = Instant::now();
                stream.write_all(request.as_bytes()).await.unwrap();
                read_answer(&mut stream).await;
                times.push(sent.elapsed());
            }
            times
        });
    }
    tokio::time::sleep(span).await;
    stop.store(true, Ordering::Relaxed);
    let mut times: Vec<Duration> = Vec::new();
    while let Some(done) = tasks.join_next().await {
        times.extend(done.unwrap());
    }
    let elapsed = started.elapsed().as_secs_f64();
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    Load {
        per_second: times.len() as f64 / elapsed,
        count: times.len() as u64,
        p50: at(0.5),
        p99: at(0.99),
    }
}

async fn read_answer(stream: &mut TcpStream) {
    let mut bytes = Vec::with_capacity(1024);
    let mut chunk = [0u8; 4096];
    loop {
        let read = stream.read(&mut chunk).await.unwrap();
        assert!(read > 0, "the server closed the connection");
        bytes.extend_from_slice(&chunk[..read]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(&bytes[..end]).unwrap().to_ascii_lowercase();
        assert!(
            head.starts_with("http/1.1 20"),
            "{head}\n{}",
            String::from_utf8_lossy(&bytes[end..])
        );
        let length: usize = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |text| text.parse().unwrap());
        if bytes.len() >= end + 4 + length {
            return;
        }
    }
}
