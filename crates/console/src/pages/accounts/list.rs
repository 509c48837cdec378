//! The accounts of whoever is signed in, and where more can be connected.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::CredentialView;
use domain::Timestamp;
use domain::policy::Permission;
use domain::provider::Provider;
use domain::status::Status;
use domain::url::WebUrl;

use super::PLACE;
use crate::ConsoleState;
use crate::frame::Frame;
use crate::frame::refusal;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::Said;
use crate::pages::credentials::Row;
use crate::session::Signed;
use crate::words;

#[derive(Template)]
#[template(path = "accounts/list.html")]
struct Page {
    frame: Frame,
    /// Whether accounts can be theirs at all.
    is_member: bool,
    rows: Vec<Account>,
    /// Where none is connected yet.
    ways: Vec<Way>,
    /// Whether any could be connected here.
    has_places: bool,
    refusal: Option<String>,
}

struct Account {
    row: Row,
    disconnect_path: String,
    has_ended: bool,
    /// Whether it can be connected again.
    is_connectable: bool,
}

impl Account {
    fn of(view: &CredentialView, places: &[(Provider, WebUrl)], now: Timestamp) -> Account {
        Account {
            row: Row::of(view, now),
            disconnect_path: format!("{PLACE}/{}/disconnect", view.credential.id),
            has_ended: matches!(view.status, Status::Rejected | Status::Expired),
            is_connectable: places.iter().any(|place| is_at(view, place)),
        }
    }
}

/// A host at which an account can be connected.
struct Way {
    /// Its provider: word, letters, name.
    provider: (&'static str, &'static str, &'static str),
    host: String,
}

impl Way {
    fn of((provider, url): &(Provider, WebUrl)) -> Way {
        let provider = (provider.word(), words::initials(*provider), words::provider(*provider));
        Way { provider, host: url.authority.to_string() }
    }
}

/// The page.
pub async fn page(State(state): State<ConsoleState>, signed: Signed) -> Result<Response, Oops> {
    list(&state, &signed, Said::default()).await
}

/// The page, saying something.
pub async fn list(state: &ConsoleState, signed: &Signed, said: Said) -> Result<Response, Oops> {
    let broker = &state.app.broker;
    let accounts = broker.own_accounts(&signed.caller).await?;
    let places = broker.places_to_connect();
    let now = broker.now();
    let is_open = |place: &&(Provider, WebUrl)| !accounts.iter().any(|view| is_at(view, place));
    let page = Page {
        frame: Frame::of(state, signed, PLACE, "Your accounts").await?.saying(said.notice),
        is_member: signed.caller.principal.member_id.is_some(),
        rows: accounts.iter().map(|view| Account::of(view, &places, now)).collect(),
        ways: places.iter().filter(is_open).map(Way::of).collect(),
        has_places: !places.is_empty(),
        refusal: refusal(signed, Permission::Lend),
    };
    show(state, said.status, &page)
}

/// Whether an account is at a place.
pub fn is_at(view: &CredentialView, (provider, url): &(Provider, WebUrl)) -> bool {
    view.host.provider == *provider && view.host.url == *url
}
