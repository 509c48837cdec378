//! The audit log.

use domain::Result;
use http::Method;
use wire::AuditHead;
use wire::AuditQuery;
use wire::AuditRecord;
use wire::AuditVerdict;
use wire::Page;
use wire::VerifyAudit;

use crate::Client;
use crate::exchange::Call;
use crate::path::query;

impl Client {
    /// One page of the records.
    pub async fn audit_records(&self, wanted: &AuditQuery) -> Result<Page<AuditRecord>> {
        let limit = wanted.limit.map(|limit| limit.to_string());
        let query = query(&[
            ("credential", wanted.credential.as_deref()),
            ("actor", wanted.actor.as_deref()),
            ("action", wanted.action.as_deref()),
            ("outcome", wanted.outcome.as_deref()),
            ("request_id", wanted.request_id.as_deref()),
            ("since", wanted.since.as_deref()),
            ("until", wanted.until.as_deref()),
            ("cursor", wanted.cursor.as_deref()),
            ("limit", limit.as_deref()),
        ]);
        self.ask(Call::new(Method::GET, format!("/audit/records{query}"))).await
    }

    /// Verifies every lane, against a head kept outside if there is one.
    pub async fn verify_audit(&self, wanted: &VerifyAudit) -> Result<AuditVerdict> {
        self.ask(Call::new(Method::POST, "/audit/verify").json(wanted)?).await
    }

    /// The heads of all lanes.
    pub async fn audit_head(&self) -> Result<AuditHead> {
        self.ask(Call::new(Method::GET, "/audit/head")).await
    }
}
