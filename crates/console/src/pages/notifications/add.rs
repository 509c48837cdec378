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
use crate::oops::refusal_of;
use crate::session::Signed;
use crate::words;

#[derive(Template)]
#[template(path = "notifications/add.html")]
struct Page {
    frame: Frame,
    fields: Fields,
    kinds: Vec<Choice>,
    warnings: Vec<Choice>,
    refusal: Option<String>,
    once: String,
}

#[derive(Template)]
#[template(path = "notifications/added.html")]
struct Added {
    frame: Frame,
    name: String,
    id: String,
    key: String,
    once: String,
}

/// The empty form.
pub async fn page(State(state): State<ConsoleState>, signed: Signed) -> Result<Response, Oops> {
    form(&state, &signed, Fields::default(), None, StatusCode::OK).await
}

/// Adds it, or says why not; what was typed stays, but for the URL.
pub async fn add(State(state): State<ConsoleState>, form: Form<Fields>) -> Result<Response, Oops> {
    if !form.is_own {
        let notice = Notice::bad(
            "You signed in again since this page was made. Look once more, give the URL again if \
             there is one, and save.",
        );
        return self::form(&state, &form.signed, form.fields, Some(notice), StatusCode::OK).await;
    }
    if !form.is_first(&state).await? {
        let sentence = "This form was sent before; it was done once. The key of a signed webhook \
                        is shown once, too: remove the channel and add it again if it is lost.";
        return go(&state, PLACE, &Notice::good(sentence));
    }
    let (signed, mut fields) = (form.signed, form.fields);
    let added = match wanted(&mut fields) {
        Ok(wanted) => state.app.broker.add_channel(&signed.caller, wanted).await,
        Err(error) => Err(error),
    };
    match added {
        Ok(created) => done(&state, &signed, &created).await,
        Err(error) => {
            let error = refusal_of(error)?;
            let (status, notice) =
                (web::status_of(error.kind()), Notice::bad(words::sentence(&error)));
            self::form(&state, &signed, fields, Some(notice), status).await
        }
    }
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
    let quiet_hours = text(&fields.quiet);
    Ok(AddChannel { name, kind, recipients, url, only: fields.only(), quiet_hours })
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
        once: state.app.broker.form_number(),
    };
    show(state, StatusCode::CREATED, &page)
}

async fn form(
    state: &ConsoleState,
    signed: &Signed,
    mut fields: Fields,
    notice: Option<Notice>,
    status: StatusCode,
) -> Result<Response, Oops> {
    let kind = |kind: ChannelKind| Choice {
        word: kind.word(),
        name: fields::kind(kind),
        is_chosen: kind.word() == fields.kind,
    };
    let page = Page {
        frame: Frame::of(state, signed, PLACE, "Add a channel").await?.saying(notice),
        kinds: ChannelKind::ALL.map(kind).into(),
        warnings: fields.choices(),
        refusal: refusal(signed, Permission::ManageChannels),
        once: state.app.broker.form_number(),
        fields,
    };
    show(state, status, &page)
}
