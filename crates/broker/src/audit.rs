//! The audit log: reading it, verifying it, its heads.

use domain::Result;
use domain::Timestamp;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::policy::Permission;
use store::audit::Head;
use store::audit::Placed;
use store::audit_search::Filter;
use store::verify::Finding;

use crate::Broker;
use crate::Caller;
use crate::Wanted;
use crate::boxed;
use crate::guarded::About;

/// Larger than every id.
const LAST_ID: &str = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/// Which records are wanted; nothing means all.
#[derive(Clone, Debug, Default)]
pub struct AuditSearch {
    /// Of this credential: an id, a handle or a unique name.
    pub credential: Option<String>,
    /// Of whoever has this id, or this in their name.
    pub actor: Option<String>,
    /// Of this action.
    pub action: Option<Action>,
    /// Of this outcome.
    pub outcome: Option<Outcome>,
    /// Of this request.
    pub request_id: Option<String>,
    /// Since this moment.
    pub since: Option<Timestamp>,
    /// Up to this moment, with it.
    pub until: Option<Timestamp>,
}

/// A page of records.
pub struct AuditPage {
    /// The records, newest first; few or none where a search goes on behind them.
    pub items: Vec<Placed>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// The outcome of a verification, as one organization may see it.
pub struct VerifiedAudit {
    /// Records checked.
    pub records: i64,
    /// Lanes checked.
    pub lanes: i64,
    /// What was found; ids of other organizations' records are left out.
    pub findings: Vec<Finding>,
}

impl Broker {
    /// A page of the organization's records.
    #[boxed]
    pub async fn list_audit(
        &self,
        caller: &Caller,
        search: &AuditSearch,
        wanted: &Wanted,
    ) -> Result<AuditPage> {
        let work = async {
            caller.require(Permission::ReadAudit)?;
            self.committer.index_audit(&self.store).await?;
            let rows = wanted.rows()?;
            let organization_id = caller.principal.organization_id;
            let mut session = self.store.session().await?;
            let credential_id = match &search.credential {
                Some(reference) => {
                    Some(self.audited_credential(&mut session, caller, reference).await?)
                }
                None => None,
            };
            let before = wanted.after(LAST_ID)?;
            let said = |text: &Option<String>| {
                text.as_deref().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned)
            };
            let filter = Filter {
                organization_id,
                credential_id,
                actor: said(&search.actor),
                action: search.action,
                outcome: search.outcome,
                request_id: said(&search.request_id),
                since: search.since,
                until: search.until,
                before,
                limit: usize::try_from(rows).unwrap_or(usize::MAX),
            };
            let found = store::audit_search::page(&mut session, &filter).await?;
            let mut items = found.records;
            // Ids of one millisecond are in no order; the chain is.
            items.sort_by_key(|placed| {
                std::cmp::Reverse((placed.record.at, placed.lane, placed.sequence))
            });
            Ok(AuditPage { items, next_cursor: found.next })
        };
        self.guarded(caller, Action::AuditRead, About::default(), work).await
    }

    /// What the newest record is called, to tell whether anything happened.
    #[boxed]
    pub async fn newest_record(&self, caller: &Caller) -> Result<String> {
        caller.require(Permission::Look)?;
        let organization = caller.principal.organization_id;
        let newest = store::audit::newest(&mut self.store.session().await?, organization).await?;
        Ok(newest.unwrap_or_default())
    }

    /// A deleted credential is still named in the log, by its id.
    async fn audited_credential(
        &self,
        session: &mut store::Session,
        caller: &Caller,
        reference: &str,
    ) -> Result<domain::id::CredentialId> {
        if let Ok(id) = reference.parse() {
            return Ok(id);
        }
        self.find_credential(session, caller, reference).await.map(|found| found.id)
    }

    /// Verifies the whole log, against heads kept outside if there are any.
    #[boxed]
    pub async fn verify_audit(&self, caller: &Caller, kept: &[Head]) -> Result<VerifiedAudit> {
        let work = async {
            caller.require(Permission::ReadAudit)?;
            let organization = caller.principal.organization_id;
            let mut verdict = self.verify_all(kept).await?;
            for finding in &mut verdict.findings {
                let is_own =
                    matches!(&finding.record, Some((_, Some(owner))) if *owner == organization);
                if !is_own {
                    finding.record = None;
                }
            }
            Ok(verdict)
        };
        self.guarded(caller, Action::AuditRead, About::default(), work).await
    }

    /// Verifies the whole log, for whoever holds the data itself.
    #[boxed]
    pub async fn verify_all(&self, kept: &[Head]) -> Result<VerifiedAudit> {
        let mut session = self.store.session().await?;
        let key = self.keyring.audit_key();
        let verdict = store::verify::verify(&mut session, key.as_ref(), kept).await?;
        Ok(VerifiedAudit {
            records: verdict.records,
            lanes: verdict.lanes,
            findings: verdict.findings,
        })
    }

    /// The heads of all lanes, to be kept outside.
    #[boxed]
    pub async fn audit_heads(&self, caller: &Caller) -> Result<Vec<Head>> {
        let work = async {
            caller.require(Permission::ReadAudit)?;
            store::audit::heads(&mut self.store.session().await?).await
        };
        self.guarded(caller, Action::AuditRead, About::default(), work).await
    }
}
