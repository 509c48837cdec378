//! Services: what credentials are used for, and what their repositories tell.

use domain::Result;
use http::Method;
use wire::AddService;
use wire::Event;
use wire::Page;
use wire::PageQuery;
use wire::Service;
use wire::ServiceHook;
use wire::UpdateService;

use crate::Client;
use crate::exchange::Call;
use crate::paging::page_query;
use crate::path::segment;

impl Client {
    /// One page of the services.
    pub async fn services(&self, page: &PageQuery) -> Result<Page<Service>> {
        self.ask(Call::new(Method::GET, format!("/services{}", page_query(page)))).await
    }

    /// Binds a service to a credential.
    pub async fn add_service(&self, service: &AddService) -> Result<Service> {
        self.ask(Call::new(Method::POST, "/services").json(service)?).await
    }

    /// Changes a service: its credential, its branch.
    pub async fn update_service(&self, id: &str, change: &UpdateService) -> Result<Service> {
        let path = format!("/services/{}", segment(id)?);
        self.ask(Call::new(Method::PATCH, path).json(change)?).await
    }

    /// Removes a service.
    pub async fn remove_service(&self, id: &str) -> Result<()> {
        self.tell(Call::new(Method::DELETE, format!("/services/{}", segment(id)?))).await
    }

    /// How it stands with the webhook of a service's repository.
    pub async fn service_hook(&self, id: &str) -> Result<ServiceHook> {
        self.ask(Call::new(Method::GET, format!("/services/{}/hook", segment(id)?))).await
    }

    /// Makes or mends that webhook.
    pub async fn sync_service_hook(&self, id: &str) -> Result<ServiceHook> {
        self.ask(Call::new(Method::POST, format!("/services/{}/hook/sync", segment(id)?))).await
    }

    /// One page of what repositories told.
    pub async fn events(&self, page: &PageQuery) -> Result<Page<Event>> {
        self.ask(Call::new(Method::GET, format!("/events{}", page_query(page)))).await
    }
}
