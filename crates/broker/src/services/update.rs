//! Changing a service, as a whole or a few things of it; where it is stays.

use domain::Error;
use domain::Result;
use domain::audit::Action;
use domain::policy::Permission;
use domain::url::parse_repository;
use store::services::Service;
use store::services::Source;
use store::services::ValuesSource;

use super::ServiceChange;
use super::WantedService;
use super::add::about_service;
use super::add::locate;
use super::add::refuse_vanished;
use super::find_service;
use super::source::check_branch;
use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::guarded::About;

impl Broker {
    /// Changes a service as a whole.
    #[boxed]
    pub async fn update_service(
        &self,
        caller: &Caller,
        id: &str,
        wanted: WantedService,
    ) -> Result<Service> {
        let work = async {
            caller.require(Permission::ManageServices)?;
            let before = self.service(caller, id).await?;
            let mut after = self.compose_service(caller, wanted).await?;
            // What stays as it was is not asked for: an expired value must not stop a renaming.
            if let Some(source) = after.source.as_mut().filter(|it| has_moved(it, &before)) {
                self.ask_for(caller, source).await?;
            }
            after.id = before.id;
            after.kind = before.kind;
            let after = self.put_service(caller, after, None).await?;
            Ok((before, after))
        };
        let about = About::target(id);
        let (before, after) = self.guarded(caller, Action::ServiceUpdate, about, work).await?;
        self.follow(caller, &before, &after).await;
        Ok(after)
    }

    /// Changes a few things of a service.
    #[boxed]
    pub async fn change_service(
        &self,
        caller: &Caller,
        id: &str,
        change: ServiceChange,
    ) -> Result<Service> {
        let work = async {
            caller.require(Permission::ManageServices)?;
            let before = self.service(caller, id).await?;
            let after = self.changed(caller, before.clone(), change).await?;
            let after = self.put_service(caller, after, Some(before.clone())).await?;
            Ok((before, after))
        };
        let about = About::target(id);
        let (before, after) = self.guarded(caller, Action::ServiceUpdate, about, work).await?;
        self.follow(caller, &before, &after).await;
        Ok(after)
    }

    /// A service in memory with what is to change; what stays is not looked at again.
    async fn changed(
        &self,
        caller: &Caller,
        mut service: Service,
        change: ServiceChange,
    ) -> Result<Service> {
        let before = service.clone();
        let wants_source = change.credential.is_some() || change.branch.is_some();
        match service.source.take() {
            Some(source) => {
                let mut after = self.changed_source(caller, source, &change).await?;
                if has_moved(&after, &before) {
                    let branch = after.branch.clone();
                    self.ask_for(caller, &mut after).await?;
                    // A branch that nobody chose goes on being the repository's own.
                    after.branch = branch;
                }
                service.source = Some(after);
            }
            None if wants_source => {
                return Err(no_source(&before, "it is built from no repository"));
            }
            None => {}
        }
        if let Some(credential) = &change.values_credential {
            let none = || no_source(&before, "it has no repository of values");
            let values = service.values.take().ok_or_else(none)?;
            service.values = Some(self.changed_values(caller, values, credential).await?);
        }
        service.updated_at = self.clock.now();
        Ok(service)
    }

    async fn changed_source(
        &self,
        caller: &Caller,
        mut source: Source,
        change: &ServiceChange,
    ) -> Result<Source> {
        if let Some(branch) = &change.branch {
            source.branch = Some(branch.clone()).filter(|branch| !branch.is_empty());
            check_branch(source.branch.as_deref())?;
        }
        if let Some(reference) = &change.credential {
            source.credential_id = None;
            let url = parse_repository(&source.repository)?;
            self.place(caller, &mut source, &url, given(reference)).await?;
        }
        Ok(source)
    }

    async fn changed_values(
        &self,
        caller: &Caller,
        values: ValuesSource,
        reference: &str,
    ) -> Result<ValuesSource> {
        let url = parse_repository(&values.repository)?;
        let mut source = Source {
            provider: None,
            repository: values.repository,
            branch: values.branch,
            root_path: None,
            dockerfile_path: None,
            credential_id: None,
        };
        self.place(caller, &mut source, &url, given(reference)).await?;
        let Source { repository, branch, credential_id, .. } = source;
        Ok(ValuesSource { repository, branch, credential_id })
    }

    /// Writes a service down; refused if it is no longer as it was `seen`.
    async fn put_service(
        &self,
        caller: &Caller,
        mut after: Service,
        seen: Option<Service>,
    ) -> Result<Service> {
        let organization = caller.principal.organization_id;
        let mut record = self.done(caller, Action::ServiceUpdate, about_service(&after));
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    let now = find_service(session, organization, &after.id.to_string()).await?;
                    if seen.is_some_and(|seen| seen != now) {
                        return Err(Error::conflict("Somebody changed this service meanwhile.")
                            .hint("look at it again, and try once more"));
                    }
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
            .await
    }

    /// The webhook goes where the repository went.
    async fn follow(&self, caller: &Caller, before: &Service, after: &Service) {
        self.watch_service(caller, after).await;
        if before.source.as_ref().is_some_and(|source| has_left(source, after)) {
            self.unwatch(caller, before.source.as_ref()).await;
        }
    }
}

/// The credential that is meant; empty means none.
fn given(reference: &str) -> Option<&str> {
    Some(reference).filter(|reference| !reference.is_empty())
}

fn no_source(service: &Service, why: &str) -> Error {
    Error::invalid(format!("{} cannot be changed so: {why}.", service.path()))
        .hint("services that use a repository say which")
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
