//! A small client of the HTTP API that keeps its connection: written by hand, so that a test sees
//! every byte of an answer and a broken connection is an error like any other.

use std::io;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tokio::io::AsyncBufReadExt;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::io::BufReader;
use tokio::net::TcpStream;

/// One exchange may take this long; a server that hangs must not hang its test.
const EXCHANGE_MAX: Duration = Duration::from_secs(30);
/// Rows asked for on one page.
const PAGE_ROWS: usize = 200;
/// Pages of one list.
const PAGES_MAX: usize = 1000;

/// A client with one connection.
pub struct Api {
    address: String,
    token: String,
    connection: Option<BufReader<TcpStream>>,
}

/// An answer.
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The status line and the header lines, as they came.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON, of whatever status.
    pub fn value(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in {}: {}", self.status, self.text()))
    }

    /// The body as JSON; fails loudly unless it was done.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert!(self.is_done(), "answered {}: {}", self.status, self.text());
        self.value()
    }

    /// Whether it was done.
    pub fn is_done(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Api {
    /// A client of the server at `url`, with an API token.
    pub fn new(url: &str, token: &str) -> Api {
        let address = url.strip_prefix("http://").expect("a plain URL").to_owned();
        Api { address, token: token.to_owned(), connection: None }
    }

    /// Calls the native API; `path` begins behind `/claviger/v1`.
    pub async fn call(
        &mut self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> io::Result<Reply> {
        let target = format!("/claviger/v1{path}");
        let authorization = format!("Bearer {}", self.token);
        self.exchange(method, &target, &authorization, body).await
    }

    /// The same, and the server must answer.
    pub async fn get(&mut self, path: &str) -> Reply {
        self.call("GET", path, None).await.unwrap()
    }

    /// The same, and the server must answer.
    pub async fn post(&mut self, path: &str, body: &Value) -> Reply {
        self.call("POST", path, Some(body)).await.unwrap()
    }

    /// The same, and the server must answer.
    pub async fn delete(&mut self, path: &str) -> Reply {
        self.call("DELETE", path, None).await.unwrap()
    }

    /// Every row of a list.
    pub async fn all(&mut self, path: &str) -> Vec<Value> {
        let (mut rows, mut cursor) = (Vec::new(), String::new());
        for _ in 0..PAGES_MAX {
            let page = self.get(&format!("{path}?limit={PAGE_ROWS}{cursor}")).await.json();
            rows.extend(page["items"].as_array().expect("a page has items").iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return rows,
            }
        }
        panic!("the list {path} does not come to an end");
    }

    /// Asks the gateway for the refs of a repository, as git does at the beginning of a fetch.
    pub async fn refs(&mut self, authority: &str, repository: &str, token: &str) -> Reply {
        self.service_refs(authority, repository, token, "git-upload-pack").await
    }

    /// Asks the gateway for the refs of a repository on behalf of a git service.
    pub async fn service_refs(
        &mut self,
        authority: &str,
        repository: &str,
        token: &str,
        service: &str,
    ) -> Reply {
        let target = format!("/git/{authority}/{repository}.git/info/refs?service={service}");
        let authorization = format!("Basic {}", STANDARD.encode(format!("x:{token}")));
        self.exchange("GET", &target, &authorization, None).await.unwrap()
    }

    /// Verifies the audit log; fails loudly unless it is intact. Gives the verdict.
    pub async fn must_verify(&mut self) -> Value {
        let verdict = self.post("/audit/verify", &serde_json::json!({})).await.json();
        assert_eq!(verdict["intact"], true, "the audit log is damaged: {verdict}");
        verdict
    }

    /// One exchange on the kept connection, or on a new one if the last was closed.
    pub async fn exchange(
        &mut self,
        method: &str,
        target: &str,
        authorization: &str,
        body: Option<&Value>,
    ) -> io::Result<Reply> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = format!(
            "{method} {target} HTTP/1.1\r\nhost: {}\r\nauthorization: {authorization}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => BufReader::new(TcpStream::connect(&self.address).await?),
        };
        let exchanged = tokio::time::timeout(EXCHANGE_MAX, async {
            connection.write_all(request.as_bytes()).await?;
            read(&mut connection).await
        });
        let reply = exchanged.await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        if !header(&reply.head, "connection").is_some_and(|it| it.eq_ignore_ascii_case("close")) {
            self.connection = Some(connection);
        }
        Ok(reply)
    }
}

async fn read(connection: &mut BufReader<TcpStream>) -> io::Result<Reply> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if connection.read_line(&mut head).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
    let status = status.ok_or(io::ErrorKind::InvalidData)?;
    let mut body = Vec::new();
    if let Some(length) = header(&head, "content-length") {
        body.resize(length.parse().map_err(|_| io::ErrorKind::InvalidData)?, 0);
        connection.read_exact(&mut body).await?;
    } else if header(&head, "transfer-encoding").is_some() {
        while read_chunk(connection, &mut body).await? {}
    }
    Ok(Reply { status, head, body })
}

/// Reads a chunk; `false` once it was the last.
async fn read_chunk(connection: &mut BufReader<TcpStream>, body: &mut Vec<u8>) -> io::Result<bool> {
    let mut line = String::new();
    connection.read_line(&mut line).await?;
    let size = usize::from_str_radix(line.trim(), 16).map_err(|_| io::ErrorKind::InvalidData)?;
    // The chunk and the line end behind it.
    let mut chunk = vec![0; size + 2];
    connection.read_exact(&mut chunk).await?;
    body.extend_from_slice(&chunk[..size]);
    Ok(size > 0)
}

/// The value of a header line.
pub fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}
