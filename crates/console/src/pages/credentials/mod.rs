//! Git repository access: the organization's credentials, a page for each thing people do with them.

mod add;
mod check;
mod delete;
mod edit;
mod give;
mod list;
mod renewal;
mod replace;
mod show;
mod try_out;
mod version_end;
mod versions;

use axum::Router;
use axum::routing::get;
use axum::routing::post;
use broker::CredentialView;
use domain::Error;
use domain::status::Status;

use crate::ConsoleState;
use crate::frame::Notice;
use crate::oops::Oops;
use crate::session::Signed;
use crate::words;

pub use list::Row;
pub use list::STATUSES;
pub use renewal::Renewal;
pub use show::Entry;
pub use show::Found;
pub use show::records_of;

/// Where these pages are in the menu.
const PLACE: &str = "/console/credentials";

/// The routes.
pub fn router() -> Router<ConsoleState> {
    Router::new()
        .route("/console/credentials", get(list::page))
        .route("/console/credentials/add", get(add::page).post(add::add))
        .route("/console/credentials/try", post(try_out::try_out))
        .route("/console/credentials/{id}", get(show::page))
        .route("/console/credentials/{id}/edit", get(edit::page).post(edit::edit))
        .route("/console/credentials/{id}/replace", get(replace::page).post(replace::replace))
        .route("/console/credentials/{id}/check", post(check::check))
        .route("/console/credentials/{id}/versions", get(versions::page).post(versions::use_again))
        .route(
            "/console/credentials/{id}/versions/{version}/{end}",
            get(version_end::page).post(version_end::end),
        )
        .route("/console/credentials/{id}/delete", get(delete::page).post(delete::delete))
        .route("/console/credentials/{id}/give", post(give::give))
}

/// The credential of a page's address.
async fn find(state: &ConsoleState, signed: &Signed, id: &str) -> Result<CredentialView, Oops> {
    // Handles and names may be another's tomorrow; addresses of pages are kept and shared.
    let id: domain::id::CredentialId = id.parse().map_err(|_| gone())?;
    match state.app.broker.show_credential(&signed.caller, &id.to_string()).await {
        Ok(view) => Ok(view),
        Err(error) if error.kind() == domain::ErrorKind::NotFound => Err(gone().into()),
        Err(error) => Err(error.into()),
    }
}

fn gone() -> Error {
    Error::not_found("credential").hint("it may have been deleted: the audit log knows by whom")
}

/// Where a credential's page is.
fn path_of(view: &CredentialView) -> String {
    format!("{PLACE}/{}", view.credential.id)
}

/// What is said of a credential that was just stored.
pub fn stored(view: &CredentialView) -> Notice {
    let name = words::name(&view.credential.name);
    match view.status {
        Status::Unchecked => Notice::bad(format!(
            "{name} is stored, but nothing is proven of it: its provider was not asked, or could not say. \
             It is asked again by and by."
        )),
        status if !matches!(status, Status::Valid | Status::Expiring) => {
            Notice::bad(format!("{name} is stored: {}.", words::status(status)))
        }
        _ => Notice::good(format!("{name} is stored.")),
    }
}
