//! Connecting the App to an installation.

use axum::extract::State;
use axum::response::Response;
use domain::Secret;
use http::StatusCode;
use serde::Deserialize;

use super::PLACE;
use super::show::Asked;
use super::show::shown;
use crate::ConsoleState;
use crate::form::Form;
use crate::frame::Notice;
use crate::frame::go;
use crate::oops::Oops;
use crate::oops::refusal_of;
use crate::words;

/// What is typed, or what the provider sent along.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    installation: String,
    secret: Option<Secret>,
}

/// Connects it, or says why not.
pub async fn connect(
    State(state): State<ConsoleState>,
    form: Form<Fields>,
) -> Result<Response, Oops> {
    let (is_own, signed, fields) = (form.is_own, form.signed, form.fields);
    let installation = fields.installation.trim();
    let asked = Asked { installation_id: installation.to_owned(), ..Asked::default() };
    if !is_own {
        let notice = Notice::bad(
            "You signed in again since this page was made. Look once more, and connect.",
        );
        return shown(&state, &signed, asked, Some(notice), StatusCode::OK).await;
    }
    let code = fields.secret.unwrap_or_else(|| Secret::from(String::new()));
    match state.app.broker.connect_app(&signed.caller, installation, &code).await {
        Ok(()) => go(&state, PLACE, &Notice::good("The App is connected.")),
        Err(error) => {
            let error = refusal_of(error)?;
            let (status, notice) =
                (web::status_of(error.kind()), Notice::bad(words::sentence(&error)));
            shown(&state, &signed, asked, Some(notice), status).await
        }
    }
}
