//! The audit log.

use axum::extract::State;
use broker::AuditSearch;
use broker::Damage;
use broker::Wanted;
use domain::Timestamp;
use domain::audit::Action;
use domain::audit::Outcome;
use web::AppState;
use web::Asks;
use web::Json;
use web::Query;
use wire::AuditFinding;
use wire::AuditHead;
use wire::AuditQuery;
use wire::AuditRecord;
use wire::AuditVerdict;
use wire::LaneHead;
use wire::Page;
use wire::VerifyAudit;

use crate::answer::Answer;
use crate::answer::shown;
use crate::refusals::Always;
use crate::refusals::Asked;
use crate::refusals::Named;
use crate::refusals::Ruled;
use crate::refusals::Told;

/// Lists audit records, newest first. A search reads so many records for one page and no more: a page with
/// few rows, or none, may still have a `next_cursor`, and it goes on there.
#[utoipa::path(get, path = "/audit/records", tag = "audit", params(AuditQuery), responses(
    (status = 200, description = "A page of audit records.", body = Page<AuditRecord>),
    Always, Ruled, Named, Asked,
))]
pub(crate) async fn audit_records(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Query(query): Query<AuditQuery>,
) -> Answer<Page<AuditRecord>> {
    let AuditQuery { cursor, limit, .. } = query;
    let search = AuditSearch {
        credential: query.credential,
        actor: query.actor,
        action: query.action.as_deref().map(Action::parse).transpose()?,
        outcome: query.outcome.as_deref().map(Outcome::parse).transpose()?,
        request_id: query.request_id,
        since: query.since.as_deref().map(Timestamp::parse).transpose()?,
        until: query.until.as_deref().map(Timestamp::parse_last).transpose()?,
    };
    let wanted = Wanted { cursor, limit, search: None };
    let page = state.broker.list_audit(&caller, &search, &wanted).await?;
    let items = page.items.into_iter().map(|placed| AuditRecord {
        lane: placed.lane,
        sequence: placed.sequence,
        mac: placed.mac,
        record: placed.record,
    });
    shown(Page { items: items.collect(), next_cursor: page.next_cursor })
}

/// Verifies every lane, against a head kept outside if there is one.
#[utoipa::path(post, path = "/audit/verify", tag = "audit", request_body = VerifyAudit, responses(
    (status = 200, description = "What was found, also when it is not intact.", body = AuditVerdict),
    Always, Ruled, Told,
))]
pub(crate) async fn verify_audit(
    State(state): State<AppState>,
    Asks(caller): Asks,
    Json(wanted): Json<VerifyAudit>,
) -> Answer<AuditVerdict> {
    let lanes = wanted.head.map(|head| head.lanes).unwrap_or_default();
    let head = |lane: LaneHead| {
        let LaneHead { lane, sequence, mac } = lane;
        broker::Head { lane, sequence, mac }
    };
    let kept: Vec<_> = lanes.into_iter().map(head).collect();
    let verified = state.broker.verify_audit(&caller, &kept).await?;
    let findings: Vec<_> = verified.findings.into_iter().map(finding).collect();
    shown(AuditVerdict {
        intact: findings.is_empty(),
        records: verified.records,
        lanes: verified.lanes,
        findings,
    })
}

fn finding(found: broker::Finding) -> AuditFinding {
    let what = match found.damage {
        Damage::Edited => "edited",
        Damage::Deleted => "deleted",
        Damage::Reordered => "reordered",
        Damage::Cut => "cut",
        Damage::Index => "index",
    };
    AuditFinding {
        sentence: broker::audit_sentence(&found),
        lane: found.lane,
        sequence: found.sequence,
        record_id: found.record.map(|(id, _)| id),
        what: what.to_owned(),
    }
}

/// Shows the heads of all lanes, to be kept outside.
#[utoipa::path(get, path = "/audit/head", tag = "audit", responses(
    (status = 200, description = "One head a lane.", body = AuditHead),
    Always, Ruled,
))]
pub(crate) async fn audit_head(
    State(state): State<AppState>,
    Asks(caller): Asks,
) -> Answer<AuditHead> {
    let heads = state.broker.audit_heads(&caller).await?;
    let lanes = heads.into_iter().map(|head| LaneHead {
        lane: head.lane,
        sequence: head.sequence,
        mac: head.mac,
    });
    shown(AuditHead { lanes: lanes.collect() })
}
