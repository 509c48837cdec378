//! Clients of the other APIs, as small as they can be: requests as theirs, by a token or by a signature.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::Timestamp;
use domain::text::hexadecimal;
use http::Method;
use http::Request;
use http::request::Builder;
use outbound::Limits;
use outbound::Outbound;
use outbound::Reach;
use outbound::Trust;
use serde_json::Value;

use super::show::Show;

/// An answer of the server's, in bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// What an id is at least long, and what is shown of it.
const ID_CHARACTERS_MIN: usize = 32;
const ID_CHARACTERS_SHOWN: usize = 8;
/// The headers that are signed.
const SIGNED_HEADERS: &str = "content-type;x-sdk-date";

/// How a client says who it is.
pub enum By {
    /// By a token.
    Token(String),
    /// By signing its requests with an access key: its name, and its secret.
    AccessKey(String, Secret),
}

/// A client: a base address, and who it is.
pub struct Client {
    outbound: Outbound,
    base: String,
    by: By,
}

impl Client {
    /// A client of this server.
    pub fn new(base: &str, by: By) -> Client {
        let outbound = Outbound::new(Reach::Anywhere, Limits::default());
        Client { outbound, base: base.to_owned(), by }
    }

    /// Shows a request, sends it, and holds its answer against the status it should have.
    pub async fn ask(
        &self,
        show: &mut Show,
        method: Method,
        path: &str,
        body: Option<Value>,
        status: u16,
    ) -> Result<Value> {
        self.ask_with(show, method, path, body, &[], status).await
    }

    /// The same with further headers.
    pub async fn ask_with(
        &self,
        show: &mut Show,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
        status: u16,
    ) -> Result<Value> {
        let text = body.map(|body| body.to_string()).unwrap_or_default();
        let mut words = vec![method.to_string(), without_ids(path)];
        words.extend(Some(text.clone()).filter(|text| !text.is_empty()));
        show.command(&words);
        let mut request = Request::builder()
            .method(&method)
            .uri(format!("{}{path}", self.base))
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = self.authorized(request, &method, path, &text);
        let request = request.body(outbound::full(text)).map_err(Error::internal)?;
        let answer = self.outbound.send(request, &Trust::Roots).await?;
        let code = answer.status().as_u16();
        let bytes = outbound::read_limited(answer.into_body(), ANSWER_BYTES_MAX).await?;
        if code != status {
            let sentence = format!("{path} answered {code} instead of {status}.");
            return Err(Error::new(ErrorKind::Internal, sentence));
        }
        match bytes.is_empty() {
            true => Ok(Value::Null),
            false => serde_json::from_slice(&bytes).map_err(Error::internal),
        }
    }

    fn authorized(&self, request: Builder, method: &Method, path: &str, body: &str) -> Builder {
        match &self.by {
            By::Token(token) => request.header("authorization", format!("Token {token}")),
            By::AccessKey(name, secret) => {
                let moment = moment(domain::Clock::now(&crate::clock::SystemClock));
                let signature = signature(secret, method, path, &moment, body);
                let authorization = format!(
                    "SDK-HMAC-SHA256 Access={name}, SignedHeaders={SIGNED_HEADERS}, \
                     Signature={signature}"
                );
                request.header("x-sdk-date", moment).header("authorization", authorization)
            }
        }
    }
}

/// The signature of a request whose path has nothing to encode and no query.
fn signature(secret: &Secret, method: &Method, path: &str, moment: &str, body: &str) -> String {
    let digest = |text: &str| hexadecimal(&broker::digest(text.as_bytes()));
    let headers = format!("content-type:application/json\nx-sdk-date:{moment}\n");
    let body = digest(body);
    let request = format!("{method}\n{path}/\n\n{headers}\n{SIGNED_HEADERS}\n{body}");
    let text = format!("SDK-HMAC-SHA256\n{moment}\n{}", digest(&request));
    hexadecimal(&vault::sign(secret, text.as_bytes()))
}

/// As in `20260102T030405Z`.
fn moment(now: Timestamp) -> String {
    let text = now.to_string();
    let whole = text.split('.').next().unwrap_or_default();
    format!("{}Z", whole.replace(['-', ':'], ""))
}

/// A path with its ids cut to what people compare.
fn without_ids(path: &str) -> String {
    let is_id = |part: &str| {
        part.len() >= ID_CHARACTERS_MIN
            && part.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
    };
    let cut = |part: &str| match is_id(part) {
        true => format!("{}…", part.chars().take(ID_CHARACTERS_SHOWN).collect::<String>()),
        false => part.to_owned(),
    };
    path.split('/').map(cut).collect::<Vec<_>>().join("/")
}
