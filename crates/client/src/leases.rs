//! Leases.

use domain::Result;
use http::Method;
use wire::CreateLease;
use wire::CreatedLease;
use wire::Lease;
use wire::Page;
use wire::PageQuery;

use crate::Client;
use crate::exchange::Call;
use crate::paging::page_query;
use crate::path::segment;

impl Client {
    /// One page of the leases.
    pub async fn leases(&self, page: &PageQuery) -> Result<Page<Lease>> {
        self.ask(Call::new(Method::GET, format!("/leases{}", page_query(page)))).await
    }

    /// Makes a lease; the answer is the only time its token is shown.
    pub async fn create_lease(&self, lease: &CreateLease) -> Result<CreatedLease> {
        self.ask(Call::new(Method::POST, "/leases").json(lease)?).await
    }

    /// Ends a lease.
    pub async fn revoke_lease(&self, id: &str) -> Result<()> {
        self.tell(Call::new(Method::DELETE, format!("/leases/{}", segment(id)?))).await
    }
}
