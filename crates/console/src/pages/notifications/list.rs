//! Channels, what is warned about and when, and what was told lately.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::Delivery;
use broker::DeliveryState;
use broker::NotificationView;
use broker::Wanted;
use domain::Timestamp;
use domain::advice::VALUE_AGE_MAX;
use domain::limits::CHANNELS_MAX;
use domain::notification::Channel;
use domain::notification::ChannelKind;
use domain::policy::Permission;
use domain::warning_days::WarningDays;
use serde::Deserialize;

use super::PLACE;
use super::fields;
use crate::ConsoleState;
use crate::extract::Query;
use crate::frame::Frame;
use crate::frame::refusal;
use crate::frame::show;
use crate::moment::Moment;
use crate::oops::Oops;
use crate::oops::Said;
use crate::session::Signed;
use crate::words;

/// Warnings of a page.
const WARNINGS: i64 = 20;
const DAY_SECONDS: u64 = 24 * 3600;

#[derive(Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "notifications/list.html")]
struct Page {
    frame: Frame,
    channels: Vec<Row>,
    /// The days before an end at which is warned where a channel names no others.
    usual_days: WarningDays,
    /// From which age in days a value is old, if the organization says so.
    age: String,
    built_in_age: u64,
    warnings: Vec<Warning>,
    is_first: bool,
    next: Option<String>,
    refusal: Option<String>,
    age_refusal: Option<String>,
}

/// A channel as a row.
struct Row {
    id: String,
    name: String,
    kind: &'static str,
    to: Vec<String>,
    only: Vec<&'static str>,
    /// How many days before an end it warns, if it warns before.
    days: Option<WarningDays>,
    quiet: String,
    is_enabled: bool,
}

impl Row {
    fn of(channel: &Channel) -> Row {
        let to = match channel.kind {
            ChannelKind::Email => channel.recipients.clone(),
            ChannelKind::Slack | ChannelKind::Webhook => channel.address.iter().cloned().collect(),
        };
        Row {
            id: channel.id.to_string(),
            name: words::name(&channel.name),
            kind: fields::kind(channel.kind),
            to,
            only: channel.only.iter().map(|word| words::warning(word)).collect(),
            days: channel.is_about_ends().then(|| channel.days.clone()),
            quiet: channel.quiet_hours.as_ref().map(ToString::to_string).unwrap_or_default(),
            is_enabled: channel.is_enabled,
        }
    }
}

/// A warning, and how telling it went.
struct Warning {
    at: Moment,
    kind: &'static str,
    sentence: String,
    credential_path: Option<String>,
    deliveries: Vec<Told>,
}

/// How telling a warning to one recipient went.
struct Told {
    to: String,
    /// The word of its colour, and in words.
    state: (&'static str, &'static str),
    at: Moment,
    error: String,
    again: Option<Moment>,
}

impl Warning {
    fn of(view: &NotificationView, now: Timestamp) -> Warning {
        let notice = &view.notice;
        let path = |id: domain::id::CredentialId| format!("/console/credentials/{id}");
        Warning {
            at: Moment::of(notice.at, now),
            kind: words::warning(notice.kind.word()),
            sentence: words::text(&notice.sentence),
            credential_path: notice.credential_id.map(path),
            deliveries: view.deliveries.iter().map(|delivery| Told::of(delivery, now)).collect(),
        }
    }
}

impl Told {
    fn of(delivery: &Delivery, now: Timestamp) -> Told {
        let is_waiting = delivery.state == DeliveryState::Waiting;
        let error = delivery.last_error.as_deref().unwrap_or_default();
        Told {
            to: words::text(format!("{} {}", delivery.channel, delivery.recipient).trim()),
            state: match delivery.state {
                DeliveryState::Waiting => ("unchecked", "waits"),
                DeliveryState::Sent => ("valid", "arrived"),
                DeliveryState::Failed => ("rejected", "given up"),
            },
            at: Moment::of(delivery.changed_at, now),
            error: words::text(error),
            again: is_waiting.then(|| Moment::of(delivery.next_attempt_at, now)),
        }
    }
}

/// The page.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    shown(&state, &signed, asked, Said::default()).await
}

/// The page, saying something.
pub async fn shown(
    state: &ConsoleState,
    signed: &Signed,
    asked: Asked,
    said: Said,
) -> Result<Response, Oops> {
    let broker = &state.app.broker;
    // An organization has only so many.
    let all = Wanted { limit: i64::try_from(CHANNELS_MAX).ok(), ..Wanted::default() };
    let channels = broker.list_channels(&signed.caller, &all).await?;
    let is_first = asked.after.is_none();
    let wanted = Wanted { cursor: asked.after, limit: Some(WARNINGS), ..Wanted::default() };
    let warnings = broker.list_notifications(&signed.caller, &wanted).await?;
    let organization = broker.show_organization(&signed.caller).await?;
    let now = broker.now();
    let age = organization.value_age_days_max.map(|days| days.to_string());
    let page = Page {
        frame: Frame::of(state, signed, PLACE, "Notifications").await?.saying(said.notice),
        channels: channels.items.iter().map(Row::of).collect(),
        usual_days: WarningDays::default(),
        age: age.unwrap_or_default(),
        built_in_age: VALUE_AGE_MAX.as_secs() / DAY_SECONDS,
        warnings: warnings.items.iter().map(|view| Warning::of(view, now)).collect(),
        is_first,
        next: warnings.next_cursor.map(|after| format!("{PLACE}?after={after}")),
        refusal: refusal(signed, Permission::ManageChannels),
        age_refusal: refusal(signed, Permission::ManageMembers),
    };
    show(state, said.status, &page)
}
