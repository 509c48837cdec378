//! Changing a channel; its URL stays unless a new one is given.

use askama::Template;
use axum::extract::Path;
use axum::extract::State;
use axum::response::Response;
use broker::UpdateChannel;
use domain::notification::Channel;
use domain::notification::ChannelKind;
use domain::policy::Permission;
use http::StatusCode;

use super::PLACE;
use super::fields::Choice;
use super::fields::Fields;
use super::fields::seen;
use super::find;
use crate::ConsoleState;
use crate::form::Form;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::refusal;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::refusal_of;
use crate::session::Signed;
use crate::words;

#[derive(Template)]
#[template(path = "notifications/edit.html")]
struct Page {
    frame: Frame,
    path: String,
    name: String,
    is_mail: bool,
    /// Where its URL leads, as far as that is no secret.
    address: String,
    fields: Fields,
    warnings: Vec<Choice>,
    refusal: Option<String>,
    once: String,
}

/// The form.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let channel = find(&state, &signed, &id).await?;
    form(&state, &signed, &channel, Fields::of(&channel), None, StatusCode::OK).await
}

/// Saves it, or says why not.
pub async fn edit(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form<Fields>,
) -> Result<Response, Oops> {
    let channel = find(&state, &form.signed, &id).await?;
    let (signed, mut fields) = (form.signed, form.fields);
    let now = seen(&channel);
    let again = match (form.is_own, fields.seen == now) {
        (false, _) => Some((
            "You signed in again since this page was made. Look once more, and save.",
            StatusCode::OK,
        )),
        (true, false) => Some((
            "Somebody changed this channel while you did. Saving again keeps what you typed.",
            StatusCode::CONFLICT,
        )),
        (true, true) => None,
    };
    if let Some((sentence, status)) = again {
        fields.seen = now;
        let notice = Some(Notice::bad(sentence));
        return self::form(&state, &signed, &channel, fields, notice, status).await;
    }
    let change = UpdateChannel {
        name: Some(fields.name.trim().to_owned()),
        recipients: (channel.kind == ChannelKind::Email).then(|| fields.recipients()),
        url: fields.take_url(),
        only: Some(fields.only()),
        quiet_hours: Some(fields.quiet.trim().to_owned()),
        is_enabled: Some(fields.is_enabled.is_some()),
    };
    match state.app.broker.update_channel(&signed.caller, &id, change).await {
        Ok(after) => {
            let sentence = format!("{} is saved.", words::name(&after.name));
            go(&state, PLACE, &Notice::good(sentence))
        }
        Err(error) => {
            let error = refusal_of(error)?;
            let (status, notice) =
                (web::status_of(error.kind()), Notice::bad(words::sentence(&error)));
            self::form(&state, &signed, &channel, fields, Some(notice), status).await
        }
    }
}

async fn form(
    state: &ConsoleState,
    signed: &Signed,
    channel: &Channel,
    mut fields: Fields,
    notice: Option<Notice>,
    status: StatusCode,
) -> Result<Response, Oops> {
    let name = words::name(&channel.name);
    let page = Page {
        frame: Frame::of(state, signed, PLACE, format!("Change {name}")).await?.saying(notice),
        path: format!("{PLACE}/{}", channel.id),
        name,
        is_mail: channel.kind == ChannelKind::Email,
        address: channel.address.clone().unwrap_or_default(),
        warnings: fields.choices(),
        fields,
        refusal: refusal(signed, Permission::ManageChannels),
        once: state.app.broker.form_number(),
    };
    show(state, status, &page)
}
