//! A proxy of the operator's choosing: every connection is a tunnel made with `CONNECT`.
//!
//! TLS goes end to end through the tunnel, so the proxy sees names and sizes, no request. Plain
//! http goes through a tunnel too: one mechanism. No proxy is taken from `http_proxy` and its like.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use domain::Error;
use domain::Result;
use domain::Secret;
use domain::text::printable;
use domain::url::WebUrl;
use http::HeaderValue;
use http::Request;
use http::Response;
use http::StatusCode;
use http::header;
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use tokio::net::TcpStream;

use crate::dial;
use crate::dial::Target;
use crate::dial::upstream;
use crate::limits;

const HINT: &str = "write http://proxy.example:3128 or http://user:password@proxy.example:3128, \
                    with %40 for an @ and %2F for a / in the password";

/// An HTTP proxy. Clones share it; it is shown without its user and password.
#[derive(Clone)]
pub struct Proxy(Arc<Inner>);

struct Inner {
    url: WebUrl,
    /// The value of `Proxy-Authorization`.
    login: Option<Secret>,
}

impl Proxy {
    /// Reads `http://[user:password@]host[:port]`. The text is never repeated in an error.
    pub fn parse(text: &str) -> Result<Proxy> {
        let wrong = |sentence: &str| Error::invalid(sentence.to_owned()).hint(HINT);
        let rest = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => rest,
            _ => return Err(wrong("The outbound proxy is not an http:// address.")),
        };
        let (login, address) = match rest.rsplit_once('@') {
            Some((login, address)) => (login, address),
            None => ("", rest),
        };
        let url = WebUrl::parse(&format!("http://{address}"))
            .map_err(|_| wrong("The outbound proxy's address is not one."))?;
        if !url.path.is_empty() || login.contains(['/', '?', '#']) {
            return Err(wrong("The outbound proxy's address has more than a host and a port."));
        }
        let login = match login {
            "" => None,
            login => Some(basic(login).ok_or_else(|| {
                wrong("The outbound proxy's user and password have a character they cannot have.")
            })?),
        };
        Ok(Proxy(Arc::new(Inner { url, login })))
    }

    /// A connection through the proxy to the target.
    pub(crate) async fn tunnel(&self, target: &Target) -> Result<TcpStream> {
        let url = &self.0.url;
        let shown = format!("The proxy {self}");
        let proxy = Target::of_url(url);
        let addresses = match proxy.literal() {
            Some(literal) => vec![(literal, proxy.port).into()],
            None => dial::look_up(&proxy.host, proxy.port, &shown).await?,
        };
        let stream = dial::connect_any(&addresses, &shown).await?;
        let broken = |error: hyper::Error| {
            upstream(format!("The proxy {self} did not answer as one: {error}."))
                .hint("check --outbound-proxy")
        };
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(limits::PROXY_HEAD_BYTES_MAX)
            .handshake::<_, Empty<Bytes>>(TokioIo::new(stream))
            .await
            .map_err(broken)?;
        let request = self.request(target)?;
        let ask = async {
            let answer = sender.send_request(request).await.map_err(broken)?;
            self.check(target, &answer)?;
            hyper::upgrade::on(answer).await.map_err(broken)
        };
        let drive = async { connection.with_upgrades().await.map_err(broken) };
        let (tunnel, ()) = tokio::try_join!(ask, drive)?;
        let parts = tunnel.downcast::<TokioIo<TcpStream>>().map_err(|_| {
            Error::internal("the tunnel is not the connection that was given to the client")
        })?;
        if !parts.read_buf.is_empty() {
            // Neither TLS nor HTTP lets the other side speak first.
            return Err(upstream(format!("The proxy {self} sent something nobody asked for.")));
        }
        Ok(parts.io.into_inner())
    }

    fn request(&self, target: &Target) -> Result<Request<Empty<Bytes>>> {
        let authority = match target.host.contains(':') {
            true => format!("[{}]:{}", target.host, target.port),
            false => format!("{}:{}", target.host, target.port),
        };
        let mut request = Request::connect(&authority).header(header::HOST, &authority);
        if let Some(login) = &self.0.login {
            let mut value = HeaderValue::from_bytes(login.expose()).map_err(Error::internal)?;
            value.set_sensitive(true);
            request = request.header(header::PROXY_AUTHORIZATION, value);
        }
        request.body(Empty::new()).map_err(Error::internal)
    }

    fn check(&self, target: &Target, answer: &Response<Incoming>) -> Result<()> {
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            let sentence = match &self.0.login {
                Some(_) => format!("The proxy {self} refused our user and password."),
                None => format!("The proxy {self} wants a user and a password."),
            };
            return Err(upstream(sentence).hint(
                "set CLAVIGER_OUTBOUND_PROXY to http://user:password@… with the right ones",
            ));
        }
        Err(upstream(format!(
            "The proxy {self} did not connect us to {}: it answered {}.",
            target.shown,
            printable(&status.to_string(), 60)
        ))
        .hint("ask whoever runs the proxy whether it lets this server reach that host"))
    }
}

/// `Basic …` of a percent-encoded `user:password`; none if it cannot travel in a header.
fn basic(login: &str) -> Option<Secret> {
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    let mut pair: Vec<u8> = percent_decode_str(user).collect();
    if pair.contains(&b':') {
        return None;
    }
    pair.push(b':');
    pair.extend(percent_decode_str(password));
    let pair = Secret::new(pair);
    pair.is_single_line().then(|| Secret::from(format!("Basic {}", STANDARD.encode(pair.expose()))))
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.url.authority)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self})")
    }
}
