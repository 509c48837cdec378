//! Git hosts: the servers credentials belong to, and the way to each.

mod add;
mod check;
mod edit;
mod list;
mod remove;

use axum::Router;
use axum::routing::get;
use broker::HostView;
use domain::Error;
use domain::id::HostId;
use domain::provider::Provider;

use crate::ConsoleState;
use crate::oops::Oops;
use crate::session::Signed;
use crate::words;

/// Where these pages are in the menu.
const PLACE: &str = "/console/hosts";

/// The routes.
pub fn router() -> Router<ConsoleState> {
    Router::new()
        .route("/console/hosts", get(list::page))
        .route("/console/hosts/add", get(add::page).post(add::add))
        .route("/console/hosts/check", get(check::page).post(check::check))
        .route("/console/hosts/{id}/edit", get(edit::page).post(edit::edit))
        .route("/console/hosts/{id}/remove", get(remove::page).post(remove::remove))
}

/// The host of a page's address, and how many credentials belong to it.
async fn find(state: &ConsoleState, signed: &Signed, id: &str) -> Result<(HostView, i64), Oops> {
    let broker = &state.app.broker;
    let id: HostId = id.parse().map_err(|_| Error::not_found("host"))?;
    let view = broker.show_host(&signed.caller, &id.to_string()).await?;
    let counts = broker.count_credentials_of_hosts(&signed.caller, &[id]).await?;
    Ok((view, counts.get(&id).copied().unwrap_or_default()))
}

/// A kind of host to choose.
struct Choice {
    word: &'static str,
    name: &'static str,
    is_chosen: bool,
}

fn choices(chosen: &str) -> Vec<Choice> {
    let choice = |provider: &Provider| Choice {
        word: provider.word(),
        name: words::provider(*provider),
        is_chosen: provider.word() == chosen,
    };
    Provider::ALL.iter().map(choice).collect()
}
