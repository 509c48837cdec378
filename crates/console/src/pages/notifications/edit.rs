//! Changing a channel; its URL stays unless a new one is given.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::UpdateChannel;
use domain::Error;
use domain::Result;
use domain::notification::Channel;
use domain::notification::ChannelKind;
use domain::policy::Permission;

use super::PLACE;
use super::fields::Choice;
use super::fields::Fields;
use super::fields::seen;
use super::find;
use crate::ConsoleState;
use crate::extract::Path;
use crate::form::Form;
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
}

/// The form.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let channel = find(&state, &signed, &id).await?;
    form(&state, &signed, &channel, Fields::of(&channel), Said::default()).await
}

/// Saves it, or says why not.
pub async fn edit(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    mut form: Form<Fields>,
) -> Result<Response, Oops> {
    let channel = find(&state, &form.signed, &id).await?;
    match edited(&state, &mut form, &channel).await {
        Ok(after) => {
            let sentence = format!("{} is saved.", words::name(&after.name));
            go(&state, PLACE, &Notice::good(sentence))
        }
        Err(error) => {
            form.fields.seen = seen(&channel);
            self::form(&state, &form.signed, &channel, form.fields, Said::of(error)?).await
        }
    }
}

async fn edited(
    state: &ConsoleState,
    form: &mut Form<Fields>,
    channel: &Channel,
) -> Result<Channel> {
    form.must_be_own("look once more, and save")?;
    let fields = &mut form.fields;
    if fields.seen != seen(channel) {
        return Err(Error::conflict("Somebody changed this channel while you did.")
            .hint("saving again keeps what you typed"));
    }
    let change = UpdateChannel {
        name: Some(fields.name.trim().to_owned()),
        recipients: (channel.kind == ChannelKind::Email).then(|| fields.recipients()),
        url: fields.take_url(),
        only: Some(fields.only()),
        days: Some(fields.days()?),
        quiet_hours: Some(fields.quiet.trim().to_owned()),
        is_enabled: Some(fields.is_enabled.is_some()),
    };
    let id = channel.id.to_string();
    state.app.broker.update_channel(&form.signed.caller, &id, change).await
}

async fn form(
    state: &ConsoleState,
    signed: &Signed,
    channel: &Channel,
    mut fields: Fields,
    said: Said,
) -> Result<Response, Oops> {
    let name = words::name(&channel.name);
    let page = Page {
        frame: Frame::of(state, signed, PLACE, format!("Change {name}")).await?.saying(said.notice),
        path: format!("{PLACE}/{}", channel.id),
        name,
        is_mail: channel.kind == ChannelKind::Email,
        address: channel.address.clone().unwrap_or_default(),
        warnings: fields.choices(),
        fields,
        refusal: refusal(signed, Permission::ManageChannels),
    };
    show(state, said.status, &page)
}
