//! Setting an empty server up: the first organization and its Owner.

use askama::Template;
use axum::Router;
use axum::extract::Request;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use broker::LinkView;
use broker::WantedSetup;
use domain::Error;
use domain::ErrorKind;
use domain::Secret;
use http::request::Parts;
use serde::Deserialize;

use super::sign_in::signed;
use crate::ConsoleState;
use crate::extract::Path;
use crate::frame::Frame;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::Said;
use crate::session::require_same_origin;

/// The route.
pub fn router() -> Router<ConsoleState> {
    Router::new().route("/console/setup/{link}", get(page).post(set_up))
}

#[derive(Template)]
#[template(path = "setup.html")]
struct Page {
    frame: Frame,
    link: String,
    fields: Fields,
}

#[derive(Default, Deserialize)]
struct Fields {
    #[serde(default)]
    name: String,
    #[serde(default)]
    slug: String,
    #[serde(default)]
    email: String,
}

async fn page(
    State(state): State<ConsoleState>,
    Path(link): Path<String>,
    parts: Parts,
) -> Result<Response, Oops> {
    let presented = Secret::from(link.clone());
    let look = state.app.broker.look_at_link(&presented);
    match state.app.try_to_let_in(&parts, look).await? {
        LinkView::SetUp { .. } => again(&state, link, Fields::default(), Said::default()),
        LinkView::SignIn { .. } => Err(Error::not_found("set-up link").into()),
    }
}

async fn set_up(
    State(state): State<ConsoleState>,
    Path(link): Path<String>,
    request: Request,
) -> Result<Response, Oops> {
    let (parts, body) = request.into_parts();
    require_same_origin(&parts)?;
    let body = web::read_body(body).await?;
    let fields: Fields = serde_urlencoded::from_bytes(&body)
        .map_err(|_| Error::invalid("The form is not one of ours."))?;
    let slug = match fields.slug.trim() {
        "" => slug_of(&fields.name),
        given => given.to_owned(),
    };
    let wanted = WantedSetup {
        name: fields.name.trim().to_owned(),
        slug,
        email: fields.email.trim().to_owned(),
    };
    let visitor = web::visitor_of(&parts)?;
    let presented = Secret::from(link.clone());
    let work = state.app.broker.set_up(&presented, wanted, visitor);
    match state.app.try_to_let_in(&parts, work).await {
        Ok(signed_in) => signed(&state, &signed_in, "/console/", "Your organization is ready."),
        Err(error) if error.kind() == ErrorKind::Invalid => {
            again(&state, link, fields, Said::of(error)?)
        }
        Err(error) => Err(error.into()),
    }
}

fn again(state: &ConsoleState, link: String, fields: Fields, said: Said) -> Result<Response, Oops> {
    let frame = Frame::bare("", "Set up Claviger").saying(said.notice);
    show(state, said.status, &Page { frame, link, fields })
}

/// A short name for addresses and scripts, made of the organization's name.
fn slug_of(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let dashed: String = name.chars().map(plain).collect();
    dashed.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_made_of_a_name() {
        assert_eq!(slug_of("  Acme & Söhne, Inc. "), "acme-s-hne-inc");
        assert_eq!(slug_of("…"), "");
    }
}
