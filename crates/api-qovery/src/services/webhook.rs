//! The webhook of a service's repository, as its provider has it.

use axum::Json;
use axum::extract::State;
use broker::HookState;
use broker::HookStatus;
use broker::shapes::HookEvent;
use domain::Error;
use domain::ErrorKind;
use http::StatusCode;
use serde::Serialize;
use web::AppState;

use crate::answer::Answer;
use crate::answer::Refusal;
use crate::input::Callers;
use crate::input::Ids;
use crate::places;
use crate::words::GitProvider;

/// How it stands with it.
#[derive(Serialize)]
pub(crate) struct WebhookStatus {
    status: &'static str,
    provider: GitProvider,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_events: Option<Vec<&'static str>>,
    /// Why it is not active; clients of this API leave it alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

fn shape(status: HookStatus) -> Result<WebhookStatus, Refusal> {
    let provider = status.provider.and_then(GitProvider::of).ok_or_else(|| {
        Refusal::from(Error::invalid("This service is not built from a Git repository."))
    })?;
    let missing = status.missing_events.iter().map(|event| word(*event)).collect();
    let is_wrong = status.state == HookState::Misconfigured;
    Ok(WebhookStatus {
        status: match status.state {
            HookState::Active => "ACTIVE",
            HookState::NotConfigured => "NOT_CONFIGURED",
            HookState::Misconfigured => "MISCONFIGURED",
            HookState::UnableToVerify => "UNABLE_TO_VERIFY",
        },
        provider,
        missing_events: is_wrong.then_some(missing),
        reason: status.reason,
    })
}

const fn word(event: HookEvent) -> &'static str {
    match event {
        HookEvent::Push => "push",
        HookEvent::Tag => "tag",
        HookEvent::PullRequest => "pull_request",
    }
}

/// Asks the provider.
pub(crate) async fn status(
    State(state): State<AppState>,
    callers: Callers,
    Ids(service): Ids<String>,
) -> Answer<WebhookStatus> {
    let (caller, service) = places::service(&state.broker, &callers, &service).await?;
    let status = state.broker.hook_status(caller, &service.id.to_string()).await?;
    Ok(Json(shape(status)?))
}

/// Makes or mends it.
pub(crate) async fn sync(
    State(state): State<AppState>,
    callers: Callers,
    Ids(service): Ids<String>,
) -> Answer<WebhookStatus> {
    let (caller, service) = places::service(&state.broker, &callers, &service).await?;
    match state.broker.sync_hook(caller, &service.id.to_string()).await {
        Ok(status) => Ok(Json(shape(status)?)),
        Err(error) if error.kind() == ErrorKind::Upstream => {
            Err(Refusal::with_status(StatusCode::UNPROCESSABLE_ENTITY, &error))
        }
        Err(error) => Err(error.into()),
    }
}
