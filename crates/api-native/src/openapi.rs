//! The description of the API in OpenAPI, made from the handlers.

use std::sync::LazyLock;

use axum::response::IntoResponse;
use axum::response::Response;
use bytes::Bytes;
use domain::Error;
use domain::Result;
use http::HeaderValue;
use http::header;
use utoipa::Modify;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::HttpAuthScheme;
use utoipa::openapi::security::HttpBuilder;
use utoipa::openapi::security::SecurityScheme;
use web::Failure;

/// What is not said by any handler: title, tags, how to authenticate.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Claviger",
        description = "The native API of Claviger, which keeps an organization's Git credentials \
                       and lends them without handing them over. Lists come in pages; every answer \
                       carries its request id in the header X-Request-Id, and every refusal is a \
                       Problem."
    ),
    tags(
        (name = "organization", description = "Who one is, and the organization."),
        (name = "members", description = "People and their roles."),
        (name = "api-tokens", description = "What programs and people present to this API."),
        (name = "access-keys", description = "Pairs that sign requests instead of travelling with them."),
        (name = "sessions", description = "Browsers that are signed in to the console, and links that sign in."),
        (name = "hosts", description = "Git hosts that credentials belong to."),
        (name = "credentials", description = "Secrets of Git hosts and all that is known about them."),
        (name = "repositories", description = "Repositories at their providers, seen through a stored credential."),
        (name = "leases", description = "Short-lived rights on one repository."),
        (name = "services", description = "What is built with a credential."),
        (name = "warnings", description = "What people are told about credentials, and by which channels."),
        (name = "audit", description = "The tamper-evident log of every change and every use."),
        (name = "git", description = "What git itself asks."),
        (name = "documentation", description = "This description."),
    ),
    components(schemas(wire::Problem)),
    security(("bearer" = [])),
    modifiers(&Bearer),
)]
struct Frame;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An API token, as in `Authorization: Bearer clv_api_…`."))
            .build();
        let components = openapi.components.get_or_insert_with(Default::default);
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// The description without its operations.
pub(crate) fn frame() -> OpenApi {
    Frame::openapi()
}

/// The description of the whole API.
pub fn openapi() -> OpenApi {
    crate::described().into_openapi()
}

/// The same as JSON for people to read; the copy in `docs/openapi.json` is this text.
pub fn openapi_text() -> Result<String> {
    let mut text = openapi().to_pretty_json().map_err(Error::internal)?;
    text.push('\n');
    Ok(text)
}

/// Describes this API in OpenAPI 3.1.
#[utoipa::path(get, path = "/openapi.json", tag = "documentation", security(()), responses(
    (status = 200, description = "The description.", body = serde_json::Value),
))]
pub(crate) async fn show_openapi() -> Result<Response, Failure> {
    static TEXT: LazyLock<Option<Bytes>> = LazyLock::new(|| openapi_text().ok().map(Bytes::from));
    let text = TEXT.clone().ok_or_else(|| Error::internal("the description cannot be written"))?;
    let json = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, json)], text).into_response())
}
