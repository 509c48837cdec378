//! The audit log: reading it, verifying it, keeping its heads, taking it away.

mod export;
mod list;
mod verify;

use axum::Router;
use axum::routing::get;
use broker::AuditSearch;
use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::audit::Action;
use domain::audit::Outcome;
use serde::Deserialize;
use serde::Serialize;

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
#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct Asked {
    #[serde(skip_serializing_if = "String::is_empty")]
    credential: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    actor: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    action: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    outcome: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    request_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    since: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    until: String,
    #[serde(skip_serializing)]
    after: Option<String>,
}

impl Asked {
    fn search(&self) -> Result<AuditSearch> {
        let moment = |field: &str, read: fn(&str) -> Result<Timestamp>| {
            text(field).as_deref().map(read).transpose()
        };
        Ok(AuditSearch {
            credential: text(&self.credential),
            actor: text(&self.actor),
            action: text(&self.action).as_deref().map(Action::parse).transpose()?,
            outcome: text(&self.outcome).as_deref().map(Outcome::parse).transpose()?,
            request_id: text(&self.request_id),
            since: moment(&self.since, Timestamp::parse)?,
            until: moment(&self.until, Timestamp::parse_last)?,
        })
    }

    /// The same filters behind an address, from a record on if there is one.
    fn path(&self, place: &str, after: Option<&str>) -> Result<String> {
        let asked = serde_urlencoded::to_string(self).map_err(Error::internal)?;
        let after = after.map(|it| format!("after={it}"));
        let parts: Vec<String> =
            [asked].into_iter().chain(after).filter(|it| !it.is_empty()).collect();
        Ok(match parts.is_empty() {
            true => place.to_owned(),
            false => format!("{place}?{}", parts.join("&")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stays_in_the_address() {
        let all = Asked::default();
        assert_eq!(all.path(PLACE, None).unwrap(), "/console/audit");
        assert_eq!(all.path(PLACE, Some("7")).unwrap(), "/console/audit?after=7");
        let asked = Asked { actor: "a&b ".to_owned(), until: "2026-11-20".to_owned(), ..all };
        let path = asked.path(PLACE, Some("7")).unwrap();
        assert_eq!(path, "/console/audit?actor=a%26b+&until=2026-11-20&after=7");
        let search = asked.search().unwrap();
        assert_eq!(search.actor.as_deref(), Some("a&b"));
        assert_eq!(search.until.unwrap().to_string(), "2026-11-20T23:59:59.999Z");
        assert!(Asked { action: "fly".to_owned(), ..Asked::default() }.search().is_err());
    }
}
