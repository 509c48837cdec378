//! Registered Git hosts.

use domain::Result;
use http::Method;
use wire::AddHost;
use wire::CheckHost;
use wire::Host;
use wire::HostCheck;
use wire::Page;
use wire::PageQuery;
use wire::UpdateHost;

use crate::Client;
use crate::exchange::Call;
use crate::paging::page_query;
use crate::path::segment;

impl Client {
    /// One page of the hosts.
    pub async fn hosts(&self, page: &PageQuery) -> Result<Page<Host>> {
        self.ask(Call::new(Method::GET, format!("/hosts{}", page_query(page)))).await
    }

    /// Registers a host.
    pub async fn add_host(&self, host: &AddHost) -> Result<Host> {
        self.ask(Call::new(Method::POST, "/hosts").json(host)?).await
    }

    /// Looks at the way to a host, registered or not, and asks it what it is.
    pub async fn check_host(&self, host: &CheckHost) -> Result<HostCheck> {
        self.ask(Call::new(Method::POST, "/hosts/check").json(host)?).await
    }

    /// Changes a host; its credentials wait for their secrets to be given again.
    pub async fn update_host(&self, id: &str, change: &UpdateHost) -> Result<Host> {
        let path = format!("/hosts/{}", segment(id)?);
        self.ask(Call::new(Method::PATCH, path).json(change)?).await
    }

    /// Removes a host.
    pub async fn remove_host(&self, id: &str) -> Result<()> {
        self.tell(Call::new(Method::DELETE, format!("/hosts/{}", segment(id)?))).await
    }
}
