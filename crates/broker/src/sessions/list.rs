//! Listing sessions: one's own; Owners and Admins see everybody's.

use domain::Result;
use domain::policy::Permission;
use domain::principal::Principal;
use domain::role::Role;
use domain::session::ConsoleSession;

use super::holder_of;
use super::principal_now;
use crate::Broker;
use crate::Caller;
use crate::Paged;
use crate::Wanted;
use crate::boxed;
use crate::leases::LAST_ID;
use crate::paging::paged;

/// A session as people see it.
#[derive(Clone, Debug)]
pub struct SessionView {
    /// The session.
    pub session: ConsoleSession,
    /// Whom it stands for.
    pub principal: Principal,
    /// Whether it is good now.
    pub is_live: bool,
}

impl Broker {
    /// A page of sessions, newest first.
    #[boxed]
    pub async fn list_sessions(
        &self,
        caller: &Caller,
        wanted: &Wanted,
    ) -> Result<Paged<SessionView>> {
        caller.require(Permission::Look)?;
        wanted.refuse_search()?;
        let (rows, before) = (wanted.rows()?, wanted.after(LAST_ID)?);
        let organization = caller.principal.organization_id;
        let of = match caller.principal.role.includes(Role::Admin) {
            true => None,
            false => Some(holder_of(caller)?),
        };
        let now = self.clock.now();
        let mut session = self.store.session().await?;
        let found =
            store::sessions::page(&mut session, organization, of, &before, rows + 1).await?;
        let page = paged(found, rows, |found| found.id.to_string());
        let mut items = Vec::with_capacity(page.items.len());
        for found in page.items {
            // A member who went a moment ago has taken the session along.
            if let Some((principal, is_good)) =
                principal_now(&mut session, organization, found.holder, now).await?
            {
                let is_live = is_good && found.is_live(now);
                items.push(SessionView { session: found, principal, is_live });
            }
        }
        Ok(Paged { items, next_cursor: page.next_cursor })
    }
}
