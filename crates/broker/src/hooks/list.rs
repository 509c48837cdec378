//! What repositories told us, as a list.

use domain::Result;
use domain::policy::Permission;
use store::events::ListedEvent;

use crate::Broker;
use crate::Caller;
use crate::Paged;
use crate::Wanted;
use crate::paging::paged;

/// Behind every id.
const NEWEST: &str = "~";

impl Broker {
    /// A page of events, newest first.
    pub async fn list_events(
        &self,
        caller: &Caller,
        wanted: &Wanted,
    ) -> Result<Paged<ListedEvent>> {
        caller.require(Permission::Look)?;
        wanted.refuse_search()?;
        let rows = wanted.rows()?;
        let before = wanted.after(NEWEST)?;
        let organization = caller.principal.organization_id;
        let mut session = self.store.session().await?;
        let events = store::events::page(&mut session, organization, &before, rows + 1).await?;
        Ok(paged(events, rows, |event| event.id.to_string()))
    }
}
