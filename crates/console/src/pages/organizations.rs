//! The choice of the organization, for who belongs to several: after signing in, and later from the menu.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use broker::Membership;
use broker::SignedIn;
use broker::local_path;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::utf8_percent_encode;
use serde::Deserialize;

use super::sign_in;
use crate::ConsoleState;
use crate::extract::Query;
use crate::form::Form;
use crate::frame::Frame;
use crate::frame::away;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::Said;
use crate::session::Signed;
use crate::words;

/// Where the choice is.
const PAGE: &str = "/console/organizations";
/// Where people go who wanted no page.
const OVERVIEW: &str = "/console/";

/// The route.
pub fn router() -> Router<ConsoleState> {
    Router::new().route(PAGE, get(page).post(choose))
}

/// The choice, and then a page.
pub fn path(return_to: &str) -> String {
    format!("{PAGE}?return={}", utf8_percent_encode(return_to, NON_ALPHANUMERIC))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    r#return: String,
}

#[derive(Deserialize)]
struct Fields {
    member: String,
    #[serde(default)]
    r#return: String,
}

#[derive(Template)]
#[template(path = "organizations.html")]
struct Page {
    frame: Frame,
    who: String,
    rows: Vec<Row>,
    return_to: String,
}

struct Row {
    member: String,
    organization: String,
    role: &'static str,
    is_current: bool,
}

impl Row {
    fn of(membership: &Membership) -> Row {
        Row {
            member: membership.member_id.to_string(),
            organization: words::name(&membership.organization),
            role: words::role(membership.role),
            is_current: membership.is_current,
        }
    }
}

async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    ask(&state, &signed, &asked.r#return, Said::default()).await
}

/// Goes on there, in a session of its own.
async fn choose(State(state): State<ConsoleState>, form: Form<Fields>) -> Result<Response, Oops> {
    let return_to = local_path(&form.fields.r#return).unwrap_or(OVERVIEW);
    match chosen(&state, &form).await {
        Ok(Some(signed_in)) => {
            sign_in::signed(&state, &signed_in, return_to, "You are in another organization now.")
        }
        Ok(None) => away(return_to),
        Err(error) => ask(&state, &form.signed, return_to, Said::of(error)?).await,
    }
}

async fn chosen(state: &ConsoleState, form: &Form<Fields>) -> domain::Result<Option<SignedIn>> {
    form.must_be_own("choose once more")?;
    let (signed, member) = (&form.signed, &form.fields.member);
    state.app.broker.switch_organization(&signed.caller, signed.secret(), member).await
}

async fn ask(
    state: &ConsoleState,
    signed: &Signed,
    return_to: &str,
    said: Said,
) -> Result<Response, Oops> {
    let memberships = state.app.broker.memberships(signed.secret()).await?;
    let frame = Frame { csrf: signed.csrf.clone(), ..Frame::bare("", "Choose an organization") };
    let page = Page {
        frame: frame.saying(said.notice.or(signed.notice.clone())),
        who: words::name(&signed.caller.principal.name),
        rows: memberships.iter().map(Row::of).collect(),
        return_to: local_path(return_to).unwrap_or(OVERVIEW).to_owned(),
    };
    show(state, said.status, &page)
}
