//! The page that shows a new value, once. It is the answer to the form itself: the value is in no
//! address, no cookie and no page that could be opened again.

use askama::Template;
use axum::response::Response;
use domain::Error;
use domain::Secret;
use http::StatusCode;

use super::PLACE;
use crate::ConsoleState;
use crate::frame::Frame;
use crate::frame::show;
use crate::oops::Oops;
use crate::session::Signed;

/// What a new value is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A token in a header.
    Token,
    /// A key that signs.
    AccessKey,
}

/// What was made.
pub struct Made<'a> {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub r#use: Use,
    /// The half of a key that is no secret.
    pub access_key: Option<&'a str>,
    /// The value.
    pub secret: &'a Secret,
}

#[derive(Template)]
#[template(path = "access/once.html")]
struct Page<'a> {
    frame: Frame,
    name: String,
    is_token: bool,
    access_key: Option<&'a str>,
    value: &'a str,
    server: String,
    organization_id: String,
}

/// The page.
pub async fn answer(
    state: &ConsoleState,
    signed: &Signed,
    made: Made<'_>,
) -> Result<Response, Oops> {
    let what = match made.r#use {
        Use::Token => "token",
        Use::AccessKey => "access key",
    };
    let page = Page {
        frame: Frame::of(state, signed, PLACE, format!("Your new {what}")).await?,
        name: made.name,
        is_token: made.r#use == Use::Token,
        access_key: made.access_key,
        value: made.secret.expose_text().ok_or_else(|| Error::internal("a value is no text"))?,
        server: state.app.broker.settings().public_url.to_string(),
        organization_id: signed.caller.principal.organization_id.to_string(),
    };
    show(state, StatusCode::CREATED, &page)
}
