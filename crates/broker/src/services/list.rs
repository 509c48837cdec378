//! Looking at services.

use domain::Result;
use domain::limits;
use domain::policy::Permission;
use store::services::Service;

use super::find_service;
use crate::Broker;
use crate::Caller;
use crate::Paged;
use crate::Wanted;
use crate::boxed;
use crate::environments::find_environment;

/// Services of one credential that are shown.
const OF_CREDENTIAL_MAX: i64 = 10_000;

impl Broker {
    /// A page of services.
    #[boxed]
    pub async fn list_services(&self, caller: &Caller, wanted: &Wanted) -> Result<Paged<Service>> {
        caller.require(Permission::Look)?;
        let id = |service: &Service| service.id.to_string();
        self.page(caller, wanted, "", store::services::page, id).await
    }

    /// The services of an environment, by name.
    #[boxed]
    pub async fn services(&self, caller: &Caller, environment: &str) -> Result<Vec<Service>> {
        caller.require(Permission::Look)?;
        let organization = caller.principal.organization_id;
        let mut session = self.store.session().await?;
        let environment = find_environment(&mut session, organization, environment).await?;
        store::services::of_environment(&mut session, environment.id, limits::SERVICES_MAX).await
    }

    /// One service.
    #[boxed]
    pub async fn service(&self, caller: &Caller, id: &str) -> Result<Service> {
        caller.require(Permission::Look)?;
        let mut session = self.store.session().await?;
        find_service(&mut session, caller.principal.organization_id, id).await
    }

    /// The services that use a credential, by project, environment and name.
    #[boxed]
    pub async fn services_of_credential(
        &self,
        caller: &Caller,
        reference: &str,
    ) -> Result<Vec<Service>> {
        caller.require(Permission::Look)?;
        let mut session = self.store.session().await?;
        let credential = self.find_credential(&mut session, caller, reference).await?;
        store::services::of_credential(&mut session, credential.id, OF_CREDENTIAL_MAX).await
    }
}
