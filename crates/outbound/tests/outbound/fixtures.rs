//! Servers and proxies on loopback, and a certificate authority, all of them small.

use std::future::Future;
use std::sync::Arc;
use std::sync::Mutex;

use outbound::Guard;
use outbound::Limits;
use outbound::Outbound;
use outbound::Reach;
use outbound::Trust;
use rcgen::BasicConstraints;
use rcgen::CertificateParams;
use rcgen::DnType;
use rcgen::IsCa;
use rcgen::Issuer;
use rcgen::KeyPair;
use rustls::ServerConfig;
use rustls_pki_types::PrivateKeyDer;
use tokio::io::AsyncRead;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

pub const HELLO: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/// A server on loopback and the heads of the requests it got.
#[derive(Clone)]
pub struct Server {
    pub port: u16,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Every connection goes to `talk`.
    pub async fn start<F, T>(talk: T) -> Server
    where
        F: Future<Output = ()> + Send + 'static,
        T: Fn(TcpStream, Server) -> F + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Server { port, heads: Arc::default() };
        let own = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, own.clone()));
            }
        });
        server
    }

    /// Gives every request the same answer and closes.
    pub async fn saying(answer: &'static str) -> Server {
        Server::start(move |mut stream, server| async move {
            server.read_head(&mut stream).await;
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        })
        .await
    }

    /// The same over TLS.
    pub async fn saying_over_tls(answer: &'static str, tls: TlsAcceptor) -> Server {
        Server::start(move |stream, server| {
            let tls = tls.clone();
            async move {
                let Ok(mut stream) = tls.accept(stream).await else { return };
                server.read_head(&mut stream).await;
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        })
        .await
    }

    /// Reads the head of a request and notes it, if one comes.
    pub async fn read_head(&self, stream: &mut (impl AsyncRead + Unpin)) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => break,
            }
        }
        let head = String::from_utf8(head).unwrap();
        if !head.is_empty() {
            self.heads.lock().unwrap().push(head.clone());
        }
        head
    }

    /// The heads it got so far.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    pub fn url(&self, scheme: &str, host: &str) -> String {
        format!("{scheme}://{host}:{}/", self.port)
    }
}

/// A proxy that connects every `CONNECT` to one port on loopback, if the login is right.
pub async fn tunnel_to(port: u16, login: Option<&'static str>) -> Server {
    Server::start(move |mut stream, server| async move {
        let head = server.read_head(&mut stream).await;
        let is_let_in = login.is_none_or(|login| {
            head.to_ascii_lowercase()
                .contains(&format!("proxy-authorization: basic {login}").to_ascii_lowercase())
        });
        if !is_let_in {
            let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
            let _ = stream.write_all(refusal.as_bytes()).await;
            return;
        }
        let mut other = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
        let _ = tokio::io::copy_bidirectional(&mut stream, &mut other).await;
    })
    .await
}

/// What may be dialled: loopback, also in plain text.
pub fn loopback() -> Reach {
    let networks = ["127.0.0.0/8", "::1/128"].map(|network| network.parse().unwrap());
    Reach::Guarded(Guard::new(networks.to_vec(), true))
}

/// Nothing private, but plain text.
pub fn public_only() -> Reach {
    Reach::Guarded(Guard::new(Vec::new(), true))
}

/// Sends a `GET` and reads a short answer.
pub async fn get(outbound: &Outbound, url: &str, trust: &Trust) -> domain::Result<String> {
    let request = http::Request::get(url).body(outbound::empty()).unwrap();
    let answer = outbound.send(request, trust).await?;
    let body = outbound::read_limited(answer.into_body(), 64).await?;
    Ok(String::from_utf8(body.to_vec()).unwrap())
}

/// Limits for tests of what never comes.
pub fn short() -> Limits {
    let moment = std::time::Duration::from_millis(300);
    Limits { connect: moment, head: moment }
}

/// A certificate authority of one test.
pub struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub fn new(name: &str) -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Authority { pem, issuer: Issuer::new(params, key) }
    }

    pub fn pem(&self) -> &str {
        &self.pem
    }

    pub fn trust(&self) -> Trust {
        Trust::Pem(self.pem.as_str().into())
    }

    /// Serves TLS with a certificate for these names.
    pub fn tls(&self, names: &[&str]) -> TlsAcceptor {
        self.tls_valid(names, (2020, 2100))
    }

    /// The same, valid from the first day of one year to that of another.
    pub fn tls_valid(&self, names: &[&str], years: (i32, i32)) -> TlsAcceptor {
        self.tls_and_der(names, years).0
    }

    /// The same, and the bytes of the certificate.
    pub fn tls_and_der(&self, names: &[&str], years: (i32, i32)) -> (TlsAcceptor, Vec<u8>) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, "leaf");
        params.not_before = rcgen::date_time_ymd(years.0, 1, 1);
        params.not_after = rcgen::date_time_ymd(years.1, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        (TlsAcceptor::from(Arc::new(config)), certificate.der().to_vec())
    }
}
