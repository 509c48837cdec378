//! Giving every service of a credential another one, so that the first can go.

use std::time::Duration;

use domain::Error;
use domain::Result;
use domain::audit::Action;
use domain::credential::Credential;
use domain::id::CredentialId;
use domain::policy::Permission;
use store::services::Service;

use super::ServiceChange;
use crate::Broker;
use crate::Caller;
use crate::CredentialView;
use crate::boxed;
use crate::guarded::About;
use crate::guarded::is_refusal;

/// How long services are changed in one go: somebody waits, and each one's host is asked.
const LONGEST: Duration = Duration::from_secs(20);

/// What came of giving services another credential.
#[derive(Debug, Default)]
pub struct GivenAnother {
    /// How many have it now.
    pub count: usize,
    /// Those that may not, and why.
    pub refused: Vec<(Service, Error)>,
    /// How many were not come to in time.
    pub left: usize,
}

impl Broker {
    /// What the services of a credential may be given instead: those of its host that are not another
    /// member's, by name, the first `limit`.
    #[boxed]
    pub async fn others_of_host(
        &self,
        caller: &Caller,
        reference: &str,
        limit: i64,
    ) -> Result<Vec<CredentialView>> {
        caller.require(Permission::Look)?;
        let mut session = self.store.session().await?;
        let credential = self.find_credential(&mut session, caller, reference).await?;
        let member = caller.principal.member_id;
        let others =
            store::credentials::others_of_host(&mut session, &credential, member, limit).await?;
        self.views(&mut session, others).await
    }

    /// Gives every service of a credential another one; each by the rules of a change of it.
    #[boxed]
    pub async fn give_services(
        &self,
        caller: &Caller,
        reference: &str,
        other: &str,
    ) -> Result<GivenAnother> {
        let about = About::target(domain::text::printable(reference, 120));
        let found = async {
            caller.require(Permission::ManageServices)?;
            let mut session = self.store.session().await?;
            let from = self.find_credential(&mut session, caller, reference).await?;
            let to = self.find_credential(&mut session, caller, other).await?;
            drop(session);
            check_other(&from, &to)?;
            Ok((from.id, to.id))
        };
        let (from, to) = self.guarded(caller, Action::ServiceUpdate, about, found).await?;
        let services = self.services_of_credential(caller, &from.to_string()).await?;
        let end = self.clock.now().plus(LONGEST);
        let mut given = GivenAnother::default();
        for service in services {
            if self.clock.now() > end {
                given.left += 1;
                continue;
            }
            let change = instead(&service, from, to);
            match self.change_service(caller, &service.id.to_string(), change).await {
                Ok(_) => given.count += 1,
                Err(error) if is_refusal(&error) => given.refused.push((service, error)),
                Err(error) => return Err(error),
            }
        }
        Ok(given)
    }
}

fn check_other(from: &Credential, to: &Credential) -> Result<()> {
    if from.id == to.id {
        return Err(Error::invalid("They use this token already.").hint("choose another one"));
    }
    Ok(())
}

/// Another credential wherever a service uses this one.
fn instead(service: &Service, from: CredentialId, to: CredentialId) -> ServiceChange {
    let source = service.source.as_ref().and_then(|source| source.credential_id);
    let values = service.values.as_ref().and_then(|values| values.credential_id);
    let other = |used: Option<CredentialId>| (used == Some(from)).then(|| to.to_string());
    ServiceChange { credential: other(source), values_credential: other(values), branch: None }
}
