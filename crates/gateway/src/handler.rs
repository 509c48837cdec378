//! One git request, from its path to its answer.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::extract::State;
use axum::response::Response;
use broker::GitGrant;
use broker::GitRequest;
use bytes::BytesMut;
use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::access::Access;
use domain::url::Authority;
use domain::url::GitEndpoint;
use domain::url::GitPath;
use domain::url::GitService;
use http::HeaderMap;
use http::Method;
use http::StatusCode;
use http::header;
use http_body_util::BodyExt;

use crate::GatewayState;
use crate::answer;
use crate::body::Prefixed;
use crate::command_list::CommandList;
use crate::command_list::Progress;
use crate::forward;
use crate::limits;
use crate::refusal::challenge;
use crate::refusal::no_lfs;
use crate::refusal::refuse;
use crate::report;

/// What a request asks for.
struct Asked {
    git: GitRequest,
    endpoint: GitEndpoint,
    service: GitService,
}

impl Asked {
    fn has_body(&self) -> bool {
        matches!(self.endpoint, GitEndpoint::Rpc(_))
    }
}

/// What the upstream answered.
type Upstream = Result<http::Response<hyper::body::Incoming>>;

/// Answers one request below `/git/`.
pub(crate) async fn handle(State(state): State<GatewayState>, request: Request) -> Response {
    let asked = match read(request.method(), request.uri()) {
        Ok(Some(asked)) => asked,
        Ok(None) => return no_lfs(),
        Err(error) => return refuse(&error),
    };
    match answer(&state, asked, request).await {
        Ok(response) => response,
        Err(error) => {
            if error.kind() == ErrorKind::Unauthenticated {
                state.app.count_stranger();
            }
            refuse(&error)
        }
    }
}

/// Reads path and query; `None` is Git LFS.
fn read(method: &Method, uri: &http::Uri) -> Result<Option<Asked>> {
    let raw = uri.path().strip_prefix("/git/").unwrap_or_default();
    let (authority, rest) = raw.split_once('/').ok_or_else(|| Error::not_found("git address"))?;
    let authority = Authority::parse(authority)?;
    let path = GitPath::parse(rest)?;
    // What still ends so is no repository's name: a provider may read it as another one's folder.
    if path.repository.as_str().ends_with(".git") {
        return Err(Error::not_found("git address"));
    }
    let service = match path.endpoint {
        GitEndpoint::Lfs => return Ok(None),
        GitEndpoint::Rpc(service) => service,
        GitEndpoint::InfoRefs => uri
            .query()
            .and_then(|query| query.strip_prefix("service="))
            .and_then(GitService::parse)
            .ok_or_else(|| {
                Error::forbidden("Only git's smart HTTP protocol is spoken here.".to_owned())
                    .hint("use a git newer than 1.6.6, and its own URL")
            })?,
    };
    let wanted = if path.endpoint == GitEndpoint::InfoRefs { Method::GET } else { Method::POST };
    if method != wanted {
        return Err(Error::invalid(format!("This address takes {wanted} only.")));
    }
    let access = match service {
        GitService::UploadPack => Access::Read,
        GitService::ReceivePack => Access::Write,
    };
    let git = GitRequest {
        authority: authority.to_string(),
        path: path.repository,
        has_git_suffix: path.has_git_suffix,
        access,
    };
    Ok(Some(Asked { git, endpoint: path.endpoint, service }))
}

async fn answer(state: &GatewayState, asked: Asked, request: Request) -> Result<Response> {
    let (head, body) = request.into_parts();
    let Some(token) = web::presented_token(&head.headers) else {
        return Ok(challenge("Claviger wants a lease or an API token as the password."));
    };
    let request_id = web::request_id_of(&head.extensions)
        .ok_or_else(|| Error::internal("a request has no id"))?;
    let broker = &state.app.broker;
    let grant = broker.decide_git(&token, request_id, &asked.git).await?;
    match asked.git.access {
        Access::Read => fetch(state, &asked, &token, grant, &head.headers, body).await,
        Access::Write => push(state, &asked, &token, grant, &head.headers, body).await,
    }
}

/// Reading: the commit of the begin overlaps the call upstream, and the answer waits for both.
async fn fetch(
    state: &GatewayState,
    asked: &Asked,
    token: &Secret,
    grant: GitGrant,
    client: &HeaderMap,
    body: Body,
) -> Result<Response> {
    let broker = &state.app.broker;
    let body = Prefixed { head: None, rest: body }.boxed_unsync();
    let request = forward::request(&grant, asked.endpoint, asked.service, client, body)?;
    let (begun, upstream) = tokio::join!(
        broker.begin_git(&grant, token, &asked.git, None),
        state.outbound.send(request, &grant.site.trust)
    );
    let (grant, upstream) = match begun? {
        None => (grant, upstream),
        // What is known now came too late for a body that is on its way already.
        Some(_) if asked.has_body() => return Err(GitGrant::changed()),
        Some(other) => {
            let upstream = ask(state, asked, client, &other).await?;
            (other, upstream)
        }
    };
    let (grant, upstream) = again(state, asked, token, client, (grant, upstream)).await?;
    shape(state, asked, grant, upstream).await
}

/// Asks git's first question, which has no body, once again with another token, where the one that was
/// made for it has just been refused and is replaced.
async fn again(
    state: &GatewayState,
    asked: &Asked,
    token: &Secret,
    client: &HeaderMap,
    (grant, upstream): (GitGrant, Upstream),
) -> Result<(GitGrant, Upstream)> {
    let broker = &state.app.broker;
    let is_refused =
        upstream.as_ref().is_ok_and(|answer| answer.status() == StatusCode::UNAUTHORIZED);
    if !is_refused || asked.has_body() || !broker.replaces_refused(&grant) {
        return Ok((grant, upstream));
    }
    broker.end_git(&grant, "the provider answered 401; asked again with another token".to_owned());
    let grant = broker.decide_git(token, grant.caller.request_id, &asked.git).await?;
    let other = broker.begin_git(&grant, token, &asked.git, None).await?;
    let grant = other.unwrap_or(grant);
    let upstream = ask(state, asked, client, &grant).await?;
    Ok((grant, upstream))
}

/// Asks a question that has no body.
async fn ask(
    state: &GatewayState,
    asked: &Asked,
    client: &HeaderMap,
    grant: &GitGrant,
) -> Result<Upstream> {
    let body = Prefixed { head: None, rest: Body::empty() }.boxed_unsync();
    let request = forward::request(grant, asked.endpoint, asked.service, client, body)?;
    Ok(state.outbound.send(request, &grant.site.trust).await)
}

/// Writing: nothing goes upstream before its begin is durable, and only what the lease allows.
async fn push(
    state: &GatewayState,
    asked: &Asked,
    token: &Secret,
    grant: GitGrant,
    client: &HeaderMap,
    body: Body,
) -> Result<Response> {
    let broker = &state.app.broker;
    let mut body = Prefixed { head: None, rest: body };
    let mut detail = "asks what is there".to_owned();
    if asked.has_body() {
        let list = match read_commands(client, &mut body).await {
            Ok(list) => list,
            Err(error) => {
                broker.refuse_git(&grant, &error).await?;
                return Err(error);
            }
        };
        if let Err(error) = list.check(&grant.refs) {
            broker.refuse_git(&grant, &error).await?;
            return report::refusal(&list, &error, &mut body.rest).await.ok_or(error);
        }
        detail = list.summary();
    }
    let other = broker.begin_git(&grant, token, &asked.git, Some(detail)).await?;
    let grant = other.unwrap_or(grant);
    let body = body.boxed_unsync();
    let request = forward::request(&grant, asked.endpoint, asked.service, client, body)?;
    let limit = limits::PUSH_TIME_MAX;
    let upstream = state.outbound.send_within(request, &grant.site.trust, limit).await;
    let (grant, upstream) = again(state, asked, token, client, (grant, upstream)).await?;
    shape(state, asked, grant, upstream).await
}

/// Reads the command list off the body and puts its bytes back in front.
async fn read_commands(client: &HeaderMap, body: &mut Prefixed) -> Result<CommandList> {
    if client.contains_key(header::CONTENT_ENCODING) {
        return Err(Error::new(
            ErrorKind::Unsupported,
            "A push with a Content-Encoding cannot be read, so it is not forwarded.",
        ));
    }
    let mut list = CommandList::default();
    let mut seen = BytesMut::new();
    while list.advance(&seen)? == Progress::More {
        let frame = tokio::time::timeout(limits::FRAME_TIME_MAX, body.rest.frame())
            .await
            .map_err(|_| Error::invalid("The push came in too slowly.".to_owned()))?
            .ok_or_else(|| Error::invalid("The push broke off in its command list.".to_owned()))?
            .map_err(|_| Error::invalid("The push broke off in its command list.".to_owned()))?;
        if let Some(data) = frame.data_ref() {
            seen.extend_from_slice(data);
        }
        if seen.len() > limits::COMMAND_LIST_BYTES_MAX * 2 {
            return Err(Error::new(ErrorKind::TooLarge, "The push changes too many refs at once."));
        }
    }
    body.head = Some(seen.freeze());
    Ok(list)
}

async fn shape(
    state: &GatewayState,
    asked: &Asked,
    grant: GitGrant,
    upstream: Upstream,
) -> Result<Response> {
    let broker = Arc::clone(&state.app.broker);
    match upstream {
        Ok(upstream) => {
            let (endpoint, service) = (asked.endpoint, asked.service);
            Ok(answer::shape(upstream, endpoint, service, broker, grant).await)
        }
        Err(error) => {
            broker.end_git(&grant, error.message().to_owned());
            Err(error)
        }
    }
}
