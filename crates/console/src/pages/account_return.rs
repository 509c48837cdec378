//! The address people come back to from a provider with an account to connect.
//!
//! Whoever opened the way there need not be who began it, so people are asked before their account
//! becomes somebody's. A program that follows the redirects by itself has nobody to ask: nobody can be
//! made to send what it sends. Nor is the member who began it asked again where they are signed in to the
//! console: it is their own account either way. Nothing of what came with the address is shown.
//!
//! Who was signing in to the console is sent on to it, with what they brought.

use askama::Template;
use axum::Router;
use axum::extract::Request;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use broker::Awaited;
use broker::CameBack;
use broker::Returned;
use broker::is_sign_in_state;
use domain::Error;
use domain::Result;
use domain::Secret;
use domain::session::Way;
use http::HeaderMap;
use http::Method;
use http::StatusCode;
use http::Uri;
use http::header;
use http::request::Parts;
use serde::Deserialize;

use super::accounts;
use crate::ConsoleState;
use crate::extract::Path;
use crate::extract::Query;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::away;
use crate::frame::go;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::refusal_of;
use crate::session::Signed;
use crate::session::require_same_origin;
use crate::words;

/// What the addresses begin with.
pub const PLACE: &str = "/oauth/";

/// The route.
pub fn router() -> Router<ConsoleState> {
    Router::new().route("/oauth/{provider}/callback", get(come_back).post(answer))
}

/// What a provider adds to the address; everything else is not looked at.
#[derive(Deserialize)]
struct Brought {
    state: Option<Secret>,
    code: Option<Secret>,
    error: Option<Secret>,
}

/// What a person answered.
#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "wanted")]
    is_wanted: bool,
}

#[derive(Template)]
#[template(path = "account_question.html")]
struct Question {
    frame: Frame,
    member: String,
    organization: String,
    provider: &'static str,
    host: String,
}

#[derive(Template)]
#[template(path = "account_return.html")]
struct Page {
    frame: Frame,
    /// The account's name, if one is connected.
    connected: Option<String>,
    /// Why none is.
    refusal: Option<String>,
}

async fn come_back(
    State(state): State<ConsoleState>,
    Path(provider): Path<String>,
    uri: Uri,
    Query(brought): Query<Brought>,
    request: Request,
) -> Result<Response, Oops> {
    let (parts, _) = request.into_parts();
    if brought.state.as_ref().is_some_and(is_sign_in_state)
        && let Some(place) = sign_in_place(&provider, &uri)
    {
        return away(&place);
    }
    let is_get = parts.method == Method::GET;
    if is_get && !is_somebodys_browser(&parts.headers) {
        return said(&state, finish(&state, &provider, &parts, brought, true).await?);
    }
    let look = state.app.broker.who_awaits_account(brought.state.as_ref());
    let awaited = match state.app.try_to_let_in(&parts, look).await {
        Ok(awaited) => awaited,
        Err(error) => return said(&state, Err(error)),
    };
    let is_own = match &awaited {
        Some(awaited) if is_get => is_theirs(&state, &parts, awaited).await?,
        _ => false,
    };
    let is_refused = brought.error.is_some();
    match awaited {
        _ if is_own => home(&state, finish(&state, &provider, &parts, brought, true).await?),
        _ if is_refused => said(&state, finish(&state, &provider, &parts, brought, true).await?),
        Some(awaited) => ask(&state, &awaited),
        None => said(&state, Ok(CameBack::ForClient)),
    }
}

/// Whether it was begun in this very browser, by the member who is signed in here. Being that member is
/// not enough: whoever has a token of theirs may have sent them to the provider.
async fn is_theirs(state: &ConsoleState, parts: &Parts, awaited: &Awaited) -> Result<bool> {
    if state.settings.connecting_of(&parts.headers) != Some(awaited.name.as_str()) {
        return Ok(false);
    }
    let signed = Signed::find(parts, state).await?;
    let member = signed.and_then(|signed| signed.caller.principal.member_id);
    Ok(member == Some(awaited.member_id))
}

/// Does what a person answered. The question's form goes to the very address they came back to.
async fn answer(
    State(state): State<ConsoleState>,
    Path(provider): Path<String>,
    Query(brought): Query<Brought>,
    request: Request,
) -> Result<Response, Oops> {
    let (parts, body) = request.into_parts();
    require_same_origin(&parts)?;
    let body = web::read_body(body).await?;
    let Answer { is_wanted } = serde_urlencoded::from_bytes(&body)
        .map_err(|_| Error::invalid("The form is not one of ours."))?;
    said(&state, finish(&state, &provider, &parts, brought, is_wanted).await?)
}

fn ask(state: &ConsoleState, awaited: &Awaited) -> Result<Response, Oops> {
    let page = Question {
        frame: Frame::bare("", "Connect your account?"),
        member: words::name(&awaited.member),
        organization: words::name(&awaited.organization),
        provider: words::provider(awaited.host.provider),
        host: awaited.host.url.authority.to_string(),
    };
    show(state, StatusCode::OK, &page)
}

async fn finish(
    state: &ConsoleState,
    provider: &str,
    parts: &Parts,
    brought: Brought,
    is_wanted: bool,
) -> Result<Result<CameBack>> {
    let request_id = web::request_id_of(&parts.extensions)
        .ok_or_else(|| Error::internal("a request has no id"))?;
    let is_refused = brought.error.is_some() || !is_wanted;
    let returned = Returned { state: brought.state, code: brought.code, is_refused };
    let work = state.app.broker.account_came_back(provider, returned, request_id);
    Ok(state.app.try_to_let_in(parts, work).await)
}

/// The member's own page, which says how it went.
fn home(state: &ConsoleState, came: Result<CameBack>) -> Result<Response, Oops> {
    let notice = match came {
        Ok(CameBack::Connected(name)) => {
            Notice::good(format!("{} is connected.", words::name(&name)))
        }
        Ok(CameBack::ForClient) => return said(state, Ok(CameBack::ForClient)),
        Err(error) => Notice::bad(words::sentence(&refusal_of(error)?)),
    };
    go(state, accounts::PLACE, &notice)
}

/// How it went.
fn said(state: &ConsoleState, came: Result<CameBack>) -> Result<Response, Oops> {
    let (status, title, connected, refusal) = match came {
        Ok(CameBack::Connected(name)) => {
            (StatusCode::OK, "Connected", Some(words::name(&name)), None)
        }
        Ok(CameBack::ForClient) => (StatusCode::OK, "Nearly done", None, None),
        Err(error) => {
            let error = refusal_of(error)?;
            let status = web::status_of(error.kind());
            (status, "Not connected", None, Some(words::sentence(&error)))
        }
    };
    show(state, status, &Page { frame: Frame::bare("", title), connected, refusal })
}

/// Where the console takes people in who come back from this way.
fn sign_in_place(way: &str, uri: &Uri) -> Option<String> {
    let (Way::Oidc | Way::Provider(_)) = Way::parse(way)? else { return None };
    Some(format!("/console/sign-in/{way}/return?{}", uri.query()?))
}

/// Whether a person's browser asks, on whatever page's behalf. What browsers always send no page can
/// take away: the marks of a fetch (to HTTPS and to this machine), their name, and for what people
/// look at that it is to be HTML.
fn is_somebodys_browser(headers: &HeaderMap) -> bool {
    let says = |name: header::HeaderName, text: &str| {
        let values = headers.get_all(name).into_iter();
        values.filter_map(|it| it.to_str().ok()).any(|it| it.contains(text))
    };
    headers.keys().any(|name| name.as_str().starts_with("sec-fetch-"))
        || headers.contains_key(header::ORIGIN)
        || says(header::USER_AGENT, "Mozilla/")
        || says(header::ACCEPT, "text/html")
}
