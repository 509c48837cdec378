//! Which credential would serve a URL, and why the others would not.

use axum::extract::State;
use domain::access::Access;
use serde::Deserialize;
use web::AppState;
use web::Asks;
use web::Query;
use wire::Why;

use crate::answer::Answer;
use crate::answer::shown;
use crate::refusals::Always;
use crate::refusals::Asked;
use crate::shape;

/// What is asked.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhyQuery {
    /// The repository's URL at its provider.
    url: String,
    /// `read` (default) or `write`.
    access: Option<String>,
}

/// Explains which credential would serve a URL.
#[utoipa::path(get, path = "/why", tag = "credentials", params(WhyQuery), responses(
    (status = 200, description = "The one that would serve, and every candidate.", body = Why),
    Always, Asked,
))]
pub(crate) async fn why(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<WhyQuery>,
) -> Answer<Why> {
    let access = query.access.as_deref().map_or(Ok(Access::Read), Access::parse)?;
    shown(shape::why(state.broker.why(&caller, &query.url, access).await?))
}
