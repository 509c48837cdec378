//! An OIDC issuer on loopback, with keys made at run time, that answers as it is told.

use std::io;
use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::encoding::Pkcs8V1Der;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED_SIGNING;
use aws_lc_rs::signature::ECDSA_P384_SHA384_FIXED_SIGNING;
use aws_lc_rs::signature::EcdsaKeyPair;
use aws_lc_rs::signature::Ed25519KeyPair;
use aws_lc_rs::signature::RsaKeyPair;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use jsonwebtoken::EncodingKey;
use jsonwebtoken::Header;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::jwk::PublicKeyUse;
use serde_json::Value;
use serde_json::json;
use tokio::io::AsyncBufReadExt;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::io::BufReader;
use tokio::net::TcpListener;
use tokio::net::TcpStream;

/// Whom the issuer's tokens are for.
pub const AUDIENCE: &str = "claviger";
/// What an endless answer stops at, if nobody closes the connection before.
const ENDLESS_BYTES_MAX: usize = 500 * 1024 * 1024;
const CHUNK_BYTES: usize = 64 * 1024;

/// A key that signs tokens.
#[derive(Clone)]
pub struct SigningKey {
    header: Header,
    key: EncodingKey,
    jwk: Value,
}

impl SigningKey {
    /// A new key for an algorithm by its name in tokens, with an id.
    pub fn new(algorithm: &str, id: &str) -> SigningKey {
        let algorithm = Algorithm::from_str(algorithm)
            .unwrap_or_else(|error| panic!("no algorithm is called {algorithm}: {error}"));
        let key = match algorithm {
            Algorithm::ES256 => ec(&ECDSA_P256_SHA256_FIXED_SIGNING),
            Algorithm::ES384 => ec(&ECDSA_P384_SHA384_FIXED_SIGNING),
            Algorithm::EdDSA => must(
                Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new())
                    .map(|der| EncodingKey::from_ed_der(der.as_ref())),
            ),
            _ => rsa(),
        };
        let mut jwk = must(Jwk::from_encoding_key(&key, algorithm));
        jwk.common.key_id = Some(id.to_owned());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        let jwk = must(serde_json::to_value(jwk));
        let header = Header { kid: Some(id.to_owned()), ..Header::new(algorithm) };
        SigningKey { header, key, jwk }
    }

    /// A token with these claims.
    pub fn sign(&self, claims: &Value) -> String {
        must(jsonwebtoken::encode(&self.header, claims, &self.key))
    }

    /// The same key, whose tokens begin otherwise.
    #[must_use]
    pub fn with_header(mut self, change: impl FnOnce(&mut Header)) -> SigningKey {
        change(&mut self.header);
        self
    }

    /// The public part, as the issuer publishes it.
    pub fn jwk(&self) -> Value {
        self.jwk.clone()
    }

    /// Signs with what everybody knows: the public key as if it were a shared secret.
    pub fn sign_with_public_part(&self, claims: &Value) -> String {
        let modulus = self.jwk.get("n").and_then(Value::as_str).unwrap_or_default();
        let public = must(URL_SAFE_NO_PAD.decode(modulus));
        let header = Header { alg: Algorithm::HS256, ..self.header.clone() };
        must(jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(&public)))
    }

    /// A token that nobody signed.
    pub fn unsigned(claims: &Value) -> String {
        let part = |text: String| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.c2ln", part(json!({"alg": "none"}).to_string()), part(claims.to_string()))
    }
}

fn rsa() -> EncodingKey {
    let pair = must(RsaKeyPair::generate(KeySize::Rsa2048));
    let der: Pkcs8V1Der<'_> = must(pair.as_der());
    let label = "PRIVATE KEY";
    let body = STANDARD.encode(der.as_ref());
    must(EncodingKey::from_rsa_pem(
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n").as_bytes(),
    ))
}

fn ec(algorithm: &'static aws_lc_rs::signature::EcdsaSigningAlgorithm) -> EncodingKey {
    let made = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new());
    must(made.map(|der| EncodingKey::from_ec_der(der.as_ref())))
}

/// How the issuer answers at one of its addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// With this text.
    Text(String),
    /// With a status line behind `HTTP/1.1 `, and further headers.
    Say(String),
    /// With bytes without an end that anybody would wait for.
    Endless,
    /// Not at all: the connection stays open.
    Hang,
}

struct State {
    document: Answer,
    keys: Answer,
    token: Answer,
    lines: Vec<String>,
    presented: Vec<(String, String)>,
    endless_bytes: usize,
}

/// The issuer; clones share it. It ends with the test.
#[derive(Clone)]
pub struct Issuer {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Issuer {
    /// An issuer that publishes these keys.
    pub async fn start(keys: &[&SigningKey]) -> Issuer {
        let listener = must(TcpListener::bind("127.0.0.1:0").await);
        let address = must(listener.local_addr());
        let state = State {
            document: Answer::Hang,
            keys: Answer::Hang,
            token: Answer::Say("400 Bad Request".to_owned()),
            lines: Vec::new(),
            presented: Vec::new(),
            endless_bytes: 0,
        };
        let issuer = Issuer { address, state: Arc::new(Mutex::new(state)) };
        let own = issuer.url();
        issuer.say_of_itself(&own, &format!("{own}/keys"));
        issuer.publish(keys);
        let own = issuer.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let own = own.clone();
                tokio::spawn(async move { own.answer(stream).await });
            }
        });
        issuer
    }

    /// What it is called in its tokens.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it says of itself from now on.
    pub fn say_of_itself(&self, issuer: &str, keys: &str) {
        self.say(issuer, keys, &json!({}));
    }

    /// The same, with more of what issuers say.
    pub fn say_more(&self, more: &Value) {
        let own = self.url();
        self.say(&own, &format!("{own}/keys"), more);
    }

    fn say(&self, issuer: &str, keys: &str, more: &Value) {
        let own = self.url();
        let mut said = json!({
            "issuer": issuer,
            "jwks_uri": keys,
            "authorization_endpoint": format!("{own}/authorize"),
            "token_endpoint": format!("{own}/token"),
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            if let Some(fields) = said.as_object_mut() {
                fields.insert(name.clone(), value.clone());
            }
        }
        self.lock().document = Answer::Text(said.to_string());
    }

    /// How it answers from now on when a code is presented.
    pub fn answer_code(&self, answer: Answer) {
        self.lock().token = answer;
    }

    /// What was presented where codes are redeemed: the `Authorization` header, and the form.
    pub fn presented(&self) -> Vec<(String, String)> {
        self.lock().presented.clone()
    }

    /// Publishes these keys instead of what there was.
    pub fn publish(&self, keys: &[&SigningKey]) {
        let keys: Vec<Value> = keys.iter().map(|key| key.jwk()).collect();
        self.answer_keys(Answer::Text(json!({ "keys": keys }).to_string()));
    }

    /// How it answers when it is asked for its keys from now on.
    pub fn answer_keys(&self, answer: Answer) {
        self.lock().keys = answer;
    }

    /// How it answers when it is asked what it is from now on.
    pub fn answer_document(&self, answer: Answer) {
        self.lock().document = answer;
    }

    /// How often its keys were asked for.
    pub fn fetches(&self) -> usize {
        self.lines().iter().filter(|line| line.starts_with("GET /keys")).count()
    }

    /// The first lines of all requests.
    pub fn lines(&self) -> Vec<String> {
        self.lock().lines.clone()
    }

    /// Bytes of endless answers that were taken.
    pub fn endless_bytes(&self) -> usize {
        self.lock().endless_bytes
    }

    /// Claims of a token that is good for five minutes from now on.
    pub fn claims(&self, email: &str, now_seconds: i64) -> Value {
        json!({
            "iss": self.url(),
            "aud": AUDIENCE,
            "sub": email,
            "email": email,
            "email_verified": true,
            "iat": now_seconds,
            "nbf": now_seconds,
            "exp": now_seconds + 300,
        })
    }

    async fn answer(&self, stream: TcpStream) -> io::Result<()> {
        let mut client = BufReader::new(stream);
        let mut line = String::new();
        client.read_line(&mut line).await?;
        let mut header = String::new();
        let (mut authorization, mut length) = (String::new(), 0);
        while client.read_line(&mut header).await? > 2 {
            match header.split_once(": ") {
                Some(("authorization", value)) => value.trim_end().clone_into(&mut authorization),
                Some(("content-length", value)) => length = value.trim_end().parse().unwrap_or(0),
                _ => {}
            }
            header.clear();
        }
        let mut body = vec![0; length];
        client.read_exact(&mut body).await?;
        let answer = {
            let mut state = self.lock();
            state.lines.push(line.trim_end().to_owned());
            match line.split(' ').nth(1) {
                Some("/.well-known/openid-configuration") => state.document.clone(),
                Some("/token") => {
                    let form = String::from_utf8_lossy(&body).into_owned();
                    state.presented.push((authorization, form));
                    state.token.clone()
                }
                _ => state.keys.clone(),
            }
        };
        let close = "connection: close\r\n";
        match answer {
            Answer::Text(text) => {
                let length = text.len();
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n{close}\r\n");
                client.write_all(format!("{head}{text}").as_bytes()).await?;
                client.shutdown().await
            }
            Answer::Say(status) => {
                let head = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n{close}\r\n");
                client.write_all(head.as_bytes()).await?;
                client.shutdown().await
            }
            Answer::Endless => {
                client.write_all(format!("HTTP/1.1 200 OK\r\n{close}\r\n").as_bytes()).await?;
                for _ in 0..ENDLESS_BYTES_MAX / CHUNK_BYTES {
                    client.write_all(&[b' '; CHUNK_BYTES]).await?;
                    self.lock().endless_bytes += CHUNK_BYTES;
                }
                client.shutdown().await
            }
            Answer::Hang => std::future::pending().await,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn must<T, E: std::fmt::Debug>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("an issuer cannot be set up: {error:?}"))
}
