//! The repositories an App is authorized for, as its provider lists them now. Asking makes a
//! short-lived token there and is on record, which is why it is a form.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::shapes::Repository;
use broker::shapes::RepositoryQuery;
use domain::id::CredentialId;
use http::StatusCode;
use serde::Deserialize;

use super::PLACE;
use super::show::Asked;
use super::show::shown;
use crate::ConsoleState;
use crate::form::Form;
use crate::frame::Frame;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::Said;
use crate::words;

/// Which App is meant.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    app: String,
}

#[derive(Template)]
#[template(path = "github_app/repositories.html")]
struct Page {
    frame: Frame,
    host: String,
    rows: Vec<Row>,
    is_complete: bool,
}

/// A repository as a row.
struct Row {
    path: String,
    description: String,
    visibility: &'static str,
    branch: String,
}

impl Row {
    fn of(repository: &Repository) -> Row {
        Row {
            path: words::text(repository.path.as_str()),
            description: words::text(repository.description.as_deref().unwrap_or_default()),
            visibility: match repository.is_private {
                Some(true) => "private",
                Some(false) => "public",
                None => "not told",
            },
            branch: words::text(repository.default_branch.as_deref().unwrap_or_default()),
        }
    }
}

/// Asks the provider, and shows what it lists.
pub async fn repositories(
    State(state): State<ConsoleState>,
    form: Form<Fields>,
) -> Result<Response, Oops> {
    let (signed, fields) = form.own()?;
    let id: CredentialId =
        fields.app.parse().map_err(|_| domain::Error::not_found("GitHub App"))?;
    let query = RepositoryQuery { namespace: None, search: None };
    let broker = &state.app.broker;
    match broker.repositories(&signed.caller, &id.to_string(), &query).await {
        Ok((host, listed)) => {
            let page = Page {
                frame: Frame::of(&state, &signed, PLACE, "Authorized repositories").await?,
                host,
                rows: listed.items.iter().map(Row::of).collect(),
                is_complete: listed.is_complete,
            };
            show(&state, StatusCode::OK, &page)
        }
        Err(error) => shown(&state, &signed, Asked::default(), Said::of(error)?).await,
    }
}
