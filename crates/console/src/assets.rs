//! The one style sheet and the one script, embedded. Their addresses change with their content, so
//! that browsers may keep them for good.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;
use domain::Error;
use domain::text::hexadecimal;
use http::HeaderValue;
use http::header;

use crate::ConsoleState;
use crate::oops::Oops;

const STYLE: &str = include_str!("../assets/style.css");
const SCRIPT: &str = include_str!("../assets/script.js");
const ICON: &str = include_str!("../assets/icon.svg");

/// How much of a digest names a file.
const NAME_CHARACTERS: usize = 16;

struct Asset {
    /// The last part of its address.
    name: String,
    text: &'static str,
    kind: &'static str,
}

static STYLE_FILE: LazyLock<Asset> =
    LazyLock::new(|| asset("css", STYLE, "text/css; charset=utf-8"));
static SCRIPT_FILE: LazyLock<Asset> =
    LazyLock::new(|| asset("js", SCRIPT, "text/javascript; charset=utf-8"));
static ICON_FILE: LazyLock<Asset> = LazyLock::new(|| asset("svg", ICON, "image/svg+xml"));

fn asset(ending: &str, text: &'static str, kind: &'static str) -> Asset {
    let digest = broker::digest(text.as_bytes());
    let short: String = hexadecimal(&digest).chars().take(NAME_CHARACTERS).collect();
    Asset { name: format!("{short}.{ending}"), text, kind }
}

/// Where the style sheet is.
pub fn style_url() -> String {
    url(&STYLE_FILE)
}

/// Where the script is.
pub fn script_url() -> String {
    url(&SCRIPT_FILE)
}

/// Where the icon is.
pub fn icon_url() -> String {
    url(&ICON_FILE)
}

fn url(asset: &Asset) -> String {
    format!("/console/assets/{}", asset.name)
}

/// The routes.
pub fn router() -> Router<ConsoleState> {
    Router::new().route("/console/assets/{name}", get(serve))
}

async fn serve(Path(name): Path<String>) -> Response {
    let found = [&*STYLE_FILE, &*SCRIPT_FILE, &*ICON_FILE].into_iter().find(|it| it.name == name);
    let Some(asset) = found else { return Oops::from(Error::not_found("file")).into_response() };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    (headers, asset.text).into_response()
}
