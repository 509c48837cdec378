//! What a token could do, shown beside the form before it is stored: a piece of a page, which the
//! script puts there. Nothing is kept. Without script the same is said when the form is saved.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Response;
use domain::check::Findings;
use domain::check::PermissionFinding;
use domain::check::Verdict;

use super::add::Fields;
use super::add::wanted;
use super::show::Found;
use crate::ConsoleState;
use crate::form::Form;
use crate::oops::Oops;
use crate::oops::refusal_of;
use crate::words;

/// What was found, as it stands beside the form.
#[derive(Template)]
#[template(path = "credentials/tried.html")]
struct Tried {
    is_good: bool,
    sentence: String,
    identity: String,
    permissions: Vec<Found>,
    repositories: Vec<(String, Vec<Found>)>,
}

/// Asks the provider.
pub async fn try_out(
    State(state): State<ConsoleState>,
    form: Form<Fields>,
) -> Result<Response, Oops> {
    let (signed, mut fields) = form.own()?;
    let secret = fields.secret.take();
    let asked = match wanted(&fields, secret) {
        Ok(wanted) => state.app.broker.try_credential(&signed.caller, wanted).await,
        Err(error) => Err(error),
    };
    let tried = match asked {
        Ok(findings) => Tried::of(&findings),
        Err(error) => Tried::refused(words::sentence(&refusal_of(error)?)),
    };
    let html = tried.render().map_err(domain::Error::internal)?;
    Ok(Html(html).into_response())
}

impl Tried {
    fn of(findings: &Findings) -> Tried {
        let found = |of: &[PermissionFinding]| of.iter().map(Found::of).collect::<Vec<_>>();
        let missing = findings.missing();
        let said = words::text(findings.said.as_deref().unwrap_or_default());
        let sentence = match findings.verdict {
            Verdict::Accepted if missing.is_empty() => "The provider accepts it.".to_owned(),
            Verdict::Accepted => format!("It lacks what is required: {}.", missing.join(", ")),
            Verdict::Refused => format!("The provider does not accept it. {said}"),
            Verdict::Expired => format!("It has expired. {said}"),
            Verdict::Unknown => format!("The provider could not be asked. {said}"),
        };
        Tried {
            is_good: findings.verdict == Verdict::Accepted && missing.is_empty(),
            sentence: sentence.trim_end().to_owned(),
            identity: findings
                .identity
                .as_ref()
                .map(|it| words::name(&it.login))
                .unwrap_or_default(),
            permissions: found(&findings.permissions),
            repositories: findings
                .repositories
                .iter()
                .map(|it| (words::name(&it.repository), found(&it.permissions)))
                .collect(),
        }
    }

    fn refused(sentence: String) -> Tried {
        Tried {
            is_good: false,
            sentence,
            identity: String::new(),
            permissions: Vec::new(),
            repositories: Vec::new(),
        }
    }
}
