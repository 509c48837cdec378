//! Disconnecting an account of one's own; what ends is said first.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::CredentialView;
use domain::Error;
use domain::policy::Permission;

use super::PLACE;
use crate::ConsoleState;
use crate::extract::Path;
use crate::form::Form;
use crate::form::Nothing;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::refusal;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::Said;
use crate::session::Signed;
use crate::words;

#[derive(Template)]
#[template(path = "accounts/disconnect.html")]
struct Page {
    frame: Frame,
    path: String,
    provider: &'static str,
    is_ended_there: bool,
    services: i64,
    refusal: Option<String>,
}

/// The question.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let view = find(&state, &signed, &id).await?;
    ask(&state, &signed, &view, Said::default()).await
}

/// Disconnects it.
pub async fn end(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form<Nothing>,
) -> Result<Response, Oops> {
    let (signed, Nothing {}) = form.own()?;
    let view = find(&state, &signed, &id).await?;
    let reference = view.credential.id.to_string();
    match state.app.broker.disconnect_account(&signed.caller, &reference).await {
        Ok(()) => {
            let sentence = format!("{} is disconnected.", words::name(&view.credential.name));
            go(&state, PLACE, &Notice::good(sentence))
        }
        Err(error) => ask(&state, &signed, &view, Said::of(error)?).await,
    }
}

async fn find(state: &ConsoleState, signed: &Signed, id: &str) -> Result<CredentialView, Oops> {
    let accounts = state.app.broker.own_accounts(&signed.caller).await?;
    let found = accounts.into_iter().find(|view| view.credential.id.to_string() == id);
    found.ok_or_else(|| Error::not_found("account of yours").into())
}

async fn ask(
    state: &ConsoleState,
    signed: &Signed,
    view: &CredentialView,
    said: Said,
) -> Result<Response, Oops> {
    let title = format!("Disconnect {}", words::name(&view.credential.name));
    let page = Page {
        frame: Frame::of(state, signed, PLACE, title).await?.saying(said.notice),
        path: format!("{PLACE}/{}/disconnect", view.credential.id),
        provider: words::provider(view.host.provider),
        is_ended_there: state.app.broker.can_end_grants_at(&view.host),
        services: view.services_count,
        refusal: refusal(signed, Permission::Lend),
    };
    show(state, said.status, &page)
}
