//! Services: what is built from a repository with a credential.

use domain::Error;
use domain::Result;
use domain::audit::Action;
use domain::credential;
use domain::id::ServiceId;
use domain::policy::Permission;
use domain::url::parse_repository;
use store::services::Service;

use crate::Broker;
use crate::Caller;
use crate::Paged;
use crate::Wanted;
use crate::guarded::About;
use crate::paging::paged;

/// A service as people see it.
pub type ServiceView = Service;

impl Broker {
    /// A page of services.
    pub async fn list_services(&self, caller: &Caller, wanted: &Wanted) -> Result<Paged<Service>> {
        caller.require(Permission::Look)?;
        wanted.refuse_search()?;
        let rows = wanted.rows()?;
        let after = wanted.after("")?;
        let organization = caller.principal.organization_id;
        let mut session = self.store.session().await?;
        let services = store::services::page(&mut session, organization, &after, rows + 1).await?;
        Ok(paged(services, rows, |service| service.id.to_string()))
    }

    /// Binds a service to a credential.
    pub async fn add_service(
        &self,
        caller: &Caller,
        name: &str,
        repository: &str,
        reference: &str,
    ) -> Result<Service> {
        let about = About::target(domain::text::printable(name, 120));
        let work = async {
            caller.require(Permission::ManageCredentials)?;
            credential::check_name(name)?;
            let repository = parse_repository(repository)?;
            let organization = caller.principal.organization_id;
            let mut session = self.store.session().await?;
            let found = self.find_credential(&mut session, caller, reference).await?;
            drop(session);
            if found.member_id.is_some() {
                return Err(Error::forbidden(format!(
                    "{} is a member's own account and serves only them.",
                    found.handle
                ))
                .hint("bind the service to a credential of the organization"));
            }
            let service = Service {
                id: ServiceId::generate(self.clock.as_ref(), self.entropy.as_ref()),
                organization_id: organization,
                name: name.to_owned(),
                repository: repository.to_string(),
                credential_id: found.id,
                created_at: self.clock.now(),
            };
            let mut about = About::credential(found.id);
            about.target = Some(service.name.clone());
            about.repository = Some(service.repository.clone());
            let record = self.done(caller, Action::ServiceAdd, about);
            let stored = service.clone();
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        store::credentials::by_id(session, organization, stored.credential_id)
                            .await?
                            .ok_or_else(|| Error::not_found("credential"))?;
                        store::services::insert(session, &stored).await?;
                        Ok(((), vec![record]))
                    })
                })
                .await?;
            Ok(service)
        };
        self.guarded(caller, Action::ServiceAdd, about, work).await
    }

    /// Unbinds a service.
    pub async fn remove_service(&self, caller: &Caller, id: &str) -> Result<()> {
        let work = async {
            caller.require(Permission::ManageCredentials)?;
            let organization = caller.principal.organization_id;
            let id: ServiceId = id.parse().map_err(|_| Error::not_found("service"))?;
            let record = self.done(caller, Action::ServiceRemove, About::target(id));
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        store::services::by_id(session, organization, id)
                            .await?
                            .ok_or_else(|| Error::not_found("service"))?;
                        store::services::delete(session, id).await?;
                        Ok(((), vec![record]))
                    })
                })
                .await
        };
        self.guarded(caller, Action::ServiceRemove, About::target(id), work).await
    }
}
