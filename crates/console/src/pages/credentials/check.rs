//! "Check now": asks the provider, and goes back to the credential.

use axum::extract::State;
use axum::response::Response;

use super::find;
use super::path_of;
use crate::ConsoleState;
use crate::extract::Path;
use crate::form::Form;
use crate::form::Nothing;
use crate::frame::Notice;
use crate::frame::go;
use crate::oops::Oops;
use crate::oops::refusal_of;
use crate::words;

/// Checks it.
pub async fn check(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form<Nothing>,
) -> Result<Response, Oops> {
    let (signed, Nothing {}) = form.own()?;
    let view = find(&state, &signed, &id).await?;
    let reference = view.credential.id.to_string();
    let notice = match state.app.broker.check_credential(&signed.caller, &reference).await {
        Ok(checked) => {
            let said = checked.report.and_then(|report| report.findings.said);
            let status = words::status(checked.credential.status);
            let sentence = format!("Checked: {status}. {}", said.unwrap_or_default());
            match checked.credential.status.may_be_lent() {
                true => Notice::good(sentence.trim_end()),
                false => Notice::bad(sentence.trim_end()),
            }
        }
        Err(error) => Notice::bad(words::sentence(&refusal_of(error)?)),
    };
    go(&state, &path_of(&view), &notice)
}
