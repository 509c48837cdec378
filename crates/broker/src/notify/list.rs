//! Warnings and how telling them went.

use domain::Result;
use domain::notification::Notice;
use domain::policy::Permission;
use store::notifications::Delivery;

use crate::Broker;
use crate::Caller;
use crate::Paged;
use crate::Wanted;
use crate::boxed;
use crate::paging::paged;

/// Behind every id.
const NEWEST: &str = "~";

/// A warning as people see it.
#[derive(Clone, Debug)]
pub struct NotificationView {
    /// The warning.
    pub notice: Notice,
    /// How telling it went, one for each recipient.
    pub deliveries: Vec<Delivery>,
}

impl Broker {
    /// A page of warnings, newest first.
    #[boxed]
    pub async fn list_notifications(
        &self,
        caller: &Caller,
        wanted: &Wanted,
    ) -> Result<Paged<NotificationView>> {
        caller.require(Permission::Look)?;
        wanted.refuse_search()?;
        let rows = wanted.rows()?;
        let before = wanted.after(NEWEST)?;
        let organization = caller.principal.organization_id;
        let mut session = self.store.session().await?;
        let notices =
            store::notifications::page(&mut session, organization, &before, rows + 1).await?;
        let mut deliveries = match (notices.last(), notices.first()) {
            (Some(first), Some(last)) => {
                store::notifications::deliveries_between(
                    &mut session,
                    organization,
                    first.id,
                    last.id,
                )
                .await?
            }
            _ => Vec::new(),
        };
        let views = notices.into_iter().map(|notice| {
            let is_of = |delivery: &mut Delivery| delivery.notification_id == notice.id;
            let deliveries = deliveries.extract_if(.., is_of).collect();
            NotificationView { notice, deliveries }
        });
        Ok(paged(views.collect(), rows, |view: &NotificationView| view.notice.id.to_string()))
    }
}
