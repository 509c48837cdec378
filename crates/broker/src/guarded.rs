//! How records are made, and how refusals of known principals get into the log.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::future::Future;

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::audit::Record;
use domain::id::AuditRecordId;
use domain::id::CredentialId;
use domain::id::OrganizationId;
use domain::text::printable;

use crate::Broker;
use crate::Caller;

/// Characters of a refusal's sentence that are kept.
const DETAIL_CHARACTERS_MAX: usize = 400;

/// Characters of a target that are kept.
pub(crate) const TARGET_CHARACTERS_MAX: usize = 120;

/// Characters of a fact that are kept.
const FACT_CHARACTERS_MAX: usize = 255;

/// What a record is about, beside who and what.
#[derive(Clone, Debug, Default)]
pub(crate) struct About {
    pub credential_id: Option<CredentialId>,
    pub repository: Option<String>,
    pub target: Option<String>,
    pub detail: Option<String>,
    pub facts: BTreeMap<String, String>,
}

impl About {
    pub fn credential(id: CredentialId) -> About {
        About { credential_id: Some(id), ..About::default() }
    }

    pub fn target(text: impl Display) -> About {
        let target = printable(&text.to_string(), TARGET_CHARACTERS_MAX);
        About { target: Some(target), ..About::default() }
    }

    /// What else is known of the target.
    #[must_use]
    pub fn fact(mut self, name: &str, value: impl Display) -> About {
        let value = printable(&value.to_string(), FACT_CHARACTERS_MAX);
        self.facts.insert(name.to_owned(), value);
        self
    }

    #[must_use]
    pub fn detail(mut self, text: impl Into<String>) -> About {
        self.detail = Some(printable(&text.into(), DETAIL_CHARACTERS_MAX));
        self
    }
}

impl Broker {
    /// A record of what this caller did.
    pub(crate) fn record(
        &self,
        caller: &Caller,
        action: Action,
        outcome: Outcome,
        about: About,
    ) -> Record {
        let actor = &caller.principal.actor;
        Record {
            id: AuditRecordId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            at: self.clock.now(),
            organization_id: caller.principal.organization_id,
            request_id: Some(caller.request_id.to_string()),
            actor_kind: actor.kind().to_owned(),
            actor_id: actor.id(),
            actor_name: printable(&caller.principal.name, DETAIL_CHARACTERS_MAX),
            action,
            outcome,
            credential_id: about.credential_id,
            repository: about.repository,
            target: about.target,
            detail: about.detail,
            client: caller.client.clone(),
            facts: about.facts,
        }
    }

    /// After a change of ours has moved an organization's epoch: learns it, so that nothing older is
    /// used from memory. If the database does not answer, the next commit tells.
    pub(crate) async fn epoch_moved(&self, organization: OrganizationId) {
        let read = async {
            let mut session = self.store.session().await?;
            store::organizations::epoch(&mut session, organization).await
        };
        match read.await {
            Ok(epoch) => self.caches.learn(organization, epoch),
            Err(error) => tracing::warn!(%error, "an epoch was not read after a change"),
        }
    }

    pub(crate) fn done(&self, caller: &Caller, action: Action, about: About) -> Record {
        self.record(caller, action, Outcome::Done, about)
    }

    /// Runs a use case; if it is refused, the refusal is durable before the answer leaves.
    pub(crate) async fn guarded<T>(
        &self,
        caller: &Caller,
        action: Action,
        about: About,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let refusal = match work.await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        if !is_refusal(&refusal) {
            return Err(refusal);
        }
        let about = about.detail(refusal.message().to_owned());
        let record = self.record(caller, action, Outcome::Refused, about);
        let organization = caller.principal.organization_id;
        let epoch = self.committer.record(organization, vec![record], None).await?;
        self.caches.learn(organization, epoch);
        Err(refusal)
    }
}

/// Whether an error is our answer to the caller, and not a failure of ours.
pub(crate) fn is_refusal(error: &Error) -> bool {
    !matches!(error.kind(), ErrorKind::Internal | ErrorKind::Unavailable | ErrorKind::Busy)
}
