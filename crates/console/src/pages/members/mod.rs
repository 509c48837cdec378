//! Members: who is in the organization, what they may do, and who is invited.

mod add;
mod invite;
mod invited;
mod list;
mod remove;
mod role;
mod withdraw;

use axum::Router;
use axum::routing::get;
use broker::Member;

use crate::ConsoleState;
use crate::words;

/// Where these pages are in the menu.
const PLACE: &str = "/console/members";

/// The routes.
pub fn router() -> Router<ConsoleState> {
    Router::new()
        .route("/console/members", get(list::page))
        .route("/console/members/add", get(add::page).post(add::add))
        .route("/console/members/invite", get(invite::page).post(invite::invite))
        .route("/console/members/invitations/{id}", get(invited::page))
        .route(
            "/console/members/invitations/{id}/withdraw",
            get(withdraw::page).post(withdraw::withdraw),
        )
        .route("/console/members/{id}/role", get(role::page).post(role::change))
        .route("/console/members/{id}/remove", get(remove::page).post(remove::remove))
}

/// A member's name, or else their address.
fn name_of(member: &Member) -> String {
    match member.name.is_empty() {
        true => words::name(&member.email),
        false => words::name(&member.name),
    }
}
