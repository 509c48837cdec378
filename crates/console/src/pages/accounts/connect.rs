//! Connecting an account: what is about to happen, and the link that leads to the provider. It is a link
//! and no answer to the form: the policy of our pages lets forms lead to this server only.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::Connecting;
use domain::Result;
use domain::provider::Provider;
use domain::url::WebUrl;
use http::StatusCode;
use http::header;
use serde::Deserialize;

use super::PLACE;
use super::list;
use crate::ConsoleState;
use crate::form::Form;
use crate::frame::Frame;
use crate::frame::show;
use crate::moment::Moment;
use crate::oops::Oops;
use crate::oops::Said;
use crate::words;

/// What is chosen.
#[derive(Deserialize)]
pub struct Fields {
    provider: String,
}

#[derive(Template)]
#[template(path = "accounts/connect.html")]
struct Page {
    frame: Frame,
    provider: &'static str,
    host: String,
    /// The account that is replaced.
    before: Option<String>,
    until: Moment,
    url: String,
}

/// Begins it, and shows the way.
pub async fn connect(
    State(state): State<ConsoleState>,
    form: Form<Fields>,
) -> Result<Response, Oops> {
    let (place, begun) = match begun(&state, &form).await {
        Ok(begun) => begun,
        Err(error) => return list::list(&state, &form.signed, Said::of(error)?).await,
    };
    let broker = &state.app.broker;
    let accounts = broker.own_accounts(&form.signed.caller).await?;
    let before = accounts.iter().find(|view| list::is_at(view, &place));
    let (provider, host) = (words::provider(place.0), place.1.authority.to_string());
    let title = format!("Connect your account at {provider}");
    let page = Page {
        frame: Frame::of(&state, &form.signed, PLACE, title).await?,
        provider,
        host,
        before: before.map(|view| words::name(&view.credential.name)),
        until: Moment::of(begun.expires_at, broker.now()),
        url: begun.authorize_url,
    };
    let mut response = show(&state, StatusCode::OK, &page)?;
    if let Some(cookie) = state.settings.connecting_cookie(&begun.name) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn begun(
    state: &ConsoleState,
    form: &Form<Fields>,
) -> Result<((Provider, WebUrl), Connecting)> {
    form.must_be_own("choose once more")?;
    let broker = &state.app.broker;
    let provider = Provider::parse(&form.fields.provider)?;
    let place = broker.places_to_connect().into_iter().find(|(it, _)| *it == provider);
    let place = place.ok_or_else(|| {
        let sentence = format!("{} cannot be connected here.", words::provider(provider));
        domain::Error::new(domain::ErrorKind::Unsupported, sentence)
            .hint("whoever runs this server registers an OAuth application there")
    })?;
    let host = place.1.to_string();
    let begun = broker.connect_account(&form.signed.caller, provider, Some(&host)).await?;
    Ok((place, begun))
}
