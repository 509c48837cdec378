//! Registering a host.

use askama::Template;
use axum::extract::Query;
use axum::extract::State;
use axum::response::Response;
use domain::policy::Permission;
use domain::provider::Provider;
use http::StatusCode;
use serde::Deserialize;

use super::Choice;
use super::PLACE;
use super::choices;
use crate::ConsoleState;
use crate::form::Form;
use crate::form::SENT_BEFORE;
use crate::form::text;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::refusal;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::refusal_of;
use crate::session::Signed;
use crate::words;

/// What is typed; the address of the page can say it before.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    provider: String,
    url: String,
    ca: String,
}

#[derive(Template)]
#[template(path = "hosts/add.html")]
struct Page {
    frame: Frame,
    fields: Fields,
    choices: Vec<Choice>,
    refusal: Option<String>,
    once: String,
}

/// The empty form.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Query(fields): Query<Fields>,
) -> Result<Response, Oops> {
    form(&state, &signed, fields, None, StatusCode::OK).await
}

/// Registers it, or says why not.
pub async fn add(State(state): State<ConsoleState>, form: Form<Fields>) -> Result<Response, Oops> {
    if !form.is_own {
        let notice =
            Notice::bad("You signed in again since this page was made. Look once more, and save.");
        return self::form(&state, &form.signed, form.fields, Some(notice), StatusCode::OK).await;
    }
    if !form.is_first(&state).await? {
        return go(&state, PLACE, &Notice::bad(SENT_BEFORE));
    }
    let (signed, fields) = (form.signed, form.fields);
    let added = match Provider::parse(&fields.provider) {
        Ok(provider) => {
            let broker = &state.app.broker;
            broker.add_host(&signed.caller, provider, fields.url.trim(), text(&fields.ca)).await
        }
        Err(error) => Err(error),
    };
    match added {
        Ok(view) => {
            let sentence =
                format!("{} is registered. “Check” looks at the way to it.", view.host.url);
            go(&state, PLACE, &Notice::good(sentence))
        }
        Err(error) => {
            let error = refusal_of(error)?;
            let (status, notice) =
                (web::status_of(error.kind()), Notice::bad(words::sentence(&error)));
            self::form(&state, &signed, fields, Some(notice), status).await
        }
    }
}

async fn form(
    state: &ConsoleState,
    signed: &Signed,
    fields: Fields,
    notice: Option<Notice>,
    status: StatusCode,
) -> Result<Response, Oops> {
    let page = Page {
        frame: Frame::of(state, signed, PLACE, "Add a host").await?.saying(notice),
        choices: choices(&fields.provider),
        refusal: refusal(signed, Permission::ManageCredentials),
        once: state.app.broker.form_number(),
        fields,
    };
    show(state, status, &page)
}
