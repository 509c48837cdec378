//! The audit log: reading it, verifying it, keeping its heads, taking it away.

mod export;
mod list;
mod verify;

use axum::Router;
use axum::routing::get;
use domain::Result;
use domain::Timestamp;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::utf8_percent_encode;
use serde::Deserialize;

use crate::ConsoleState;
use crate::form::text;

/// Where these pages are in the menu.
const PLACE: &str = "/console/audit";

/// The routes.
pub fn router() -> Router<ConsoleState> {
    Router::new()
        .route("/console/audit", get(list::page))
        .route("/console/audit/export", get(export::export))
        .route("/console/audit/verify", get(verify::page).post(verify::verify))
}

/// Which records are wanted, as addresses of pages say it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    credential: String,
    since: String,
    after: Option<String>,
}

impl Asked {
    /// A credential, by id, handle or name.
    fn credential(&self) -> Option<String> {
        text(&self.credential)
    }

    fn since(&self) -> Result<Option<Timestamp>> {
        text(&self.since).as_deref().map(Timestamp::parse).transpose()
    }

    /// The same filters behind another address.
    fn path(&self, place: &str) -> String {
        let encoded = |text: &str| utf8_percent_encode(text.trim(), NON_ALPHANUMERIC).to_string();
        let (credential, since) = (encoded(&self.credential), encoded(&self.since));
        format!("{place}?credential={credential}&since={since}")
    }
}
