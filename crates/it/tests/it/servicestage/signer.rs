//! A signer of `SDK-HMAC-SHA256`, written after the contract and not after our verifier, and requests as
//! Terraform's client sends them: no host among the signed headers, the project beside them.

use aws_lc_rs::digest;
use aws_lc_rs::hmac;
use domain::Timestamp;

use crate::toolbox::Answer;
use crate::toolbox::ask;

/// The algorithm.
pub(super) const ALGORITHM: &str = "SDK-HMAC-SHA256";

/// An access key.
#[derive(Clone)]
pub(super) struct Key {
    /// Its name.
    pub access: String,
    /// Its secret.
    pub secret: String,
}

/// A request as it travels.
#[derive(Clone)]
pub(super) struct Sent {
    /// The method.
    pub method: String,
    /// The path and the query, raw.
    pub target: String,
    /// The headers, in their order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Sent {
    /// A request as golangsdk begins it; a body ends with a newline.
    pub fn new(method: &str, target: &str, body: Option<&serde_json::Value>) -> Sent {
        let body = body.map(|body| format!("{body}\n").into_bytes()).unwrap_or_default();
        let (method, target) = (method.to_owned(), target.to_owned());
        let mut sent = Sent { method, target, headers: Vec::new(), body };
        sent.set("Accept", "application/json");
        sent.set("Content-Type", "application/json");
        sent.set("User-Agent", "golangsdk/2.0.0");
        sent.set("X-Sdk-Date", &moment(now()));
        sent
    }

    /// The same with a header, instead of one of this name.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Sent {
        self.set(name, value);
        self
    }

    /// Sets a header.
    pub fn set(&mut self, name: &str, value: &str) {
        self.headers.retain(|(it, _)| !it.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(it, _)| it.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    /// The same, signed: every header that it has so far.
    #[must_use]
    pub fn signed(self, key: &Key) -> Sent {
        let digest = hex(digest::digest(&digest::SHA256, &self.body).as_ref());
        self.signed_over(key, &digest)
    }

    /// The same with something else in the place of the body's digest.
    #[must_use]
    pub fn signed_over(mut self, key: &Key, body: &str) -> Sent {
        let mut headers: Vec<(String, &str)> =
            self.headers.iter().map(|(it, value)| (it.to_lowercase(), value.trim())).collect();
        headers.sort();
        let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        let names = names.join(";");
        let lines: String = headers.iter().map(|(it, value)| format!("{it}:{value}\n")).collect();
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let (path, query) = (canonical_path(path), canonical_query(query));
        let request = format!("{}\n{path}\n{query}\n{lines}\n{names}\n{body}", self.method);
        let request = hex(digest::digest(&digest::SHA256, request.as_bytes()).as_ref());
        let text = format!("{ALGORITHM}\n{}\n{request}", self.header("X-Sdk-Date"));
        let secret = hmac::Key::new(hmac::HMAC_SHA256, key.secret.as_bytes());
        let signature = hex(hmac::sign(&secret, text.as_bytes()).as_ref());
        let access = &key.access;
        self.set(
            "Authorization",
            &format!("{ALGORITHM} Access={access}, SignedHeaders={names}, Signature={signature}"),
        );
        self
    }

    /// Sends it.
    pub async fn send(&self, url: &str) -> Answer {
        let lines = self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
        let lines: String = lines.collect();
        ask(url, &self.method, &self.target, &lines, &self.body).await
    }
}

/// The time of this machine, in milliseconds.
#[expect(clippy::disallowed_methods, reason = "the server has the machine's clock")]
pub(super) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

/// `20260102T030405Z`.
pub(super) fn moment(millis: i64) -> String {
    let written = Timestamp::from_millis(millis).to_string();
    let (seconds, _) = written.split_once('.').unwrap();
    format!("{}Z", seconds.replace(['-', ':'], ""))
}

/// §3.2: decoded whole, encoded by segment, with a slash at the end.
fn canonical_path(path: &str) -> String {
    let decoded = decode(path);
    let segments: Vec<String> = decoded.split(|byte| *byte == b'/').map(encode).collect();
    let path = segments.join("/");
    if path.ends_with('/') { path } else { format!("{path}/") }
}

/// §3.2: decoded, sorted, encoded.
fn canonical_query(query: &str) -> String {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let mut pairs: Vec<(Vec<u8>, Vec<u8>)> = pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect();
    pairs.sort();
    let pairs = pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn decode(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            other => other,
        });
    }
    decoded
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    let letter = |byte: &u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(*byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    bytes.as_ref().iter().map(letter).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The vectors of the contract: made by the official SDK.
#[test]
fn this_signer_signs_as_the_official_one() {
    let key = Key { access: "AKTESTEXAMPLE".to_owned(), secret: "skTestExampleSecret".to_owned() };
    let sent = |method: &str, target: &str, body: &str| Sent {
        method: method.to_owned(),
        target: target.to_owned(),
        headers: [
            ("Content-Type", "application/json"),
            ("Host", "127.0.0.1:8080"),
            ("User-Agent", "ua/1"),
            ("X-Project-Id", "p1"),
            ("X-Sdk-Date", "20260102T030405Z"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into(),
        body: body.as_bytes().to_vec(),
    };
    let body = r#"{"name": "tok-1", "token": "ghp_x"}"#;
    let file = "/v1/p1/git/files/grp%2Fsub/demo/src%3Aa%20b.rs";
    let query = "?message=rm%20it%20%26%20more&ref=feature%2Fx&sha=~abc";
    for (sent, signature) in [
        (
            sent("POST", "/v1/p1/git/auths/github/personal", body),
            "ab9688fc8c3ce1233ed75a8bec79970c9e38dc07b1d219fe17e438a9aae81fb7",
        ),
        (
            sent("GET", "/v1/p1/git/auths", "").with("X-Security-Token", "STS"),
            "d2fd98080d5ae2d63b58360d525b6e5a6b636ef2086f7a2945d470204e2b39e0",
        ),
        (
            sent("DELETE", &format!("{file}{query}"), "").with("X-Repo-Auth", "tok-1"),
            "cc02f2b84214462d1f3e05859836e0aea0377cc32808b5afdba1986847181101",
        ),
    ] {
        let signed = sent.signed(&key);
        assert!(signed.header("Authorization").ends_with(signature), "{}", signed.target);
    }
}
