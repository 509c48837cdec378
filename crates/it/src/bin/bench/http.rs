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

/// One answer, and how long it took.
pub struct Answer {
    /// Its status line and headers.
    pub head: String,
    /// Its body.
    pub body: Vec<u8>,
    /// From the request to the first byte.
    pub first: Duration,
    /// From the request to the last byte.
    pub whole: Duration,
}

/// One client that keeps its connection, and sends one request after the other.
pub struct Visitor {
    stream: TcpStream,
    headers: String,
}

impl Visitor {
    /// Connects; sends this header (`name: value`) with every request.
    pub async fn new(url: &str, header: &str) -> Visitor {
        let authority = url.strip_prefix("http://").unwrap();
        let stream = TcpStream::connect(authority).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Visitor { stream, headers: format!("Host: {authority}\r\n{header}\r\n") }
    }

    /// Asks for a page.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "").await
    }

    /// Sends JSON, or nothing.
    pub async fn send(&mut self, method: &str, path: &str, body: &str) -> Answer {
        let (headers, length) = (&self.headers, body.len());
        let kind = if body.is_empty() { "" } else { "Content-Type: application/json\r\n" };
        let request = format!(
            "{method} {path} HTTP/1.1\r\n{headers}{kind}Content-Length: {length}\r\n\r\n{body}"
        );
        let sent = Instant::now();
        self.stream.write_all(request.as_bytes()).await.unwrap();
        let (head, body, came) = read_answer(&mut self.stream).await;
        Answer { head, body, first: came - sent, whole: sent.elapsed() }
    }
}

/// Reads an answer of success; gives its head, its body, and when it began.
async fn read_answer(stream: &mut TcpStream) -> (String, Vec<u8>, Instant) {
    let mut bytes = Vec::with_capacity(1024);
    let mut chunk = [0u8; 16384];
    let mut came = None;
    let (head, end) = loop {
        read_some(stream, &mut chunk, &mut bytes).await;
        came.get_or_insert_with(Instant::now);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        break (String::from_utf8(bytes[..end].to_vec()).unwrap(), end + 4);
    };
    let is_wanted = ["HTTP/1.1 20", "HTTP/1.1 303"].iter().any(|start| head.starts_with(start));
    assert!(is_wanted, "{head}\n{}", String::from_utf8_lossy(&bytes[end..]));
    let length = head.lines().filter_map(|line| line.split_once(": "));
    let length = length
        .filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map(|(_, length)| length.parse().unwrap())
        .next()
        .unwrap_or(0);
    let mut body = bytes.split_off(end);
    while body.len() < length {
        read_some(stream, &mut chunk, &mut body).await;
    }
    (head, body, came.unwrap())
}

async fn read_some(stream: &mut TcpStream, chunk: &mut [u8], bytes: &mut Vec<u8>) {
    let read = stream.read(chunk).await.unwrap();
    assert!(read > 0, "the server closed the connection");
    bytes.extend_from_slice(&chunk[..read]);
}
