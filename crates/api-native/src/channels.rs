//! Channels of warnings, and the warnings.

use axum::extract::State;
use domain::notification::ChannelKind;
use domain::warning_days::WarningDays;
use web::AppState;
use web::Asks;
use web::Json;
use web::Query;
use wire::AddChannel;
use wire::Channel;
use wire::CreatedChannel;
use wire::Notification;
use wire::Page;
use wire::PageQuery;
use wire::UpdateChannel;

use crate::answer::Answer;
use crate::answer::Created;
use crate::answer::Gone;
use crate::answer::created;
use crate::answer::gone;
use crate::answer::page;
use crate::answer::shown;
use crate::input::Reference;
use crate::input::wanted;
use crate::refusals::Always;
use crate::refusals::Asked;
use crate::refusals::Clashing;
use crate::refusals::Mailing;
use crate::refusals::Named;
use crate::refusals::Ruled;
use crate::refusals::Told;
use crate::refusals::Upstream;
use crate::secrets;
use crate::shape;

/// Lists channels.
#[utoipa::path(get, path = "/channels", tag = "warnings", params(PageQuery), responses(
    (status = 200, description = "A page of channels.", body = Page<Channel>),
    Always, Asked,
))]
pub(crate) async fn channels(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Channel>> {
    page(state.broker.list_channels(&caller, &wanted(query)).await?, shape::channel)
}

/// Adds a channel; this answer is the only one with the key of its signatures.
#[utoipa::path(post, path = "/channels", tag = "warnings", request_body = AddChannel, responses(
    (status = 201, description = "The new channel.", body = CreatedChannel),
    Always, Ruled, Told, Clashing, Mailing,
))]
pub(crate) async fn add_channel(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Json(channel): Json<AddChannel>,
) -> Created<CreatedChannel> {
    let AddChannel { name, kind, recipients, url, only, days, quiet_hours } = channel;
    let (kind, days) = (ChannelKind::parse(&kind)?, WarningDays::new(days)?);
    let wanted = broker::AddChannel { name, kind, recipients, url, only, days, quiet_hours };
    created(secrets::channel(&state.broker.add_channel(&caller, wanted).await?)?)
}

/// Changes a channel.
#[utoipa::path(patch, path = "/channels/{id}", tag = "warnings",
    params(("id" = String, Path, description = "The channel's id.")),
    request_body = UpdateChannel, responses(
    (status = 200, description = "The channel after the change.", body = Channel),
    Always, Ruled, Named, Told, Clashing, Mailing,
))]
pub(crate) async fn update_channel(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(id): Reference,
    Json(change): Json<UpdateChannel>,
) -> Answer<Channel> {
    let UpdateChannel { name, recipients, url, only, days, quiet_hours, enabled } = change;
    let change = broker::UpdateChannel {
        name,
        recipients,
        url,
        only,
        days: days.map(WarningDays::new).transpose()?,
        quiet_hours,
        is_enabled: enabled,
    };
    shown(shape::channel(state.broker.update_channel(&caller, &id, change).await?))
}

/// Removes a channel, and what was to be told by it.
#[utoipa::path(delete, path = "/channels/{id}", tag = "warnings",
    params(("id" = String, Path, description = "The channel's id.")), responses(
    (status = 204, description = "The channel is gone."),
    Always, Ruled, Named,
))]
pub(crate) async fn remove_channel(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(id): Reference,
) -> Gone {
    state.broker.remove_channel(&caller, &id).await?;
    gone()
}

/// Sends a test message by a channel, now; answers when it was taken.
#[utoipa::path(post, path = "/channels/{id}/test", tag = "warnings",
    params(("id" = String, Path, description = "The channel's id.")), responses(
    (status = 204, description = "The message was taken."),
    Always, Ruled, Named, Upstream, Mailing,
))]
pub(crate) async fn test_channel(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Reference(id): Reference,
) -> Gone {
    state.broker.test_channel(&caller, &id).await?;
    gone()
}

/// Lists warnings, newest first, and how telling them went.
#[utoipa::path(get, path = "/notifications", tag = "warnings", params(PageQuery), responses(
    (status = 200, description = "A page of warnings.", body = Page<Notification>),
    Always, Asked,
))]
pub(crate) async fn notifications(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Notification>> {
    page(state.broker.list_notifications(&caller, &wanted(query)).await?, shape::notification)
}
