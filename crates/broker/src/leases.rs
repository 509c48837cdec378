//! Leases: listing them, ending one.

use domain::Error;
use domain::Result;
use domain::audit::Action;
use domain::id::LeaseId;
use domain::lease::Lease;
use domain::policy::Permission;

use crate::Broker;
use crate::Caller;
use crate::Paged;
use crate::Wanted;
use crate::boxed;
use crate::guarded::About;
use crate::paging::paged;

/// Larger than every id.
pub(crate) const LAST_ID: &str = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/// A lease as people see it.
#[derive(Clone, Debug)]
pub struct LeaseView {
    /// The lease.
    pub lease: Lease,
    /// The repository's canonical URL.
    pub repository: String,
    /// Whether it is good now.
    pub is_live: bool,
}

impl Broker {
    /// A page of leases, newest first.
    #[boxed]
    pub async fn list_leases(&self, caller: &Caller, wanted: &Wanted) -> Result<Paged<LeaseView>> {
        caller.require(Permission::Look)?;
        let organization = caller.principal.organization_id;
        wanted.refuse_search()?;
        let rows = wanted.rows()?;
        let mut session = self.store.session().await?;
        let before = wanted.after(LAST_ID)?;
        let leases = store::leases::page(&mut session, organization, &before, rows + 1).await?;
        let mut views = Vec::with_capacity(leases.len());
        for lease in leases {
            let host = store::hosts::by_id(&mut session, organization, lease.host_id).await?;
            let repository = match host {
                Some(host) => host.repository_url(&lease.repository).to_string(),
                None => lease.repository.to_string(),
            };
            let is_live = lease.is_live(self.clock.now());
            views.push(LeaseView { lease, repository, is_live });
        }
        Ok(paged(views, rows, |view| view.lease.id.to_string()))
    }

    /// Ends a lease. Whoever may lend may end any lease of the organization.
    #[boxed]
    pub async fn revoke_lease(&self, caller: &Caller, id: &str) -> Result<()> {
        let work = async {
            caller.require(Permission::Lend)?;
            let organization = caller.principal.organization_id;
            let id: LeaseId = id.parse().map_err(|_| Error::not_found("lease"))?;
            let record = self.done(caller, Action::LeaseRevoke, About::target(id));
            let now = self.clock.now();
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        store::leases::by_id(session, organization, id)
                            .await?
                            .ok_or_else(|| Error::not_found("lease"))?;
                        store::leases::revoke(session, id, now).await?;
                        store::organizations::move_epoch(session, organization).await?;
                        Ok(((), vec![record]))
                    })
                })
                .await?;
            self.epoch_moved(organization).await;
            Ok(())
        };
        self.guarded(caller, Action::LeaseRevoke, About::target(id), work).await
    }
}
