//! Signing in elsewhere, at the OIDC issuer or a Git host: the way there, and back.

use axum::Router;
use axum::extract::Request;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use axum::routing::get;
use broker::Arrived;
use broker::CameToSignIn;
use domain::Error;
use domain::Secret;
use domain::session::Way;
use http::HeaderValue;
use http::StatusCode;
use http::header;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::utf8_percent_encode;
use serde::Deserialize;

use super::organizations;
use super::sign_in::signed;
use crate::ConsoleState;
use crate::extract::Path;
use crate::extract::Query;
use crate::oops::Oops;
use crate::session::is_from_own_page;

/// The routes.
pub fn router() -> Router<ConsoleState> {
    Router::new()
        .route("/console/sign-in/{way}", get(begin))
        .route("/console/sign-in/{way}/return", get(come_back))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    r#return: String,
}

/// What a browser brings back.
#[derive(Deserialize)]
struct Brought {
    state: Option<Secret>,
    code: Option<Secret>,
    iss: Option<String>,
    error: Option<Secret>,
}

/// Sends a browser there. It is a link and no form: the policy of our pages lets forms lead to this
/// server only.
async fn begin(
    State(state): State<ConsoleState>,
    Path(way): Path<String>,
    Query(asked): Query<Asked>,
    request: Request,
) -> Result<Response, Oops> {
    // Nobody is signed in, or joins by an invitation, because somebody sent them here: people see our
    // own page first.
    let (parts, _) = request.into_parts();
    if !is_from_own_page(&parts) {
        let return_to = utf8_percent_encode(&asked.r#return, NON_ALPHANUMERIC);
        return Ok(Redirect::to(&format!("/console/sign-in?return={return_to}")).into_response());
    }
    let broker = &state.app.broker;
    // One cookie for all windows, so that the last one opened is not the only one that works.
    let binding = state.settings.binding_of(&parts.headers);
    let binding = binding.unwrap_or_else(|| broker.new_browser_binding());
    let url = match Way::parse(&way) {
        Some(Way::Oidc) => broker.begin_oidc_sign_in(&asked.r#return, &binding).await?,
        Some(Way::Provider(provider)) => {
            broker.begin_provider_sign_in(provider, &asked.r#return, &binding).await?
        }
        _ => return Err(Error::not_found("way to sign in").into()),
    };
    let location = HeaderValue::from_str(&url).map_err(Error::internal)?;
    let cookie = state.settings.binding_cookie(&binding);
    let cookie = cookie.ok_or_else(|| Error::internal("a cookie is not text"))?;
    let headers = [(header::LOCATION, location), (header::SET_COOKIE, cookie)];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

/// Signs in whoever comes back.
async fn come_back(
    State(state): State<ConsoleState>,
    Path(way): Path<String>,
    Query(brought): Query<Brought>,
    request: Request,
) -> Result<Response, Oops> {
    let (parts, _) = request.into_parts();
    let broker = &state.app.broker;
    let visitor = web::visitor_of(&parts)?;
    // Without its cookie no sign-in is known: the broker has one answer for all of these.
    let binding = state.settings.binding_of(&parts.headers);
    let binding = binding.unwrap_or_else(|| Secret::new(Vec::new()));
    let came = CameToSignIn {
        state: brought.state,
        code: brought.code,
        issuer: brought.iss,
        is_refused: brought.error.is_some(),
    };
    let work = async {
        match Way::parse(&way) {
            Some(Way::Oidc) => broker.finish_oidc_sign_in(came, &binding, visitor).await,
            Some(Way::Provider(provider)) => {
                broker.finish_provider_sign_in(provider, came, &binding, visitor).await
            }
            _ => Err(Error::not_found("way to sign in")),
        }
    };
    let arrived = state.app.try_to_let_in(&parts, work).await?;
    let Arrived { signed_in, return_to, is_to_choose } = arrived;
    let page = if is_to_choose { organizations::path(&return_to) } else { return_to };
    signed(&state, &signed_in, &page, "You are signed in.")
}
