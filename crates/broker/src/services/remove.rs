//! Removing a service; its credentials stay.

use domain::Result;
use domain::audit::Action;
use domain::policy::Permission;

use super::add::about_service;
use super::add::locate;
use super::find_service;
use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::guarded::About;

impl Broker {
    /// Removes a service.
    #[boxed]
    pub async fn remove_service(&self, caller: &Caller, id: &str) -> Result<()> {
        let work = async {
            caller.require(Permission::ManageServices)?;
            let organization = caller.principal.organization_id;
            let before = self.service(caller, id).await?;
            let mut record = self.done(caller, Action::ServiceRemove, about_service(&before));
            let id = id.to_owned();
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        let service = find_service(session, organization, &id).await?;
                        locate(&mut record, &service);
                        store::services::delete(session, service.id).await?;
                        Ok(((), vec![record]))
                    })
                })
                .await?;
            Ok(before)
        };
        let about = About::target(id);
        let before = self.guarded(caller, Action::ServiceRemove, about, work).await?;
        self.unwatch(caller, before.source.as_ref()).await;
        Ok(())
    }
}
