//! A forge with some things in it, and a client that shows every byte of an answer.

use std::sync::Arc;
use std::time::Duration;

use domain::Timestamp;
use githost::Auth;
use githost::GitHost;
use http::Response;
use serde_json::Value;
use tempfile::TempDir;
use testkit::Git;
use testkit::ManualClock;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::Forge;
use crate::Hook;
use crate::Kind;
use crate::Options;

/// A forge and what goes with it.
pub(crate) struct World {
    pub(crate) forge: Forge,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) git: Git,
    _directory: TempDir,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Got {
    /// A header; panics if there is none.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        self.find(name).unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }

    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A field of the body, `a.b.0.c`; panics if there is none.
    #[track_caller]
    pub(crate) fn at(&self, path: &str) -> Value {
        let pointer = format!("/{}", path.replace('.', "/"));
        let json = self.json();
        json.pointer(&pointer).unwrap_or_else(|| panic!("no {path} in {json}")).clone()
    }

    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Got {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

impl World {
    pub(crate) async fn new(kind: Kind) -> World {
        World::with(Options::new(kind)).await
    }

    pub(crate) async fn with(options: Options) -> World {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::default());
        let options = Options { clock: Arc::<ManualClock>::clone(&clock), ..options };
        let forge = Forge::start_with(options, &directory.path().join("root")).await.unwrap();
        let git = Git::new(&directory.path().join("user"));
        World { forge, clock, git, _directory: directory }
    }

    pub(crate) fn moment(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    /// Asks the API as the cloud has it.
    pub(crate) async fn get(&self, token: &str, target: &str) -> Got {
        self.send("GET", token, target, "").await
    }

    /// Sends to the API; an empty token is none, one with a space in it is the whole header.
    pub(crate) async fn send(&self, method: &str, token: &str, target: &str, body: &str) -> Got {
        let authorization = match token {
            "" => String::new(),
            whole if whole.contains(' ') => format!("Authorization: {whole}\r\n"),
            token => format!("Authorization: Bearer {token}\r\n"),
        };
        let url = format!("{}{target}", self.forge.api_url());
        self.raw(method, &url, &authorization, body).await
    }

    /// Sends to a whole address, with these header lines.
    pub(crate) async fn raw(&self, method: &str, url: &str, headers: &str, body: &str) -> Got {
        let authority = self.forge.host().address().to_string();
        let target = url.split_once(&authority).unwrap().1;
        let agent = if headers.contains("User-Agent:") { "" } else { "User-Agent: tests\r\n" };
        let request = format!(
            "{method} {target} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n{agent}\
             {headers}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(&authority).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let end = answer.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let pair = |line: &str| {
            let (name, value) = line.split_once(": ").unwrap_or((line.trim_end_matches(':'), ""));
            (name.to_owned(), value.to_owned())
        };
        Got { status, headers: lines.map(pair).collect(), body: answer[end + 4..].to_vec() }
    }

    /// Something that takes deliveries and says yes.
    pub(crate) async fn receiver(&self) -> GitHost {
        let mut options = githost::Options::new(Auth::Open);
        options.front = Some(Arc::new(|request| Some(Response::new(request.into_body()))));
        GitHost::start(self._directory.path(), options).await.unwrap()
    }

    /// The only hook of a repository, once it has delivered so often.
    pub(crate) async fn delivered(&self, path: &str, count: usize) -> Hook {
        for _ in 0..200 {
            let hook = self.forge.hooks(path).pop().unwrap();
            if hook.deliveries.len() >= count {
                return hook;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("nothing was delivered");
    }

    /// The clone address with a user and a password in it.
    pub(crate) fn clone_url(&self, user: &str, password: &str, path: &str) -> String {
        self.forge.clone_url(path).replace("://", &format!("://{user}:{password}@"))
    }
}
