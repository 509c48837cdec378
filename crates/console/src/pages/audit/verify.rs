//! Verifying the log, against heads kept outside if they are pasted, and the heads to keep.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::Head;
use broker::VerifiedAudit;
use domain::Error;
use domain::Result;
use domain::policy::Permission;
use serde::Deserialize;
use serde::Serialize;

use super::PLACE;
use crate::ConsoleState;
use crate::form::Form;
use crate::form::text;
use crate::frame::Frame;
use crate::frame::refusal;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::Said;
use crate::session::Signed;

/// Heads as they are kept: the form of the API and the command line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AuditHead {
    lanes: Vec<LaneHead>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LaneHead {
    lane: i64,
    sequence: i64,
    mac: String,
}

/// What is typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    heads: String,
}

#[derive(Template)]
#[template(path = "audit/verify.html")]
struct Page {
    frame: Frame,
    fields: Fields,
    found: Option<Found>,
    /// The heads as they are now, as JSON.
    heads: String,
    refusal: Option<String>,
}

/// What a verification found.
struct Found {
    records: i64,
    lanes: i64,
    is_against_heads: bool,
    findings: Vec<String>,
}

impl Found {
    fn of(verified: &VerifiedAudit, is_against_heads: bool) -> Found {
        Found {
            records: verified.records,
            lanes: verified.lanes,
            is_against_heads,
            findings: verified.findings.iter().map(broker::audit_sentence).collect(),
        }
    }
}

/// The form, and the heads to keep.
pub async fn page(State(state): State<ConsoleState>, signed: Signed) -> Result<Response, Oops> {
    form(&state, &signed, Fields::default(), None, Said::default()).await
}

/// Verifies, and shows what was found.
pub async fn verify(
    State(state): State<ConsoleState>,
    form: Form<Fields>,
) -> Result<Response, Oops> {
    let (signed, fields) = form.own()?;
    let (found, said) = match verified(&state, &signed, &fields).await {
        Ok(found) => (Some(found), Said::default()),
        Err(error) => (None, Said::of(error)?),
    };
    self::form(&state, &signed, fields, found, said).await
}

async fn verified(state: &ConsoleState, signed: &Signed, fields: &Fields) -> Result<Found> {
    let kept = kept(&fields.heads)?;
    let verified = state.app.broker.verify_audit(&signed.caller, &kept).await?;
    Ok(Found::of(&verified, !kept.is_empty()))
}

/// Heads as this page and `claviger audit head` give them.
fn kept(typed: &str) -> domain::Result<Vec<Head>> {
    let Some(typed) = text(typed) else { return Ok(Vec::new()) };
    let given: AuditHead = serde_json::from_str(&typed).map_err(|error| {
        Error::invalid("This holds no heads of the audit log.")
            .hint("paste what was kept from this page or from `claviger audit head`, unchanged")
            .because(error)
    })?;
    let head = |kept: LaneHead| {
        let LaneHead { lane, sequence, mac } = kept;
        Head { lane, sequence, mac }
    };
    Ok(given.lanes.into_iter().map(head).collect())
}

/// Heads as they are kept.
fn to_keep(heads: Vec<Head>) -> domain::Result<String> {
    let lane = |head: Head| {
        let Head { lane, sequence, mac } = head;
        LaneHead { lane, sequence, mac }
    };
    let head = AuditHead { lanes: heads.into_iter().map(lane).collect() };
    serde_json::to_string(&head).map_err(Error::internal)
}

async fn form(
    state: &ConsoleState,
    signed: &Signed,
    fields: Fields,
    found: Option<Found>,
    said: Said,
) -> Result<Response, Oops> {
    let broker = &state.app.broker;
    let refusal = refusal(signed, Permission::ReadAudit);
    let heads = match refusal {
        // Opening a page is no attempt that deserves a record.
        Some(_) => String::new(),
        None => to_keep(broker.audit_heads(&signed.caller).await?)?,
    };
    let title = "Verify the audit log";
    let page = Page {
        frame: Frame::of(state, signed, PLACE, title).await?.saying(said.notice),
        fields,
        found,
        heads,
        refusal,
    };
    show(state, said.status, &page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_come_back_as_they_were_kept() {
        let heads = vec![Head { lane: 1, sequence: 7, mac: "ab".to_owned() }];
        assert_eq!(kept(&to_keep(heads.clone()).unwrap()).unwrap(), heads);
        assert!(kept(" ").unwrap().is_empty());
        assert!(kept("{}").is_err());
    }
}
