//! Whether the server is up.

use domain::Result;
use http::Method;

use crate::Client;
use crate::exchange::Call;

impl Client {
    /// Succeeds when the server says that it is alive.
    pub async fn health(&self) -> Result<()> {
        self.exchange("", Call::new(Method::GET, "/healthz")).await.map(drop)
    }
}
