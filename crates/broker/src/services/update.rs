//! Changing a service, as a whole; where it is stays.

use domain::Result;
use domain::audit::Action;
use domain::policy::Permission;
use store::services::Service;
use store::services::Source;

use super::WantedService;
use super::add::about_service;
use super::add::locate;
use super::add::refuse_vanished;
use super::find_service;
use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::guarded::About;

impl Broker {
    /// Changes a service.
    #[boxed]
    pub async fn update_service(
        &self,
        caller: &Caller,
        id: &str,
        wanted: WantedService,
    ) -> Result<Service> {
        let work = async {
            caller.require(Permission::ManageServices)?;
            let organization = caller.principal.organization_id;
            let before = self.service(caller, id).await?;
            let mut after = self.compose_service(caller, wanted).await?;
            // What stays as it was is not asked for: an expired value must not stop a renaming.
            if let Some(source) = after.source.as_mut().filter(|it| has_moved(it, &before)) {
                self.ask_for(caller, source).await?;
            }
            after.id = before.id;
            after.kind = before.kind;
            let mut record = self.done(caller, Action::ServiceUpdate, about_service(&after));
            let id = id.to_owned();
            let after = self
                .committer
                .change(move |session| {
                    Box::pin(async move {
                        let now = find_service(session, organization, &id).await?;
                        after.at = now.at;
                        after.created_at = now.created_at;
                        after.member_id = now.member_id;
                        after.updated_at = after.updated_at.after(now.updated_at);
                        refuse_vanished(session, &after).await?;
                        store::services::update(session, &after).await?;
                        locate(&mut record, &after);
                        Ok((after, vec![record]))
                    })
                })
                .await?;
            Ok((before, after))
        };
        let about = About::target(id);
        let (before, after) = self.guarded(caller, Action::ServiceUpdate, about, work).await?;
        self.watch_service(caller, &after).await;
        if before.source.as_ref().is_some_and(|source| has_left(source, &after)) {
            self.unwatch(caller, before.source.as_ref()).await;
        }
        Ok(after)
    }
}

fn has_moved(source: &Source, before: &Service) -> bool {
    before.source.as_ref().is_none_or(|before| {
        (&before.repository, &before.branch, before.credential_id)
            != (&source.repository, &source.branch, source.credential_id)
    })
}

fn has_left(before: &Source, after: &Service) -> bool {
    after.source.as_ref().is_none_or(|source| source.repository != before.repository)
}
