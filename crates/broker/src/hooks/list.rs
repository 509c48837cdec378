//! What repositories told us, as a list.

use domain::Result;
use domain::policy::Permission;
use store::events::ListedEvent;

use crate::Broker;
use crate::Caller;
use crate::Paged;
use crate::Wanted;
use crate::boxed;

/// Behind every id.
const NEWEST: &str = "~";

impl Broker {
    /// A page of events, newest first.
    #[boxed]
    pub async fn list_events(
        &self,
        caller: &Caller,
        wanted: &Wanted,
    ) -> Result<Paged<ListedEvent>> {
        caller.require(Permission::Look)?;
        let id = |event: &ListedEvent| event.id.to_string();
        self.page(caller, wanted, NEWEST, store::events::page, id).await
    }
}
