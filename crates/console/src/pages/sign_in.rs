//! Signing in: the page that says how, and links that are good once.

use askama::Template;
use axum::Router;
use axum::extract::Request;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use broker::LinkView;
use domain::Secret;
use domain::session::Way;
use http::HeaderMap;
use http::StatusCode;
use http::request::Parts;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::utf8_percent_encode;
use serde::Deserialize;

use crate::ConsoleState;
use crate::extract::Path;
use crate::extract::Query;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::show;
use crate::moment::Moment;
use crate::oops::Oops;
use crate::session::require_same_origin;
use crate::words;

/// The routes.
pub fn router() -> Router<ConsoleState> {
    Router::new()
        .route("/console/sign-in", get(page))
        .route("/console/sign-in/link/{link}", get(look).post(use_link))
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Page {
    frame: Frame,
    is_returning: bool,
    is_invited: bool,
    ways: Vec<WayIn>,
}

/// Where else somebody can sign in.
struct WayIn {
    path: String,
    name: &'static str,
    provider: Option<(&'static str, &'static str, &'static str)>,
}

impl WayIn {
    fn of(way: Way, return_to: &str) -> WayIn {
        let return_to = utf8_percent_encode(return_to, NON_ALPHANUMERIC);
        let path = format!("/console/sign-in/{}?return={return_to}", way.word());
        match way {
            Way::Provider(provider) => {
                let name = words::provider(provider);
                let provider = Some((provider.word(), words::initials(provider), name));
                WayIn { path, name, provider }
            }
            _ => WayIn { path, name: "your company’s account", provider: None },
        }
    }
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    r#return: Option<String>,
}

async fn page(
    State(state): State<ConsoleState>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Oops> {
    let return_to = asked.r#return.unwrap_or_else(|| "/console/".to_owned());
    let is_invited = return_to.starts_with(super::invitation::PAGES);
    let ways = state.app.broker.ways_to_sign_in();
    let page = Page {
        frame: Frame::bare("", "Sign in").saying(state.settings.notice_of(&headers)),
        is_returning: return_to != "/console/" && !is_invited,
        is_invited,
        ways: ways.into_iter().map(|way| WayIn::of(way, &return_to)).collect(),
    };
    show(&state, StatusCode::OK, &page)
}

#[derive(Template)]
#[template(path = "sign_in_link.html")]
struct LinkPage {
    frame: Frame,
    who: String,
    role: &'static str,
    organization: String,
    until: Moment,
    link: String,
}

/// Shows whose link it is. Programs that open every link they see use nothing up.
async fn look(
    State(state): State<ConsoleState>,
    Path(link): Path<String>,
    parts: Parts,
) -> Result<Response, Oops> {
    let broker = &state.app.broker;
    let presented = Secret::from(link.clone());
    match state.app.try_to_let_in(&parts, broker.look_at_link(&presented)).await? {
        LinkView::SetUp { .. } => {
            let notice = Notice::good("This link sets the server up.");
            go(&state, &format!("/console/setup/{link}"), &notice)
        }
        LinkView::SignIn { principal, organization, expires_at } => {
            let page = LinkPage {
                frame: Frame::bare("", "Sign in"),
                who: principal.name,
                role: words::role(principal.role),
                organization,
                until: Moment::of(expires_at, broker.now()),
                link,
            };
            show(&state, StatusCode::OK, &page)
        }
    }
}

async fn use_link(
    State(state): State<ConsoleState>,
    Path(link): Path<String>,
    request: Request,
) -> Result<Response, Oops> {
    let (parts, _) = request.into_parts();
    require_same_origin(&parts)?;
    let visitor = web::visitor_of(&parts)?;
    let link = Secret::from(link);
    let work = state.app.broker.sign_in_by_link(&link, visitor);
    let signed_in = state.app.try_to_let_in(&parts, work).await?;
    signed(&state, &signed_in, "/console/", "You are signed in.")
}

/// Goes to a page with a new session.
pub fn signed(
    state: &ConsoleState,
    signed_in: &broker::SignedIn,
    path: &str,
    sentence: &str,
) -> Result<Response, Oops> {
    let mut response = go(state, path, &Notice::good(sentence))?;
    let cookie = state.settings.session_cookie(&signed_in.session_secret);
    let cookie = cookie.ok_or_else(|| domain::Error::internal("a session is not text"))?;
    response.headers_mut().append(http::header::SET_COOKIE, cookie);
    Ok(response)
}
