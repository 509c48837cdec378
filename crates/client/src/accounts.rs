//! Accounts that members connect at providers.

use domain::Result;
use http::Method;
use wire::ConnectAccount;
use wire::Connecting;
use wire::Credential;
use wire::Page;

use crate::Client;
use crate::exchange::Call;
use crate::path::segment;

impl Client {
    /// Begins to connect an account.
    pub async fn connect_account(&self, wanted: &ConnectAccount) -> Result<Connecting> {
        self.ask(Call::new(Method::POST, "/connections").json(wanted)?).await
    }

    /// One's own accounts.
    pub async fn accounts(&self) -> Result<Page<Credential>> {
        self.ask(Call::new(Method::GET, "/connections")).await
    }

    /// Disconnects an account.
    pub async fn disconnect_account(&self, reference: &str) -> Result<()> {
        let path = format!("/connections/{}", segment(reference)?);
        self.tell(Call::new(Method::DELETE, path)).await
    }
}
