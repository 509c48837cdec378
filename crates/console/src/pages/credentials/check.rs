//! "Check now": asks the provider, and goes back to the credential.

use axum::extract::State;
use axum::response::Response;
use domain::check::Verdict;
use domain::status::Status;

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
            let findings = checked.report.map(|report| report.findings);
            let said = findings.as_ref().and_then(|it| it.said.as_deref()).unwrap_or_default();
            let (said, shown) = (words::text(said), checked.credential.status);
            let status = words::status(shown);
            let is_good = matches!(shown, Status::Valid | Status::Expiring);
            match findings.map(|it| it.verdict) {
                None | Some(Verdict::Unknown) => Notice::bad(format!(
                    "It could not be checked, and stays as it was: {status}. {said}"
                )),
                Some(_) if is_good => Notice::good(format!("Checked: {status}. {said}")),
                Some(_) => Notice::bad(format!("Checked: {status}. {said}")),
            }
        }
        Err(error) => Notice::bad(words::sentence(&refusal_of(error)?)),
    };
    go(&state, &path_of(&view), &notice)
}
