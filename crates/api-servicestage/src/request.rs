//! A request of this surface: who asks, and what was sent.

use axum::extract::Request;
use broker::Caller;
use broker::Taken;
use domain::Error;
use domain::ErrorKind;
use domain::Secret;
use domain::id::OrganizationId;
use domain::principal::Principal;
use http::Method;
use http::request::Parts;
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use web::AppState;

use crate::answer::Code;
use crate::answer::Refusal;
use crate::signature;
use crate::signature::Received;

/// A token may come in this header instead of a signature.
const TOKEN_HEADER: &str = "x-auth-token";
/// The organization again; it has to be that of the path.
const PROJECT_HEADER: &str = "x-project-id";

/// A request that somebody known sent.
pub(crate) struct Asked {
    pub method: Method,
    /// The path, raw but for the slashes it begins with: there is one.
    pub path: String,
    pub body: Vec<u8>,
    /// Whoever asks, in each organization they belong to.
    pub callers: Vec<Caller>,
    /// The signature of a change, while it is being done.
    taken: Option<Taken>,
    headers: http::HeaderMap,
    query: String,
}

impl Asked {
    /// Reads a request and finds out who asks.
    pub async fn read(state: &AppState, request: Request) -> Result<Asked, Refusal> {
        let (parts, body) = request.into_parts();
        let body = web::read_body(body).await?;
        let (principals, taken) = principals(state, &parts, &body).await.inspect_err(|error| {
            if error.kind() == ErrorKind::Unauthenticated {
                state.count_stranger();
            }
        })?;
        let mut callers = Vec::with_capacity(principals.len());
        for principal in principals {
            callers.push(web::caller_of(&parts, principal)?);
        }
        // Clients write two slashes where their base address ends in one; they were signed so.
        let path = format!("/{}", parts.uri.path().trim_start_matches('/'));
        Ok(Asked {
            method: parts.method,
            path,
            body,
            callers,
            taken,
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers,
        })
    }

    /// The caller of the organization in the path; another's is as absent as one nobody has.
    pub fn caller_of(&self, project_id: &str) -> Result<&Caller, Refusal> {
        if project_id.contains('{') {
            let error = Error::invalid("The project id is missing.")
                .hint("give it with the credentials: it is the organization's id");
            return Err(Refusal::of(Code::Invalid, &error));
        }
        let id: OrganizationId = project_id.parse().map_err(|_| Refusal::no_such_api())?;
        let is_same = self
            .header(PROJECT_HEADER)
            .is_none_or(|said| said.parse::<OrganizationId>().is_ok_and(|said| said == id));
        if !is_same {
            let error = Error::invalid("The header X-Project-Id names another project.");
            return Err(Refusal::of(Code::Invalid, &error));
        }
        let found = self.callers.iter().find(|caller| caller.principal.organization_id == id);
        found.ok_or_else(Refusal::no_such_api)
    }

    /// Whether the same request was made before.
    pub fn is_repeated(&self) -> bool {
        self.taken.as_ref().is_some_and(|taken| !taken.is_first)
    }

    /// A header that is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// A parameter of the query, decoded, if it is more than nothing.
    pub fn query(&self, name: &str) -> Option<String> {
        let pairs = self.query.split('&').filter_map(|pair| pair.split_once('='));
        let mut values = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value);
        // Of two values a signature does not tell which is first.
        let (value, None) = (values.next()?, values.next()) else { return None };
        let text = percent_decode_str(value).decode_utf8().ok()?.into_owned();
        Some(text).filter(|text| !text.is_empty())
    }

    /// A parameter that has to be there.
    pub fn needed(&self, name: &str) -> Result<String, Refusal> {
        self.query(name).ok_or_else(|| {
            let error = Error::invalid(format!("The parameter {name} is missing."));
            Refusal::of(Code::Invalid, &error)
        })
    }

    /// The body as JSON of this type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        // A list is none of our bodies, although a struct could be read from one.
        if self.body.trim_ascii_start().first() == Some(&b'[') {
            let error = Error::invalid("The body has to be a JSON object.");
            return Err(Refusal::of(Code::Invalid, &error));
        }
        serde_json::from_slice(&self.body).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            let error = Error::invalid(format!("The body is not what this call takes ({place})."));
            Refusal::of(Code::Invalid, &error)
        })
    }
}

/// Who is known to ask, and the signature of a change.
type Known = (Vec<Principal>, Option<Taken>);

/// A signature that is claimed has to hold; otherwise a token of ours is as good.
async fn principals(state: &AppState, parts: &Parts, body: &[u8]) -> Result<Known, Error> {
    if signature::is_claimed(&parts.headers) {
        let received = Received {
            method: &parts.method,
            path: parts.uri.path(),
            query: parts.uri.query().unwrap_or_default(),
            headers: &parts.headers,
            body,
        };
        let now = state.broker.now();
        return signature::principal(&state.broker, &received, now)
            .await
            .map(|(it, taken)| (vec![it], taken));
    }
    let token = match parts.headers.get(TOKEN_HEADER) {
        Some(value) => Some(Secret::new(value.as_bytes().to_vec())),
        None => web::presented_token(&parts.headers),
    };
    let token = token.ok_or_else(Error::unauthenticated)?;
    Ok((state.broker.authenticate_everywhere(&token).await?, None))
}
