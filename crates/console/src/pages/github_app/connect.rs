//! Connecting the App to an installation.

use axum::extract::State;
use axum::response::Response;
use domain::Result;
use domain::Secret;
use serde::Deserialize;

use super::PLACE;
use super::show::Asked;
use super::show::shown;
use crate::ConsoleState;
use crate::form::Form;
use crate::form::text;
use crate::frame::Notice;
use crate::frame::go;
use crate::oops::Oops;
use crate::oops::Said;

/// What is typed, or what the provider sent along.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    app: String,
    installation: String,
    secret: Option<Secret>,
}

/// Connects it, or says why not.
pub async fn connect(
    State(state): State<ConsoleState>,
    mut form: Form<Fields>,
) -> Result<Response, Oops> {
    let installation = form.fields.installation.trim().to_owned();
    match connected(&state, &mut form, &installation).await {
        Ok(()) => go(&state, PLACE, &Notice::good("The App is connected.")),
        Err(error) => {
            let app = std::mem::take(&mut form.fields.app);
            let asked = Asked { installation_id: installation, app, ..Asked::default() };
            shown(&state, &form.signed, asked, Said::of(error)?).await
        }
    }
}

async fn connected(
    state: &ConsoleState,
    form: &mut Form<Fields>,
    installation: &str,
) -> Result<()> {
    form.must_be_own("look once more, and connect")?;
    let code = form.fields.secret.take().unwrap_or_else(|| Secret::from(String::new()));
    let app = text(&form.fields.app);
    state.app.broker.connect_app(&form.signed.caller, app.as_deref(), installation, &code).await
}
