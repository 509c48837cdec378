//! Adding a channel; the key of a signed webhook is shown in this answer and never again.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::AddChannel;
use broker::CreatedChannel;
use domain::Error;
use domain::notification::ChannelKind;
use domain::policy::Permission;
use http::StatusCode;

use super::PLACE;
use super::fields;
use super::fields::Choice;
use super::fields::Fields;
use crate::ConsoleState;
use crate::form::Form;
use crate::form::text;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::refusal;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::Said;
use crate::session::Signed;
use crate::words;

/// What a form is told that was sent before.
const ADDED_BEFORE: &str = "This form was sent before; it was done once. The key of a signed webhook \
                            is shown once, too: remove the channel and add it again if it is lost.";

#[derive(Template)]
#[template(path = "notifications/add.html")]
struct Page {
    frame: Frame,
    fields: Fields,
    kinds: Vec<Choice>,
    warnings: Vec<Choice>,
    refusal: Option<String>,
}

#[derive(Template)]
#[template(path = "notifications/added.html")]
struct Added {
    frame: Frame,
    name: String,
    id: String,
    key: String,
}

/// The empty form.
pub async fn page(State(state): State<ConsoleState>, signed: Signed) -> Result<Response, Oops> {
    form(&state, &signed, Fields::default(), Said::default()).await
}

/// Adds it, or says why not; what was typed stays, but for the URL.
pub async fn add(
    State(state): State<ConsoleState>,
    mut form: Form<Fields>,
) -> Result<Response, Oops> {
    match added(&state, &mut form).await {
        Ok(created) => done(&state, &form.signed, &created).await,
        Err(oops) => self::form(&state, &form.signed, form.fields, Said::of(oops)?).await,
    }
}

async fn added(state: &ConsoleState, form: &mut Form<Fields>) -> Result<CreatedChannel, Oops> {
    form.must_be_own("look once more, give the URL again if there is one, and save")?;
    form.must_be_first(state, PLACE, ADDED_BEFORE).await?;
    let wanted = wanted(&mut form.fields)?;
    Ok(state.app.broker.add_channel(&form.signed.caller, wanted).await?)
}

fn wanted(fields: &mut Fields) -> domain::Result<AddChannel> {
    let name = text(&fields.name).ok_or_else(|| Error::invalid("Please enter a name."))?;
    let kind = ChannelKind::parse(&fields.kind)?;
    let url = fields.take_url();
    // What is hidden for a kind may still hold what was typed for another.
    let (recipients, url) = match kind {
        ChannelKind::Email => (fields.recipients(), None),
        ChannelKind::Slack | ChannelKind::Webhook => (Vec::new(), url),
    };
    match kind {
        ChannelKind::Email if recipients.is_empty() => {
            return Err(Error::invalid("Please enter a mail address."));
        }
        ChannelKind::Slack | ChannelKind::Webhook if url.is_none() => {
            return Err(Error::invalid("Please enter the URL."));
        }
        _ => {}
    }
    let (days, quiet_hours) = (fields.days()?, text(&fields.quiet));
    Ok(AddChannel { name, kind, recipients, url, only: fields.only(), days, quiet_hours })
}

async fn done(
    state: &ConsoleState,
    signed: &Signed,
    created: &CreatedChannel,
) -> Result<Response, Oops> {
    let name = words::name(&created.channel.name);
    let Some(key) = created.signing_key.as_ref().and_then(|key| key.expose_text()) else {
        let sentence = format!("{name} is added. “Test” tries it.");
        return go(state, PLACE, &Notice::good(sentence));
    };
    let page = Added {
        frame: Frame::of(state, signed, PLACE, format!("{name} is added")).await?,
        name,
        id: created.channel.id.to_string(),
        key: key.to_owned(),
    };
    show(state, StatusCode::CREATED, &page)
}

async fn form(
    state: &ConsoleState,
    signed: &Signed,
    mut fields: Fields,
    said: Said,
) -> Result<Response, Oops> {
    let kind = |kind: ChannelKind| Choice {
        word: kind.word(),
        name: fields::kind(kind),
        is_chosen: kind.word() == fields.kind,
    };
    let page = Page {
        frame: Frame::of(state, signed, PLACE, "Add a channel").await?.saying(said.notice),
        kinds: ChannelKind::ALL.map(kind).into(),
        warnings: fields.choices(),
        refusal: refusal(signed, Permission::ManageChannels),
        fields,
    };
    show(state, said.status, &page)
}
