//! A receiver of webhooks on loopback that keeps what it gets and answers as it is told.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use tokio::io::AsyncBufReadExt;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::io::BufReader;
use tokio::net::TcpListener;
use tokio::net::TcpStream;

/// A request that came.
#[derive(Clone, Debug)]
pub struct Request {
    /// Method and target.
    pub line: String,
    /// Headers, by their names in lower case.
    pub headers: HashMap<String, String>,
    /// The body.
    pub body: String,
}

/// How it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manner {
    /// With a status line behind `HTTP/1.1 `, and further headers.
    Say(String),
    /// Not at all: the connection stays open.
    Hang,
}

/// The receiver; clones share it. It ends with the test.
#[derive(Clone)]
pub struct Receiver {
    /// Where it listens.
    pub address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    manner: Arc<Mutex<Manner>>,
}

impl Receiver {
    /// A receiver that says yes to all.
    pub async fn start() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .unwrap_or_else(|error| panic!("no port on loopback: {error}"));
        let address = listener.local_addr().unwrap_or_else(|error| panic!("no address: {error}"));
        let manner = Arc::new(Mutex::new(Manner::Say("204 No Content".to_owned())));
        let receiver = Receiver { address, requests: Arc::default(), manner };
        let own = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let own = own.clone();
                tokio::spawn(async move { own.answer(stream).await });
            }
        });
        receiver
    }

    /// How it answers from now on.
    pub fn behave(&self, manner: Manner) {
        *lock(&self.manner) = manner;
    }

    /// What came so far.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.requests).clone()
    }

    /// Its address with a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn answer(&self, stream: TcpStream) -> io::Result<()> {
        let mut client = BufReader::new(stream);
        let mut line = String::new();
        client.read_line(&mut line).await?;
        let mut headers = HashMap::new();
        loop {
            let mut header = String::new();
            client.read_line(&mut header).await?;
            let Some((name, value)) = header.trim_end().split_once(':') else { break };
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        client.read_exact(&mut body).await?;
        let body = String::from_utf8_lossy(&body).into_owned();
        lock(&self.requests).push(Request { line: line.trim_end().to_owned(), headers, body });
        let manner = lock(&self.manner).clone();
        match manner {
            Manner::Say(status) => {
                let head =
                    format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                client.write_all(head.as_bytes()).await?;
                client.shutdown().await
            }
            Manner::Hang => std::future::pending().await,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
