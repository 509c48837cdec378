//! The page people come back to from a provider. It says how it went, and nothing of what came with
//! the address: no script, nothing from elsewhere, nothing kept.
//!
//! Who was signing in to the console is sent on to it, with what they brought.

use axum::Router;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State;
use axum::extract::rejection::QueryRejection;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;
use broker::CameBack;
use broker::Returned;
use broker::is_sign_in_state;
use domain::Error;
use domain::Result;
use domain::Secret;
use domain::session::Way;
use http::Extensions;
use http::HeaderValue;
use http::StatusCode;
use http::Uri;
use http::header;
use serde::Deserialize;
use web::AppState;

const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'; sandbox";

/// Said where a client of the organization finishes by itself.
const FOR_CLIENT: &str = "Access was granted. The client that asked for it now needs the values of \
                          code and state from this page's address; they are good once.";

/// What a provider adds to the address; everything else is not looked at.
#[derive(Deserialize)]
struct Brought {
    state: Option<Secret>,
    code: Option<Secret>,
    error: Option<Secret>,
}

/// The route.
pub fn router(state: AppState) -> Router {
    Router::new().route("/oauth/{provider}/callback", get(came_back)).with_state(state)
}

async fn came_back(
    State(state): State<AppState>,
    Path(provider): Path<String>,
    uri: Uri,
    extensions: Extensions,
    brought: Result<Query<Brought>, QueryRejection>,
) -> Response {
    if let Ok(Query(Brought { state: Some(presented), .. })) = &brought
        && is_sign_in_state(presented)
        && let Some(place) = console_place(&provider, &uri)
    {
        return sent_on(place);
    }
    match finish(&state, &provider, &extensions, brought).await {
        Ok(CameBack::Connected(name)) => {
            let sentence = format!("{name} is connected. You can close this window.");
            page(StatusCode::OK, "Connected", &sentence)
        }
        Ok(CameBack::ForClient) => page(StatusCode::OK, "Nearly done", FOR_CLIENT),
        Err(error) => page(web::status_of(error.kind()), "Not connected", &error.to_string()),
    }
}

/// Where the console takes people in who come back from this way.
fn console_place(way: &str, uri: &Uri) -> Option<HeaderValue> {
    let (Way::Oidc | Way::Provider(_)) = Way::parse(way)? else { return None };
    let place = format!("/console/sign-in/{way}/return?{}", uri.query()?);
    HeaderValue::try_from(place).ok()
}

fn sent_on(place: HeaderValue) -> Response {
    let headers = [
        (header::LOCATION, place),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // The address has a code in it, which goes nowhere else.
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

async fn finish(
    state: &AppState,
    provider: &str,
    extensions: &Extensions,
    brought: Result<Query<Brought>, QueryRejection>,
) -> Result<CameBack> {
    let Query(brought) =
        brought.map_err(|_| Error::invalid("The address is not one a provider sends back to."))?;
    let request_id =
        web::request_id_of(extensions).ok_or_else(|| Error::internal("a request has no id"))?;
    let is_refused = brought.error.is_some();
    let returned = Returned { state: brought.state, code: brought.code, is_refused };
    state.broker.account_came_back(provider, returned, request_id).await
}

fn page(status: StatusCode, title: &str, sentence: &str) -> Response {
    let sentence = escaped(sentence);
    let body = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title}: Claviger</title>\
         </head><body><main><h1>{title}</h1><p>{sentence}</p></main></body></html>\n"
    );
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // The address has a code in it, which goes nowhere else.
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    ];
    (status, headers, body).into_response()
}

/// A text as it may stand in HTML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            plain => out.push(plain),
        }
    }
    out
}
