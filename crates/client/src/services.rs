//! Services: what credentials are used for.

use domain::Result;
use http::Method;
use wire::AddService;
use wire::Page;
use wire::PageQuery;
use wire::Service;

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

    /// Removes a service.
    pub async fn remove_service(&self, id: &str) -> Result<()> {
        self.tell(Call::new(Method::DELETE, format!("/services/{}", segment(id)?))).await
    }
}
