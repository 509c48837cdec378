//! Registering a host.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::HostView;
use domain::policy::Permission;
use domain::provider::Provider;
use serde::Deserialize;

use super::Choice;
use super::PLACE;
use super::choices;
use crate::ConsoleState;
use crate::extract::Query;
use crate::form::Form;
use crate::form::SENT_BEFORE;
use crate::form::text;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::refusal;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::Said;
use crate::session::Signed;

/// What is typed; the address of the page can say it before.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    provider: String,
    url: String,
    ca: String,
}

#[derive(Template)]
#[template(path = "hosts/add.html")]
struct Page {
    frame: Frame,
    fields: Fields,
    choices: Vec<Choice>,
    refusal: Option<String>,
}

/// The empty form.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Query(fields): Query<Fields>,
) -> Result<Response, Oops> {
    // Whom TLS trusts is for the person to say, and not for a link.
    let fields = Fields { ca: String::new(), ..fields };
    form(&state, &signed, fields, Said::default()).await
}

/// Registers it, or says why not.
pub async fn add(State(state): State<ConsoleState>, form: Form<Fields>) -> Result<Response, Oops> {
    match added(&state, &form).await {
        Ok(view) => {
            let sentence =
                format!("{} is registered. “Check” looks at the way to it.", view.host.url);
            go(&state, PLACE, &Notice::good(sentence))
        }
        Err(oops) => self::form(&state, &form.signed, form.fields, Said::of(oops)?).await,
    }
}

async fn added(state: &ConsoleState, form: &Form<Fields>) -> Result<HostView, Oops> {
    form.must_be_own("look once more, and save")?;
    form.must_be_first(state, PLACE, SENT_BEFORE).await?;
    let provider = Provider::parse(&form.fields.provider)?;
    let (url, ca) = (form.fields.url.trim(), text(&form.fields.ca));
    Ok(state.app.broker.add_host(&form.signed.caller, provider, url, ca).await?)
}

async fn form(
    state: &ConsoleState,
    signed: &Signed,
    fields: Fields,
    said: Said,
) -> Result<Response, Oops> {
    let page = Page {
        frame: Frame::of(state, signed, PLACE, "Add a host").await?.saying(said.notice),
        choices: choices(&fields.provider),
        refusal: refusal(signed, Permission::ManageCredentials),
        fields,
    };
    show(state, said.status, &page)
}
